"""One WARC file, ours or another's: members, records, what they state of themselves and of each other."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archives.checks import faults_of
from archives.errors import ArchiveError, MalformedRecord
from archives.findings import Checked, Finding
from archives.groups import Group, capture_of, groups
from archives.layout import OPEN
from archives.record_ids import Mentions, key_of
from archives.verify_index import IndexCheck
from archives.warc import FOREIGN, NAME_ANOTHER, Record, read_records
from archives.warcs import Source

_UNFINISHED = "a crawl is at work, or died: 'newswarc recover', or the next crawl, repairs it"
_DAMAGED = "the records around it are whole; restore the file from a copy"
_CHANGED = "restore the file from a copy, or read this record with care"
_MISWRITTEN = "readers may pass over it: write the file anew from what it was made of"
_ONE_MEMBER = "write the file anew with a gzip member a record, as 'warcio recompress' does"
_PAIRED = {"request", "response", "revisit"}
_BORDER = 2
"""Records at a file's ends whose pair may stand in the file before or behind: wget turns files between the two."""
_NEAR = 256
"""How far apart in a file two records that name each other are compared."""


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
    pairs = _Pairs(path, ours=index is not None)
    faults: list[MalformedRecord] = []
    yield from index.begin() if index else ()
    try:
        for group in groups(read_records(source or path, on_fault=faults.append)):
            yield from _verify_group(group, path, checked, pairs)
            if index and (capture := capture_of(group, path.name.removesuffix(OPEN))):
                yield from index.take(capture)
            yield from _told(faults, path)
    except MalformedRecord as fault:
        faults.append(fault)
    except ArchiveError as exc:
        what = str(exc).removeprefix(f"{path}: ")
        advice = "" if ";" in what else "make it readable, or restore it from a copy"
        yield Finding(file=str(path), offset=None, what=what, next=advice)
        seen.unread = True
        return
    yield from _told(faults, path)
    yield from pairs.unanswered()
    if index:
        yield from index.end()
        checked.captures += index.captures
    seen.ids, seen.refers = Mentions(pairs.met.items()), Mentions(pairs.refers)


def _verify_group(group: Group, path: Path, checked: Checked, pairs: "_Pairs") -> Iterator[Finding]:
    beside = {record.record_id for record in group}
    for record in group:
        checked.records += 1
        for what in (*pairs.meet(record, beside), *faults_of(record)):
            yield Finding(file=str(path), offset=record.offset, what=what, next=_advice(what))


def _advice(what: str) -> str:
    if " digest is " in what:
        return _CHANGED
    return _ONE_MEMBER if "gzip member" in what else _MISWRITTEN


def _told(faults: list[MalformedRecord], path: Path) -> Iterator[Finding]:
    while faults:
        fault = faults.pop(0)
        what = str(fault).removeprefix(f"{fault.file} at {fault.offset}: ").removeprefix(f"{fault.file}: ")
        advice = _UNFINISHED if path.name.endswith(OPEN) else _DAMAGED
        if what.startswith(FOREIGN):
            what, advice = what.removesuffix(f"; {NAME_ANOTHER}"), NAME_ANOTHER
        yield Finding(file=str(path), offset=fault.offset, what=what, next=advice)


@dataclass(frozen=True, slots=True)
class _Named:
    """A record that another one names in WARC-Concurrent-To."""

    offset: int
    """Of the record that names it."""
    kind: str
    target: str
    number: int
    """Of the record in the file."""


class _Pairs:
    """The ids of a file: each once, and those that name each other of the same exchange."""

    def __init__(self, path: Path, *, ours: bool) -> None:
        self.met: dict[int, int] = {}
        """Key of each id, and where its record is."""
        self.refers: list[tuple[int, int]] = []
        self._path = path
        self._ours = ours
        self._count = 0
        self._shared = -1
        """Where the last gzip member begins that holds several records."""
        self._awaited: dict[str, _Named] = {}
        self._near: dict[str, _Named] = {}
        self._order: deque[str] = deque()

    def meet(self, record: Record, beside: set[str]) -> Iterator[str]:
        """Take a record in; `beside` are the ids of the records that stand with it."""
        if not self._count and self._ours and record.type != "warcinfo":
            yield "the file does not begin with a warcinfo record, which says who wrote it and how"
        self._count += 1
        if not record.length and record.offset != self._shared:
            self._shared = record.offset
            yield "several records in one gzip member, so that no index can point to them"
        key = key_of(record.record_id)
        if record.record_id and key in self.met:
            yield f"record id {record.record_id} was used before"
        self.met.setdefault(key, record.offset)
        here = _Named(record.offset, record.type, record.target_uri, self._count)
        for name in record.all("WARC-Concurrent-To"):
            yield from self._named(name, here, beside)
        if (awaited := self._awaited.pop(record.record_id, None)) and _differ(here, awaited):
            yield f"is named by the record at {awaited.offset} as captured with it, which is of {awaited.target}"
        if record.type == "revisit" and (target := record.get("WARC-Refers-To")):
            self._refer(target, record.offset)
        self._remember(record.record_id, here)

    def _named(self, name: str, here: _Named, beside: set[str]) -> Iterator[str]:
        if (near := self._near.get(name)) and _differ(here, near):
            yield f"names {name} as captured with it, which is of {near.target}"
        elif key_of(name) not in self.met:
            self._awaited[name] = here
        elif self._ours and name not in beside:
            yield f"names {name} as captured with it, which does not stand beside it"

    def _refer(self, target: str, offset: int) -> None:
        if (key := key_of(target)) not in self.met:
            self.refers.append((key, offset))

    def _remember(self, name: str, named: _Named) -> None:
        self._near[name] = named
        self._order.append(name)
        if len(self._order) > _NEAR:
            self._near.pop(self._order.popleft(), None)

    def unanswered(self) -> Iterator[Finding]:
        """Names that no record of the file answers to."""
        advice = "the record was lost with the damage: restore the file from a copy"
        for name, named in self._awaited.items():
            if not self._ours and not _BORDER < named.number <= self._count - _BORDER:
                continue
            what = f"names {name}, and there is no such record"
            yield Finding(file=str(self._path), offset=named.offset, what=what, next=advice)


def _differ(one: _Named, other: _Named) -> bool:
    """Whether two records cannot be of one exchange (ISO 28500:2017, 5.7: one capture event, one target URI)."""
    return one.kind in _PAIRED and other.kind in _PAIRED and one.target != other.target


def named_in(source: Source, offset: int, header: str) -> str:
    """What a record says in a header, read again for who wants to tell it."""
    for record in read_records(source, start=offset):
        return record.get(header) or ""
    return ""
