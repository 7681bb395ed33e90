"""Index and catalog against records, both ways, in the order of the file: neither is held in memory whole."""

import re
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from zlib import crc32

from archives.cdxj import Capture, format_line, parse_line, timestamp_of
from archives.collection import Collection
from archives.errors import MalformedIndex
from archives.layout import is_open, warc_name
from archives.notices import standing
from archives.verify.findings import Finding
from archives.warc.groups import Group, with_original
from archives.warc.record import Record

_OFFSET = re.compile(rb'"offset": ?"?(\d+)')
_COMPARED = tuple(name for name in Capture.__slots__ if name != "warc")
_values = attrgetter(*_COMPARED)


_RESTORE = "restore the file from a copy"


class IndexCheck:
    """Takes the captures of one WARC file in its order, and says what catalog and shard say otherwise."""

    def __init__(self, collection: Collection, path: Path) -> None:
        self._catalog = collection.catalog
        self._path = path
        self._warc = warc_name(path)
        self._is_open = is_open(path)
        self._shard = collection.layout.shard_path(self._warc)
        self._rows = iter(collection.catalog.of_warc(self._warc))
        self._row = next(self._rows, None)
        self._hidden = standing(collection.layout).hidden
        self._lines: dict[int, int] = {}
        self._wrong: dict[int, Capture] = {}
        root = collection.layout.root
        name = collection.layout.name if root.parent.name == "collections" else str(root)
        self._reindex = f"'newswarc recover {name} --reindex' makes the index anew from the records"
        self._repair = f"a crawl is at work, or died: 'newswarc recover {name}', or the next crawl, adds it"
        self.captures = 0

    def begin(self) -> Iterator[Finding]:
        """Read the shard; what it is by itself comes first."""
        if not self._is_open and self._shard.exists():
            yield from self._read_shard()

    def take(self, capture: Capture, group: Group) -> Iterator[Finding]:
        """Compare one capture of the file, and the records that it is, with what is said of it."""
        if not capture.indexed or capture.record_id in self._hidden:
            return
        self.captures += 1
        if capture.kind == "revisit" and capture.refers_to:
            original = self._catalog.by_record_id(capture.refers_to)
            capture = with_original(capture, original)
            if original and original.payload_digest != capture.payload_digest:
                what = f"revisits a payload of {original.payload_digest}, and says it is {capture.payload_digest}"
                yield self._finding(capture.offset, what, _RESTORE)
            if original:
                revisit = next(record for record in group if record.record_id == capture.record_id)
                for what in _refers_otherwise(revisit, original):
                    yield self._finding(capture.offset, what, _RESTORE)
        yield from self._rows_before(capture.offset)
        yield from self._compare_row(capture)
        if not self._is_open and self._lines.pop(capture.offset, None) != _sum(capture):
            self._wrong[capture.offset] = capture

    def end(self) -> Iterator[Finding]:
        """What is left over: rows and lines that no record answers to."""
        yield from self._rows_before(None)
        if self._is_open:
            return
        if not self._shard.exists():
            if self.captures:
                yield Finding(file=str(self._shard), offset=None, what="the shard is missing", next=self._reindex)
            return
        yield from self._differing_lines()

    def _rows_before(self, offset: int | None) -> Iterator[Finding]:
        while self._row is not None and (offset is None or self._row.offset < offset):
            what = f"the catalog has a capture of {self._row.url} here, the file has not"
            yield self._finding(self._row.offset, what, self._reindex)
            self._row = next(self._rows, None)

    def _compare_row(self, capture: Capture) -> Iterator[Finding]:
        row = self._row
        if row is None or row.offset != capture.offset:
            advice = self._repair if self._is_open else self._reindex
            yield self._finding(capture.offset, f"the capture of {capture.url} is not in the catalog", advice)
            return
        if _values(row) != _values(capture):
            yield self._finding(capture.offset, f"the catalog says {difference(row, capture)}", self._reindex)
        self._row = next(self._rows, None)

    def _finding(self, offset: int, what: str, advice: str) -> Finding:
        return Finding(file=str(self._path), offset=offset, what=what, next=advice)

    def _read_shard(self) -> Iterator[Finding]:
        before = b""
        with self._shard.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line <= before:
                    fault = "stands there twice" if line == before else "is not in bytewise order: pywb misses captures"
                    yield self._line_finding(f"line {number} {fault}")
                before = line
                match = _OFFSET.search(line)
                if match is None:
                    yield self._line_finding(f"line {number} is no CDXJ line: {line[:60].decode('latin-1')!a}")
                    continue
                if (offset := int(match[1])) in self._lines:
                    yield self._line_finding(f"line {number} points to {offset}, as a line before it does")
                self._lines[offset] = crc32(line)

    def _differing_lines(self) -> Iterator[Finding]:
        """Read the shard again for the lines that are not as the records have it, and say what is wrong with each."""
        with self._shard.open("rb") as lines:
            for number, line in enumerate(lines, 1) if self._lines or self._wrong else ():
                offset = int(match[1]) if (match := _OFFSET.search(line)) else -1
                if capture := self._wrong.pop(offset, None):
                    yield self._line_finding(f"line {number} says {_line_difference(line, capture)}")
                elif offset in self._lines:
                    yield self._line_finding(f"line {number} points to {offset}, where no capture begins")
        for capture in self._wrong.values():
            yield self._line_finding(f"a line is missing, of {capture.url} at {capture.offset}")

    def _line_finding(self, what: str) -> Finding:
        return Finding(file=str(self._shard), offset=None, what=what, next=self._reindex)


def _sum(capture: Capture) -> int:
    return crc32(f"{format_line(capture)}\n".encode())


def _line_difference(line: bytes, capture: Capture) -> str:
    try:
        told = parse_line(line.decode("utf-8"))
    except (MalformedIndex, UnicodeDecodeError):
        return "nothing that can be read"
    return difference(told, capture)


def difference(told: Capture, capture: Capture) -> str:
    """The first thing that is said of a capture and is not so, in words."""
    for name in Capture.__slots__:
        if getattr(told, name) != getattr(capture, name):
            return f"{name} is {getattr(told, name)!r}, the record says {getattr(capture, name)!r}"
    return "the right thing in other words"


def _refers_otherwise(revisit: Record, original: Capture) -> Iterator[str]:
    """What a revisit says of the record that it names, and that is not so; others may tell its date to the second."""
    url, date = (revisit.get("WARC-Refers-To-Target-URI") or "").strip("<>"), revisit.get("WARC-Refers-To-Date")
    if url and url != original.url:
        yield f"WARC-Refers-To-Target-URI is {url[:120]}, and the record that it refers to is of {original.url[:120]}"
    is_exact = date is not None and len(date) == len(original.date)
    if date and (date != original.date if is_exact else timestamp_of(date) != timestamp_of(original.date)):
        yield f"WARC-Refers-To-Date is {date[:60]}, and the record that it refers to is of {original.date}"
