"""A package's records by themselves, and its index against them, both ways; in memory that does not grow with captures.

What the records say and what the index says is written down as lines that sort by place; the two orders are then gone
through side by side.
"""

import hashlib
import io
import json
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO

from archives.cdxj import timestamp_of
from archives.errors import MalformedIndex, MalformedPackage, MalformedRecord
from archives.record_ids import Mentions, doubles, unanswered
from archives.verify.checks import faults_of
from archives.verify.findings import Checked, Finding
from archives.verify.pairs import Pairs
from archives.wacz.index import IndexLine, index_entries, read_index
from archives.wacz.lines import SortedLines
from archives.wacz.reader import Entry, Wacz
from archives.warc.groups import capture_of, groups
from archives.warc.members import MAGIC
from archives.warc.reader import read_record, read_records
from archives.warc.record import Record

_DAMAGED = "the records around it are whole; fetch the package again"
_REINDEX = "the index can be made anew from the records"
_RECORD, _LINE = "0", "1"
_PIECE = 64 * 1024


def verify_records(wacz: Wacz, checked: Checked) -> Iterator[Finding]:
    """Check every record, and that index and records name the same captures at the same places."""
    if not wacz.warcs:
        yield Finding(file=f"{wacz.path}/archive", offset=None, what="there is no WARC file in it")
    with SortedLines() as told:
        yield from _verify_all(wacz, checked, told)


class _Met:
    """The ids of all files of a package."""

    def __init__(self) -> None:
        self._files: list[tuple[Entry, Pairs]] = []

    def pairs(self, entry: Entry) -> Pairs:
        """Those of one more file."""
        self._files.append((entry, Pairs(ours=False)))
        return self._files[-1][1]

    def faults(self, wacz: Wacz) -> Iterator[Finding]:
        """Ids that are used in two files, revisits of records that are in none."""
        ids = [Mentions(pairs.met.items()) for _, pairs in self._files]
        refers = (Mentions(pairs.refers) for _, pairs in self._files)
        for header, found, what in (
            ("WARC-Record-ID", doubles(ids) if len(ids) > 1 else (), "record id {} is used in another file too"),
            ("WARC-Refers-To", unanswered(refers, ids), "refers to {}, and there is no such record in the package"),
        ):
            for number, offset in found:
                entry, _ = self._files[number]
                name = read_record(wacz.open(entry), offset).get(header)
                yield Finding(file=wacz.place(entry), offset=offset, what=what.format(name))


def _verify_all(wacz: Wacz, checked: Checked, told: SortedLines) -> Iterator[Finding]:
    met = _Met()
    for entry in wacz.warcs:
        checked.files += 1
        yield from _verify_warc(wacz, entry, checked, told, met.pairs(entry))
    yield from met.faults(wacz)
    if not (indexes := index_entries(wacz)):
        what = "there is no index in it, so that replay finds nothing"
        yield Finding(file=f"{wacz.path}/indexes", offset=None, what=what, next=_REINDEX)
        return
    for entry in indexes:
        yield from _read_lines(wacz, entry, checked, told)
    yield from _verify_blocks(wacz)
    yield from _disagreements(wacz, told)


def _verify_warc(wacz: Wacz, entry: Entry, checked: Checked, told: SortedLines, pairs: Pairs) -> Iterator[Finding]:
    """The records of one WARC file, each by itself; what the index should say of them goes to `told`."""
    place = wacz.place(entry)
    faults: list[MalformedRecord] = []
    content, raw = wacz.open(entry), wacz.open(entry)
    for group in groups(read_records(content, on_fault=faults.append)):
        capture = capture_of(group, entry.base)
        indexed = capture.record_id if capture and capture.indexed and capture.method == "GET" else None
        beside = {record.record_id for record in group}
        for record in group:
            checked.records += 1
            for what in (*pairs.meet(record, beside), *faults_of(record)):
                yield Finding(file=place, offset=record.offset, what=what)
            _tell(told, entry.base, record.offset, _RECORD, _facts(record, raw, wanted=record.record_id == indexed))
        yield from _torn(faults, place)
    yield from _torn(faults, place)
    for offset, what in pairs.unanswered():
        yield Finding(file=place, offset=offset, what=what, next=_DAMAGED)


def _torn(faults: list[MalformedRecord], place: str) -> Iterator[Finding]:
    while faults:
        fault = faults.pop(0)
        yield Finding(file=place, offset=fault.offset, what=fault.what, next=_DAMAGED)


def _facts(record: Record, raw: BinaryIO, *, wanted: bool) -> dict[str, Any]:
    """What an index can say of a record; `wanted`, if replay would miss it.

    Where a record ends that is not gzipped, its empty lines counted or not, indexers do not agree.
    """
    raw.seek(record.offset)
    gzipped = raw.read(2) == MAGIC
    return {
        "wanted": wanted,
        "url": record.target_uri,
        "timestamp": timestamp_of(record.get("WARC-Date") or ""),
        "length": record.length if gzipped else None,
        "digest": record.get("WARC-Payload-Digest"),
        "recordDigest": _digest(raw, record.offset, record.length) if gzipped and record.length else None,
    }


def _digest(raw: BinaryIO, offset: int, length: int) -> str:
    """Of bytes of a file as they stand in it, 'sha256:' and hexadecimal."""
    state = hashlib.sha256()
    raw.seek(offset)
    while length and (piece := raw.read(min(length, _PIECE))):
        state.update(piece)
        length -= len(piece)
    return f"sha256:{state.hexdigest()}"


def _read_lines(wacz: Wacz, entry: Entry, checked: Checked, told: SortedLines) -> Iterator[Finding]:
    """The lines of an index, in whose order replay looks up; what they say goes to `told`."""
    before = ("", "")
    try:
        for line in read_index(wacz, entry):
            checked.captures += 1
            if (line.key, line.timestamp) < before:
                what = "not in bytewise order, so that replay misses captures"
                yield Finding(file=line.place, offset=None, what=what, next=_REINDEX)
            before = line.key, line.timestamp
            _tell(told, line.warc, line.offset, _LINE, _said(line))
    except MalformedIndex as exc:
        what = str(exc).removeprefix(f"{wacz.place(entry)}, ")
        yield Finding(file=wacz.place(entry), offset=None, what=what, next=_REINDEX)
    except MalformedPackage as exc:
        yield Finding(file=exc.file, offset=None, what=exc.what, next=_REINDEX)


def _said(line: IndexLine) -> dict[str, Any]:
    return {
        "place": line.place,
        "url": line.fields.get("url"),
        "timestamp": line.timestamp,
        "length": line.length,
        "digest": line.fields.get("digest"),
        "recordDigest": line.fields.get("recordDigest"),
        "method": line.fields.get("method"),
    }


def _tell(told: SortedLines, warc: str, offset: int, kind: str, facts: dict[str, Any]) -> None:
    told.add(json.dumps([warc, f"{max(offset, 0):020d}", kind, facts]).encode() + b"\n")


def _disagreements(wacz: Wacz, told: SortedLines) -> Iterator[Finding]:
    """Place by place: a record without line, a line without record, or two that differ."""
    for (warc, offset), group in groupby(map(json.loads, told), key=itemgetter(0, 1)):
        place = f"{wacz.path}/archive/{warc}"
        rows = list(group)
        record = next((facts for _, _, kind, facts in rows if kind == _RECORD), None)
        lines = [facts for _, _, kind, facts in rows if kind == _LINE]
        if record is not None and record["wanted"] and not lines:
            what = f"the capture of {record['url']} is not in the index"
            yield Finding(file=place, offset=int(offset), what=what, next=_REINDEX)
        for line in lines:
            if difference := _difference(line, record):
                what = f"{difference} ({place} at {int(offset)})"
                yield Finding(file=line["place"], offset=None, what=what, next=_REINDEX)


def _difference(line: dict[str, Any], record: dict[str, Any] | None) -> str | None:
    """How a line differs from the record at its place; None if it does not."""
    if record is None:
        return f"it points to {line['url']} where no record begins"
    for name in ("url", "timestamp", "length", "digest", "recordDigest"):
        if not _same(name, line, record):
            return f"{name} is {line[name]!r}, the record says {record[name]!r}"
    return None


def _same(name: str, line: dict[str, Any], record: dict[str, Any]) -> bool:
    """Whether a line says what the record says; of what one of them is silent on, nothing can differ."""
    said, is_so = line[name], record[name]
    if said in (None, "", "-") or is_so in (None, "", 0):
        return True
    if name == "url" and line["method"] not in (None, "GET"):
        return True  # the line may have the request's body in its URL
    if name == "digest":
        return _bare(said) == _bare(is_so)
    return bool(said == is_so)


def _bare(digest: str) -> str:
    return str(digest).rpartition(":")[2].rstrip("=").lower()


def _verify_blocks(wacz: Wacz) -> Iterator[Finding]:
    """The blocks of compressed indexes against the lines of `.idx` files that lead to them."""
    for name, idx in sorted(wacz.entries.items()):
        if not (name.startswith("indexes/") and name.endswith(".idx")):
            continue
        blocks, opened = "", {entry.base: wacz.open(entry) for entry in index_entries(wacz)}
        for number, line in enumerate(wacz.lines(idx), 1):
            if line.startswith(b"!meta "):
                blocks = str(_block(line).get("filename", ""))
            elif b" {" in line and (what := _block_fault(_block(line), blocks, opened)):
                yield Finding(file=f"{wacz.place(idx)}, line {number}", offset=None, what=what, next=_REINDEX)


def _block(line: bytes) -> dict[str, Any]:
    try:
        block = json.loads(line[line.index(b"{") :])
    except (ValueError, RecursionError):
        return {}
    return block if isinstance(block, dict) else {}


def _block_fault(block: dict[str, Any], blocks: str, opened: dict[str, BinaryIO]) -> str | None:
    """What is wrong with a line of an `.idx`; None if its block is there and has its digest."""
    index = opened.get(str(block.get("filename") or blocks))
    offset, length = block.get("offset"), block.get("length")
    if index is None or not isinstance(offset, int) or not isinstance(length, int):
        return "it leads to no block of an index"
    if not 0 <= offset <= offset + length <= index.seek(0, io.SEEK_END):
        return f"its block ends at {offset + length:,}, behind the end of the index"
    stated = str(block.get("digest") or "")
    if stated.startswith("sha256:") and stated != (found := _digest(index, offset, length)):
        return f"its block's digest is {found}, it says {stated}"
    return None
