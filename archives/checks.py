"""What can be held against a single record: its grammar and the digests it states."""

from collections.abc import Iterator

from archives.digests import Digester, algorithm_of
from archives.http import entity
from archives.warc import Record

_REQUIRED = ("WARC-Type", "WARC-Record-ID", "WARC-Date")
_TYPES_WITH_TARGET = {"response", "request", "revisit", "resource", "conversion", "continuation"}
_PIECE = 64 * 1024


def faults_of(record: Record) -> Iterator[str]:
    """Everything that is wrong with a record by itself."""
    yield from record.faults
    if not record.length:
        yield "shares its gzip member with other records, so that no index can point to it"
    yield from _missing_fields(record)
    yield from _digest_faults(record)


def _missing_fields(record: Record) -> Iterator[str]:
    for name in _REQUIRED:
        if not record.get(name):
            yield f"{name} is missing"
    if record.type in _TYPES_WITH_TARGET and not record.target_uri:
        yield "WARC-Target-URI is missing"


def _digest_faults(record: Record) -> Iterator[str]:
    if stated := record.get("WARC-Block-Digest"):
        record.block.seek(0)
        yield from _disagreement("block", stated, _pieces(record))
    whole = record.type == "response" and record.get("WARC-Segment-Number") is None
    if whole and (stated := record.get("WARC-Payload-Digest")):
        yield from _payload_disagreement(record, stated)


def _payload_disagreement(record: Record, stated: str) -> Iterator[str]:
    """The payload is the entity body without transfer coding (ISO 28500:2017, 6.3.2).

    Writers that digest the framed body instead are many; what they state is at least no damage.
    """
    head = record.http_head()
    if head is None:
        return
    record.block.seek(head.size)
    faults = list(_disagreement("payload", stated, entity(head, record.block)))
    if faults and head.chunked:
        record.block.seek(head.size)
        faults = list(_disagreement("payload", stated, _pieces(record))) and faults
    yield from faults


def _disagreement(of: str, stated: str, pieces: Iterator[bytes]) -> Iterator[str]:
    if not (algorithm := algorithm_of(stated)):
        yield f"{of} digest {stated!r} is of a kind that cannot be recomputed"
        return
    digester = Digester(algorithm)
    for piece in pieces:
        digester.update(piece)
    if not digester.agrees_with(stated):
        yield f"{of} digest is {digester.base32()}, the record says {stated}"


def _pieces(record: Record) -> Iterator[bytes]:
    while piece := record.block.read(_PIECE):
        yield piece
