"""One WARC file, ours or another's: members, records, what they state of themselves and of each other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archives.errors import ArchiveError, MalformedRecord
from archives.layout import is_open, warc_name
from archives.record_ids import Mentions
from archives.verify.checks import faults_of
from archives.verify.findings import Checked, Finding
from archives.verify.index import IndexCheck
from archives.verify.own_records import OwnRecords
from archives.verify.pairs import Pairs
from archives.warc.groups import Group, capture_of, groups
from archives.warc.reader import FOREIGN, NAME_ANOTHER, read_records
from archives.warcs import Source

_UNFINISHED = "a crawl is at work, or died: 'newswarc recover', or the next crawl, repairs it"
_DAMAGED = "the records around it are whole; restore the file from a copy"
_CHANGED = "restore the file from a copy, or read this record with care"
_LOST = "the record was lost with the damage: restore the file from a copy"
_MISWRITTEN = "readers may pass over it: write the file anew from what it was made of"
_ONE_MEMBER = "write the file anew with a gzip member a record, as 'warcio recompress' does"


@dataclass(slots=True, kw_only=True)
class FileSeen:
    """What is to be held against other files once all have been read."""

    file: str
    ids: Mentions = field(default_factory=Mentions)
    refers: Mentions = field(default_factory=Mentions)
    """What revisits refer to, and is not in the file before them."""
    unread: bool = False
    """Whether the file could not be read, so that nothing is known of what is in it."""


def verify_file(
    path: Path, checked: Checked, seen: FileSeen, index: IndexCheck | None = None, *, source: Source | None = None
) -> Iterator[Finding]:
    """Check a WARC file, of a collection with its index; what other files must bear out is left in `seen`.

    What is read is `source`, if the file is not at its path.
    """
    checked.files += 1
    pairs = Pairs(ours=index is not None)
    own = OwnRecords(warc_name(path) if index else None)
    faults: list[MalformedRecord] = []
    yield from index.begin() if index else ()
    try:
        for group in groups(read_records(source or path, on_fault=faults.append)):
            yield from _verify_group(group, path, checked, pairs, own)
            if index and (capture := capture_of(group, warc_name(path))):
                yield from index.take(capture, group)
            yield from _told(faults, path)
    except ArchiveError as exc:
        what = str(exc).removeprefix(f"{path}: ")
        advice = "" if ";" in what else "make it readable, or restore it from a copy"
        yield Finding(file=str(path), offset=None, what=what, next=advice)
        seen.unread = True
        return
    yield from _told(faults, path)
    for offset, what in pairs.unanswered():
        yield Finding(file=str(path), offset=offset, what=what, next=_LOST)
    if index:
        yield from index.end()
        checked.captures += index.captures
    seen.ids, seen.refers = Mentions(pairs.met.items()), Mentions(pairs.refers)


def _verify_group(group: Group, path: Path, checked: Checked, pairs: Pairs, own: OwnRecords) -> Iterator[Finding]:
    beside = {record.record_id for record in group}
    for record in group:
        checked.records += 1
        for what in (*pairs.meet(record, beside), *faults_of(record)):
            yield Finding(file=str(path), offset=record.offset, what=what, next=_advice(what))
    for record, what in own.take(group):
        yield Finding(file=str(path), offset=record.offset, what=what, next=_CHANGED)


def _advice(what: str) -> str:
    if " digest is " in what:
        return _CHANGED
    return _ONE_MEMBER if "gzip member" in what else _MISWRITTEN


def _told(faults: list[MalformedRecord], path: Path) -> Iterator[Finding]:
    while faults:
        fault = faults.pop(0)
        what, advice = fault.what, _UNFINISHED if is_open(path) else _DAMAGED
        if what.startswith(FOREIGN):
            what, advice = what.removesuffix(f"; {NAME_ANOTHER}"), NAME_ANOTHER
        yield Finding(file=str(path), offset=fault.offset, what=what, next=advice)


def named_in(source: Source, offset: int, header: str) -> str:
    """What a record says in a header, read again for who wants to tell it."""
    for record in read_records(source, start=offset):
        return record.get(header) or ""
    return ""
