"""Every record of a collection that a purge concerns, in the index or not: all WARC files are read, one at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from archives.cdxj import Capture
from archives.errors import MalformedRecord
from archives.layout import Layout, warc_name
from archives.notices import Named
from archives.warc.bundle import URN
from archives.warc.groups import Group, capture_of, completed, groups
from archives.warc.reader import read_records

Wanted = Callable[[Group, Capture | None], bool]


@dataclass(slots=True)
class Found:
    """What a search came upon."""

    named: list[Named] = field(default_factory=list)
    captures: dict[str, Capture] = field(default_factory=dict)
    """What was searched for, by record id, as far as it is captures."""
    damage: list[str] = field(default_factory=list)
    """Places that could not be read."""


def search(layout: Layout, wanted: Wanted, *, warcs: set[str] | None = None) -> Found:
    """Groups of records that are wanted, in all WARC files or in those named."""
    found = Found()
    for group, warc in _groups(layout, found.damage, warcs):
        capture = capture_of(group, warc)
        if wanted(group, capture):
            first = capture.record_id if capture else group[0].record_id
            url = capture.url if capture else plain_target(group[0].target_uri)
            found.named.append(Named(record_id=first, url=url, warc=warc, digest=_digest(group, capture)))
            if capture:
                found.captures[capture.record_id] = capture
    for key, capture in found.captures.items():
        found.captures[key] = completed(capture, found.captures.get)
    return found


def plain_target(uri: str) -> str:
    """The URL that a record is about: those beside a response have it behind a URN."""
    return uri.split(":", 3)[3] if uri.startswith(f"{URN}:") and uri.count(":") > 2 else uri


def is_about(group: Group, urls: set[str]) -> bool:
    """Whether any record of a group is about one of the URLs."""
    return any(plain_target(record.target_uri) in urls for record in group)


def _digest(group: Group, capture: Capture | None) -> str:
    return capture.payload_digest if capture else group[0].get("WARC-Payload-Digest") or ""


def _groups(layout: Layout, damage: list[str], warcs: set[str] | None) -> Iterator[tuple[Group, str]]:
    for path in layout.warcs():
        faults: list[MalformedRecord] = []
        if (warc := warc_name(path)) in (warcs or {warc}):
            for group in groups(read_records(path, on_fault=faults.append)):
                yield group, warc
        damage.extend(map(str, faults))
