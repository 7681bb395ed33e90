"""The records of a file by their ids: each once, and those that name each other of one exchange."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from archives.record_ids import key_of
from archives.warc.record import Record

_PAIRED = {"request", "response", "revisit"}
_BORDER = 2
"""Records at a file's ends whose pair may stand in the file before or behind: wget turns files between the two."""
_NEAR = 256
"""How far apart in a file two records that name each other are compared."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A record that another one names in WARC-Concurrent-To."""

    offset: int
    """Of the record that names it."""
    kind: str
    target: str
    number: int
    """Of the record in the file."""


class Pairs:
    """The ids of a file: each once, and those that name each other of the same exchange."""

    def __init__(self, *, ours: bool) -> None:
        self.met: dict[int, int] = {}
        """Key of each id, and where its record is."""
        self.refers: list[tuple[int, int]] = []
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

    def unanswered(self) -> Iterator[tuple[int, str]]:
        """Names that no record of the file answers to, each with the offset of the record that names it."""
        for name, named in self._awaited.items():
            if self._ours or _BORDER < named.number <= self._count - _BORDER:
                yield named.offset, f"names {name}, and there is no such record"


def _differ(one: _Named, other: _Named) -> bool:
    """Whether two records cannot be of one exchange (ISO 28500:2017, 5.7: one capture event, one target URI)."""
    return one.kind in _PAIRED and other.kind in _PAIRED and one.target != other.target
