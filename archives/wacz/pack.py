"""A collection as one WACZ: its WARC files, one index over all of them, its articles as pages, and its logs."""

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from archives.cdxj import Capture, format_line
from archives.collection import Collection
from archives.errors import CollectionMissing, MalformedRecord
from archives.folders import elsewhere
from archives.layout import is_open, warc_name
from archives.notices import standing
from archives.request_query import query_of
from archives.revisions import record_id_of
from archives.runs import runs
from archives.wacz.copies import Copier, Placed
from archives.wacz.lines import SortedLines, write_blocks
from archives.wacz.package import EntryWriter, Package, writing
from archives.wacz.reader import PAGES
from archives.wacz.signing import SigningKey
from archives.warc.groups import Group, capture_of, completed, groups, missing_from, request_of
from archives.warc.reader import read_records
from archives.warc.segment import SOFTWARE
from archives.writing import utc_now

INDEX = "index.cdx.gz"

OnProgress = Callable[[int], None]
"""Takes bytes of WARC files that were packed since it was last called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What went into a package."""

    file: str
    bytes: int
    warcs: int
    captures: int
    """In its index."""
    pages: int
    dechunked: int
    """Records that are copies without transfer coding."""
    signed_by: str | None
    """The fingerprint of the key; None if the package is not signed."""


def pack(
    collection: Collection,
    path: Path,
    *,
    title: str | None = None,
    revisions: bool = False,
    leave_out: Container[str] | None = None,
    key: SigningKey | None = None,
    now: Callable[[], datetime] = utc_now,
    progress: OnProgress = lambda size: None,  # noqa: ARG005 - names what others take
) -> Packed:
    """Write the collection to a WACZ, whole or not at all, in memory that does not grow with it.

    With `revisions` every revision of an article is a page, not only its latest. Captures whose record ids are in
    `leave_out`, if not given those that are hidden, go in neither as records nor as pages nor as lines of logs.
    What is in a store alone is fetched for it, a file at a time, beside the package. MalformedRecord, if a WARC file is
    damaged; of one that is still being written, what is whole goes in. CollectionMissing, if nothing was captured yet,
    or all of it into other folders.
    """
    leave_out = standing(collection.layout).hidden if leave_out is None else leave_out
    if not (warcs := [warc for warc in collection.warcs.paths() if collection.warcs.size(warc)]):
        places = ", ".join(sorted(set(elsewhere(collection.catalog, collection.layout).values())))
        nothing = "nothing was captured yet that could be packed; crawl first"
        what = f"all of it is in {places}; pack it there" if places else nothing
        raise CollectionMissing(f"{collection.layout.root}: {what}")
    with writing(path, now()) as package, SortedLines() as index:
        dechunked, left_out = 0, set[str]()
        for warc in warcs:
            with collection.warcs.at_hand(warc, path.resolve().parent) as at_hand:
                packing = _Packing(collection, at_hand, index, leave_out)
                with package.entry(f"archive/{packing.name}", expected=at_hand.stat().st_size) as out:
                    packing.run(out, progress)
            dechunked += packing.dechunked
            left_out |= packing.left_out
        _write_index(package, index)
        items = collection.catalog.articles(latest=not revisions)
        others = elsewhere(collection.catalog, collection.layout)
        here = (item for item in items if (item.get("capture") or {}).get("warc") not in others)
        pages = _write_pages(package, (item for item in here if record_id_of(item) not in leave_out))
        _copy_logs(package, collection, left_out)
        package.finish(_about(collection, title), key)
    return Packed(
        file=str(path),
        bytes=package.size,
        warcs=len(warcs),
        captures=index.count,
        pages=pages,
        dechunked=dechunked,
        signed_by=key.name if key else None,
    )


class _Packing:
    """The way of one WARC file into the package."""

    def __init__(self, collection: Collection, path: Path, index: SortedLines, leave_out: Container[str]) -> None:
        self.name = warc_name(path).removesuffix(".gz") + ".gz"
        self.dechunked = 0
        self.left_out: set[str] = set()
        """Target URIs of what was left out."""
        self._collection = collection
        self._path = path
        self._index = index
        self._leave_out = leave_out
        self._open = is_open(path)

    def run(self, out: EntryWriter, progress: OnProgress) -> None:
        """Copy every record, and index every capture at its new place."""
        done = 0
        with Copier(self._path, out) as copier:
            for group in self._whole_groups():
                if any(record.record_id in self._leave_out for record in group):
                    self.left_out |= {record.target_uri for record in group}
                else:
                    self._take(group, [copier.copy(record) for record in group])
                progress(group[-1].end - done)
                done = group[-1].end
        self.dechunked = copier.dechunked

    def _whole_groups(self) -> Iterator[Group]:
        """The groups of the file; of one that a writer is at, those before what is not whole yet."""
        faults: list[MalformedRecord] = []
        try:
            for group in groups(read_records(self._path, on_fault=faults.append if self._open else None)):
                torn = bool(faults) and group[0].offset > faults[0].offset
                if self._open and (torn or missing_from(group)):
                    return
                yield group
        except MalformedRecord as exc:
            what = f"{exc.what}; nothing was packed, 'newswarc verify' tells what is damaged"
            raise MalformedRecord(exc.file, what, exc.at) from exc

    def _take(self, group: Group, places: list[Placed]) -> None:
        capture = capture_of(group, self.name)
        if capture is None or not capture.indexed:
            return
        place = next(at for record, at in zip(group, places, strict=True) if record.record_id == capture.record_id)
        capture = completed(capture, self._collection.catalog.by_record_id)
        packed = replace(capture, offset=place.offset, length=place.length, framing="identity")
        self._index.add(index_line(packed, place.digest, sent=query_of(request_of(group))))


def index_line(capture: Capture, record_digest: str, *, sent: str = "") -> bytes:
    """The capture's CDXJ line as packages have it: digests with their labels, the record's own among them.

    `sent` is what was sent with the request, as a query: ReplayWeb.page makes its own keys of it.
    """
    key, timestamp, text = format_line(capture).split(" ", 2)
    fields = json.loads(text) | {"digest": capture.payload_digest, "recordDigest": record_digest}
    if sent:
        fields["requestBody"] = sent
    return f"{key} {timestamp} {json.dumps(fields)}\n".encode()


def _write_index(package: Package, index: SortedLines) -> None:
    with package.entry(f"indexes/{INDEX}") as out:
        blocks = list(write_blocks(iter(index), out, name=INDEX))
    with package.entry("indexes/index.idx", deflate=True) as out:
        for line in blocks:
            out.write(line)


def _write_pages(package: Package, items: Iterable[Mapping[str, Any]]) -> int:
    """Articles as pages; all in one list, because ReplayWeb.page searches the text of one list only."""
    count = 0
    with package.entry(PAGES, deflate=True) as out:
        out.write(_line({"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}))
        for item in items:
            if item.get("capture"):
                out.write(_line(page_of(item)))
                count += 1
    return count


def page_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """An article as a page: its capture's URL and time, its title, and its body as the text that is searched."""
    capture = item["capture"]
    return {
        "id": capture["record_id"].strip("<>").removeprefix("urn:uuid:"),
        "url": item["url"],
        "ts": capture["date"],
        "title": item.get("title") or item["url"],
        "text": item.get("body") or "",
    }


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def _copy_logs(package: Package, collection: Collection, left_out: Iterable[str]) -> None:
    """The logs, and each run's crawl log and reports for people, without the lines that name what was left out."""
    names = [uri.encode() for uri in left_out if uri]
    layout = collection.layout
    told = [(f"logs/{log.name}", log) for log in sorted(layout.logs.glob("*.log"))]
    for folder, run, _ in runs(layout):
        told += [(f"logs/{run.job}/{log.name}", log) for log in sorted([*folder.glob("*.log"), *folder.glob("*.txt")])]
    for path, log in told:
        with package.entry(path, deflate=True) as out, log.open("rb") as source:
            for line in source:
                if not any(name in line for name in names):
                    out.write(line)


def _about(collection: Collection, title: str | None) -> dict[str, str]:
    """What the manifest says of the collection; title and description are those that replay shows."""
    told = _metadata(collection.layout.root / "metadata.yaml")
    return {
        "title": title or told.get("title") or collection.layout.name,
        "description": told.get("description", ""),
        "software": SOFTWARE,
    }


def _metadata(path: Path) -> dict[str, str]:
    """`key: value` lines of a YAML file, values plain or in double quotes, which are JSON's; anything else is left."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.partition(":") for line in lines if line[:1].isalpha())
    return {name: text for name, _, value in pairs if (text := _scalar(value.strip()))}


def _scalar(value: str) -> str:
    try:
        return str(json.loads(value)) if value.startswith('"') else value
    except ValueError:
        return ""
