"""Items against records: each stands on a capture, and says what the capture's bytes say."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from archives.cdxj import Capture
from archives.collection import Collection
from archives.errors import ArchiveError
from archives.http import parse
from archives.layout import is_open, warc_name
from archives.revisions import item_digest, record_id_of
from archives.verify.findings import Checked, Finding

Item = Mapping[str, Any]

_REFERENCE = ("warc", "offset", "length", "date", "payload_digest", "status")
_NOT_FROM_BYTES = {"capture", "revision", "extractor", "site"}
"""Keys of an item that do not come from the page."""
_EXTRACT_AGAIN = "if the rules have changed since, crawl again for a new revision; if not, the item was changed"
_FROM_CATALOG = "'newswarc export' writes it anew from the catalog"
_CRAWL_AGAIN = "the capture is lost: crawl the address anew"


class Extract(Protocol):
    """Makes the item of a page anew."""

    def __call__(self, payload: bytes, url: str, content_type: str | None, item: Item, /) -> Item:
        """The item as plain data, by the rules of the site that `item` names on the day of its capture."""


def verify_items(
    collection: Collection, checked: Checked, extract: Extract | None, *, part: int = 0, of: int = 1
) -> Iterator[Finding]:
    """Check the catalog's articles against their captures, or one of so many equal parts of them."""
    for item in islice(collection.catalog.articles(latest=False), part, None, of):
        checked.items += 1
        place = f"{collection.layout.catalog}, article {item.get('url')}, revision {item.get('revision')}"
        yield from placed(place, _item_faults(collection, item, extract))
    if part == 0:
        yield from placed(str(collection.layout.catalog), _catalog_faults(collection))


def placed(place: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings with where they are."""
    return (replace(one, file=place) for one in findings)


def _item_faults(collection: Collection, item: Item, extract: Extract | None) -> Iterator[Finding]:
    reference = list(reference_faults(collection, item))
    yield from reference
    if not reference and extract:
        yield from differences(collection, item, extract)


def _catalog_faults(collection: Collection) -> Iterator[Finding]:
    """Articles that are not what was committed as such."""
    for row, item in collection.catalog.revisions():
        faults = []
        if item.get("revision") != row.revision:
            faults.append(f"revision {row.revision} of it says that it is {item.get('revision')}")
        if row.revision == row.latest and item.get("site") != row.site:
            faults.append(f"it is of the site {row.site}, its item says {item.get('site')}")
        if row.revision == row.latest and item_digest(item) != row.digest:
            faults.append("its text or another field was changed since")
        for fault in faults:
            yield finding(
                f"the article {row.url} is not as it was committed: {fault}", "restore the catalog from a copy"
            )


def reference_faults(collection: Collection, item: Item) -> Iterator[Finding]:
    """What an item says of its capture, against what the index says."""
    reference = item.get("capture")
    if not reference:
        yield finding("it names no capture, so that nobody can check it", _FROM_CATALOG)
        return
    capture = collection.catalog.by_record_id(record_id_of(item))
    if capture is None:
        yield _unknown_capture(collection, record_id_of(item), reference)
        return
    if item.get("url") != capture.url:
        yield finding(f"its capture is of {capture.url}", _FROM_CATALOG)
    for name in _REFERENCE:
        if reference.get(name) != (told := getattr(capture, name)):
            yield finding(f"its capture's {name} is {told!r}, the item says {reference.get(name)!r}", _FROM_CATALOG)
    if not collection.warcs.has(capture.warc):
        what = f"its capture is in {capture.warc}, which is not there"
        yield Finding(file="", offset=None, what=what, next=_CRAWL_AGAIN, because_of=capture.warc, of="item")


def _unknown_capture(collection: Collection, record_id: str | None, reference: Mapping[str, Any]) -> Finding:
    """An item's capture that the catalog has not: after a full disk it may be in its file all the same."""
    path = collection.layout.warc_path(str(reference.get("warc")))
    if not _has_unknown(collection, path, reference.get("offset"), reference.get("length")):
        return finding(f"its capture {record_id} is not in the collection", _CRAWL_AGAIN)
    recover = f"'newswarc recover {collection.layout.root}{'' if is_open(path) else ' --reindex'}'"
    return finding(f"its capture {record_id} is in {path.name}, and not in the catalog", f"{recover} adds it")


def _has_unknown(collection: Collection, path: Path, offset: object, length: object) -> bool:
    """Whether a file has something at a place that the catalog knows nothing of."""
    if not (isinstance(offset, int) and isinstance(length, int) and path.is_file()):
        return False
    is_known = collection.catalog.of_warc(warc_name(path)).next_place(offset - 1) == offset
    return path.stat().st_size >= offset + length and not is_known


def differences(collection: Collection, item: Item, extract: Extract) -> Iterator[Finding]:
    """Extract anew and compare field by field."""
    capture = collection.catalog.by_record_id(record_id_of(item))
    if capture is None:
        return
    try:
        fresh = _extracted(collection, capture, item, extract)
    except ArchiveError as exc:
        lost = _lost_original(collection, capture)
        what = f"its bytes cannot be read: {exc}"
        yield Finding(file="", offset=None, what=what, next=_CRAWL_AGAIN, because_of=lost, of="item")
        return
    for name in sorted((fresh.keys() or item.keys()) - _NOT_FROM_BYTES):
        if fresh.get(name) != item.get(name):
            yield finding(
                f"{name} extracted anew is {_short(fresh.get(name))}, the item says {_short(item.get(name))}"
                f" (by {item.get('extractor')}, now {fresh.get('extractor')})",
                _EXTRACT_AGAIN,
            )


def _lost_original(collection: Collection, capture: Capture) -> str:
    """The file that is not there and holds what a revisit refers to; '' if that is not the reason."""
    original = collection.catalog.by_record_id(capture.refers_to)
    if original is None or collection.warcs.has(original.warc):
        return ""
    return original.warc


def _extracted(collection: Collection, capture: Capture, item: Item, extract: Extract) -> Item:
    response = parse(collection.exchange(capture).response)
    content_type = response.head.text(b"content-type")
    fresh: Item = json.loads(json.dumps(extract(response.body, capture.url, content_type, item)))
    return fresh


def finding(what: str, advice: str) -> Finding:
    """A finding that has yet to be placed."""
    return Finding(file="", offset=None, what=what, next=advice)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
