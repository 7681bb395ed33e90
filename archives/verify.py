"""Does everything in an archive agree with itself? Each disagreement is a finding: file, offset, what, what next.

Of any WARC file, ours or another's: that every member and record is whole, keeps to the grammar, and has the digests it
states. Of a collection besides: that catalog and index name exactly the captures that the records hold, and that every
item stands on a capture and, with an extractor at hand, still says what the bytes say.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archives.cdxj import Capture, format_line, read_shard
from archives.checks import faults_of
from archives.collection import Collection
from archives.errors import ArchiveError, MalformedRecord
from archives.findings import Checked, Finding
from archives.groups import capture_of, groups, with_original
from archives.layout import OPEN
from archives.verify_items import Extract, verify_items
from archives.warc import Record, read_records

__all__ = ["Checked", "Extract", "Finding", "verify"]

Place = tuple[str, int]
"""A file and an offset in it."""
_REPAIR = "a writer is at work, or died and the next crawl repairs it"
_RECORD_ELSEWHERE = "it may stand in a file that is missing: put that back, or verify both together"
_REINDEX = "the index can be made anew from the records"


def verify(
    *paths: Path | str, extract: Extract | None = None, checked: Checked | None = None, database: str | None = None
) -> Iterator[Finding]:
    """Check collections (folders) and WARC files; no finding means that all of it holds.

    `extract` is `(payload, url, content type) → item`: with it the items of collections are made anew and compared.
    `checked` counts along.
    """
    checked = checked if checked is not None else Checked()
    for path in map(Path, paths):
        if path.is_dir():
            with Collection.open(path, database=database) as collection:
                yield from _verify_collection(collection, checked, extract)
        else:
            names = _Names()
            yield from _verify_file(path, checked, names, {})
            yield from names.unanswered(names.concurrent)


@dataclass(slots=True)
class _Names:
    """Record ids that were met, and those that were named before they were met, with who named them."""

    met: set[str] = field(default_factory=set)
    concurrent: dict[str, Place] = field(default_factory=dict)
    referred: dict[str, Place] = field(default_factory=dict)

    def meet(self, record: Record) -> Iterator[str]:
        """Take a record in; tells if its id is taken."""
        if record.record_id in self.met:
            yield f"record id {record.record_id} was used before"
        self.met.add(record.record_id)
        place = record.file, record.offset
        for name in record.all("WARC-Concurrent-To"):
            if name not in self.met:
                self.concurrent[name] = place
        target = record.get("WARC-Refers-To") if record.type == "revisit" else None
        if target and target not in self.met:
            self.referred[target] = place

    def forget_met(self) -> None:
        """Drop what was named and then met."""
        for named in (self.concurrent, self.referred):
            for name in self.met & named.keys():
                del named[name]

    def unanswered(self, named: dict[str, Place]) -> Iterator[Finding]:
        """Names that no record answers to."""
        self.forget_met()
        for name, (file, offset) in named.items():
            what = f"names {name}, and there is no such record"
            yield Finding(file=file, offset=offset, what=what, next=_RECORD_ELSEWHERE)


def _verify_file(path: Path, checked: Checked, names: _Names, captures: dict[str, Capture]) -> Iterator[Finding]:
    """Check one WARC file, and gather its captures."""
    checked.files += 1
    faults: list[MalformedRecord] = []
    try:
        for group in groups(read_records(path, on_fault=faults.append)):
            for record in group:
                checked.records += 1
                for what in (*names.meet(record), *faults_of(record)):
                    yield Finding(file=str(path), offset=record.offset, what=what)
            names.forget_met()
            if capture := capture_of(group, path.name.removesuffix(OPEN)):
                captures[capture.record_id] = capture
            yield from _told(faults, path)
    except MalformedRecord as fault:
        faults.append(fault)
    except ArchiveError as exc:
        yield Finding(file=str(path), offset=None, what=str(exc).removeprefix(f"{path}: "))
    yield from _told(faults, path)


def _told(faults: list[MalformedRecord], path: Path) -> Iterator[Finding]:
    advice = _REPAIR if path.name.endswith(OPEN) else "the records around it are whole; restore the file from a copy"
    while faults:
        fault = faults.pop(0)
        what = str(fault).removeprefix(f"{fault.file} at {fault.offset}: ").removeprefix(f"{fault.file}: ")
        foreign = what.startswith("not a WARC file")
        yield Finding(file=str(path), offset=fault.offset, what=what, next="" if foreign else advice)


def _verify_collection(collection: Collection, checked: Checked, extract: Extract | None) -> Iterator[Finding]:
    names = _Names()
    warcs = list(collection.layout.warcs())
    for path in warcs:
        warc = path.name.removesuffix(OPEN)
        rows = {row.record_id: row for row in collection.catalog.captures(warc=warc)}
        captures: dict[str, Capture] = {}
        yield from _verify_file(path, checked, names, captures)
        indexed = {key: _completed(capture, collection) for key, capture in captures.items() if capture.indexed}
        checked.captures += len(indexed)
        yield from _verify_rows(path, rows, indexed)
        if not path.name.endswith(OPEN):
            yield from _verify_shard(collection.layout.shard_path(warc), indexed)
    yield from names.unanswered(names.concurrent)
    yield from names.unanswered(names.referred)
    yield from _verify_files_named(collection, {path.name.removesuffix(OPEN) for path in warcs})
    yield from verify_items(collection, checked, extract)


def _completed(capture: Capture, collection: Collection) -> Capture:
    original = collection.catalog.by_record_id(capture.refers_to) if capture.refers_to else None
    return with_original(capture, original)


def _verify_rows(path: Path, rows: dict[str, Capture], records: dict[str, Capture]) -> Iterator[Finding]:
    """Catalog and records, both ways."""
    for key, row in rows.items():
        if (record := records.get(key)) is None:
            what = f"the catalog has a capture of {row.url} here, the file has not"
            yield Finding(file=str(path), offset=row.offset, what=what, next=_REINDEX)
        elif record != row:
            what = f"the catalog says {_difference(row, record)}"
            yield Finding(file=str(path), offset=record.offset, what=what, next=_REINDEX)
    advice = _REPAIR if path.name.endswith(OPEN) else _REINDEX
    for key in records.keys() - rows.keys():
        what = f"the capture of {records[key].url} is not in the catalog"
        yield Finding(file=str(path), offset=records[key].offset, what=what, next=advice)


def _difference(row: Capture, record: Capture) -> str:
    name = next(name for name in Capture.__slots__ if getattr(row, name) != getattr(record, name))
    return f"{name} is {getattr(row, name)!r}, the record says {getattr(record, name)!r}"


def _verify_shard(shard: Path, records: dict[str, Capture]) -> Iterator[Finding]:
    """Index and records, both ways."""
    lines: set[str] = set()
    try:
        lines = {format_line(capture) for capture in read_shard(shard)}
    except FileNotFoundError:
        if records:
            yield Finding(file=str(shard), offset=None, what="the shard is missing", next=_REINDEX)
        return
    except ArchiveError as exc:
        yield Finding(file=str(shard), offset=None, what=str(exc).removeprefix(f"{shard}, "), next=_REINDEX)
        return
    wanted = {format_line(capture) for capture in records.values()}
    for line in sorted(lines - wanted):
        yield Finding(file=str(shard), offset=None, what=f"no record is as this line says: {line}", next=_REINDEX)
    for line in sorted(wanted - lines):
        yield Finding(file=str(shard), offset=None, what=f"this line is missing: {line}", next=_REINDEX)


def _verify_files_named(collection: Collection, warcs: set[str]) -> Iterator[Finding]:
    """Every file that catalog and indexes speak of must be there."""
    for name in sorted(collection.catalog.warcs() - warcs):
        path = collection.layout.archive / name
        what = "the catalog has captures in this file, and it is not there"
        yield Finding(file=str(path), offset=None, what=what, next="put it back from a copy")
    shards = {collection.layout.shard_path(name) for name in warcs}
    for shard in sorted(set(collection.layout.indexes.glob("*.cdxj")) - shards):
        what = "a shard whose WARC file is not there"
        yield Finding(file=str(shard), offset=None, what=what, next="put that back, or remove the shard")
