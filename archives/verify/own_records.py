"""What newswarc's own files have besides what the standard asks of any: whoever takes it out, damages them."""

import re
from collections.abc import Iterator

from archives.verify.checks import lacks_of
from archives.warc.groups import Group
from archives.warc.record import Record

Fault = tuple[Record, str]
_SOFTWARE = re.compile(rb"^software: *newswarc(?:/|\s|$)", re.IGNORECASE | re.MULTILINE)


class OwnRecords:
    """Takes the records of one file in its order; of those that newswarc wrote, as the warcinfo before them says."""

    def __init__(self, name: str | None) -> None:
        self._name = name
        """What the file is called in its collection; None for one that anybody may have renamed."""
        self._count = 0
        self._infos: set[str] = set()
        self._is_own = False

    def take(self, group: Group) -> Iterator[Fault]:
        """Records that stand together, and what is wrong with each."""
        for record in group:
            self._count += 1
            if record.type == "warcinfo":
                self._is_own = is_own(record)
                self._infos.add(record.record_id)
            if self._is_own:
                yield from ((record, what) for what in (*lacks_of(record), *self._of_file(record)))
        if self._is_own:
            yield from _one_sided(group)

    def _of_file(self, record: Record) -> Iterator[str]:
        if record.type == "warcinfo":
            name = record.get("WARC-Filename")
            if self._count == 1 and self._name and name != self._name:
                yield f"WARC-Filename is {name}, and the file is another"
        elif not (named := record.get("WARC-Warcinfo-ID")):
            yield "WARC-Warcinfo-ID is missing, which newswarc writes"
        elif named not in self._infos:
            yield f"WARC-Warcinfo-ID names {named}, and there is no such record before it"


def is_own(warcinfo: Record) -> bool:
    """Whether a warcinfo record says that newswarc wrote what follows."""
    return _SOFTWARE.search(warcinfo.content()) is not None


def _one_sided(group: Group) -> Iterator[Fault]:
    """The first record of an exchange names all others, and each of them the first."""
    first, *others = group
    for other in others:
        if other.record_id not in first.all("WARC-Concurrent-To"):
            yield first, f"does not name {other.record_id} as captured with it, which names it"
        if first.record_id not in other.all("WARC-Concurrent-To"):
            yield other, f"does not name {first.record_id} as captured with it, which names it"
