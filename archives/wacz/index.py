"""Indexes of anyone's WACZ: CDXJ, plain or gzipped whole or in blocks, read line by line in their own order."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archives.errors import MalformedIndex, MalformedPackage
from archives.wacz.reader import Entry, Wacz, split_lines
from archives.warc.members import GZIP_FAULTS, MemberSource

GZIPPED = (".cdx.gz", ".cdxj.gz")
PLAIN = (".cdx", ".cdxj")
_LINE = re.compile(rb"(\S+) (\d{4,17}) (\{.*\})\s*")
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLine:
    """A line that points to a record."""

    place: str
    """E.g. 'paper.wacz/indexes/index.cdx.gz, line 3'."""
    key: str
    timestamp: str
    """14 digits, UTC; what another tool has beyond seconds is left out."""
    fields: dict[str, Any]
    """As in the line, e.g. url, mime, digest, recordDigest."""
    warc: str
    """Name of the WARC file in archive/."""
    offset: int
    length: int | None
    """Bytes of the record in its file; None if the line does not say."""


def index_entries(wacz: Wacz) -> list[Entry]:
    """The indexes of a package that hold CDXJ lines."""
    return [
        entry
        for name, entry in sorted(wacz.entries.items())
        if name.startswith("indexes/") and name.endswith((*GZIPPED, *PLAIN))
    ]


def read_index(wacz: Wacz, entry: Entry) -> Iterator[IndexLine]:
    """The lines of an index; MalformedIndex at the first that is none, MalformedPackage where its gzip is damaged."""
    place = wacz.place(entry)
    pieces = _gunzipped(wacz, entry) if entry.name.endswith(GZIPPED) else wacz.pieces(entry)
    for number, line in enumerate(split_lines(pieces, place), 1):
        if line.strip() and not line.startswith(b"!meta "):
            yield _parsed(line, f"{place}, line {number}")


def _parsed(line: bytes, place: str) -> IndexLine:
    match = _LINE.fullmatch(line)
    try:
        if match is None:
            raise MalformedIndex(f"{place}: not a CDXJ line: {line[:80]!r}")
        fields = json.loads(match[3])
        length = fields.get("length")
        return IndexLine(
            place=place,
            key=match[1].decode("utf-8"),
            timestamp=match[2].decode("ascii").ljust(14, "0")[:14],
            fields=fields,
            warc=str(fields["filename"]).removeprefix("archive/"),
            offset=int(fields["offset"]),
            length=int(length) if length not in (None, "", "-") else None,
        )
    except (KeyError, ValueError, TypeError, RecursionError) as exc:
        raise MalformedIndex(f"{place}: not a CDXJ line ({type(exc).__name__}: {exc}): {line[:80]!r}") from exc


def _gunzipped(wacz: Wacz, entry: Entry) -> Iterator[bytes]:
    """The content of all gzip members of an entry, one after the other."""
    file, offset = wacz.open(entry), 0
    while offset < entry.size:
        try:
            source = MemberSource(file, offset)
            while piece := source.read(_PIECE):
                yield piece
        except GZIP_FAULTS as exc:
            raise MalformedPackage(wacz.place(entry), f"the gzip member at {offset} is damaged ({exc})") from exc
        if source.torn:
            raise MalformedPackage(wacz.place(entry), f"the gzip member at {offset} is torn")
        offset = source.end
