"""What can be held against a single record: its grammar, the digests it states; against our own, also what it lacks."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import lru_cache
from ipaddress import ip_address

from archives.digests import Digester, algorithm_of
from archives.http import entity
from archives.warc.record import Record

_REQUIRED = ("WARC-Type", "WARC-Record-ID", "WARC-Date")
_TYPES_WITH_TARGET = {"response", "request", "revisit", "resource", "conversion", "continuation"}
_TYPES = _TYPES_WITH_TARGET | {"warcinfo", "metadata"}
_TYPES_WITH_PAYLOAD = {"response", "revisit", "resource", "conversion"}
_VERSIONS = {"0.17", "0.18", "1.0", "1.1"}
_PROFILES = {
    f"http://netpreserve.org/warc/{version}/{profile}"
    for version in ("1.0", "1.1")
    for profile in (
        "revisit/identical-payload-digest",
        "revisit/server-not-modified",
        "revisit/uri-agnostic-identical-payload-digest",
    )
}
_REASONS = {"length", "time", "disconnect", "unspecified"}
_REPEATABLE = {"warc-concurrent-to", "warc-protocol", "warc-cipher-suite"}
_PIECE = 64 * 1024
# ISO 28500:2017, 5.4: the profile of ISO 8601 in W3C's note, in UTC, to the nanosecond; WARC/1.0 has seconds only.
_DATE = re.compile(
    r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,9})?)?Z)?)?)?"
)
_URI = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:[^<>\s]+>")


def faults_of(record: Record) -> Iterator[str]:
    """Everything that is wrong with a record by itself."""
    yield from record.faults
    yield from _missing_fields(record)
    yield from _malformed_fields(record)
    yield from _unknown_values(record)
    yield from _digest_faults(record)


def lacks_of(record: Record) -> Iterator[str]:
    """What every record of newswarc's own states, and this one does not."""
    if not record.get("WARC-Block-Digest"):
        yield "WARC-Block-Digest is missing, which newswarc writes"
    if record.type in _TYPES_WITH_PAYLOAD and not record.get("WARC-Payload-Digest"):
        yield "WARC-Payload-Digest is missing, which newswarc writes"
    for name in ("WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date"):
        if record.type == "revisit" and not record.get(name):
            yield f"{name} is missing, which newswarc writes"


def _missing_fields(record: Record) -> Iterator[str]:
    for name in _REQUIRED:
        if not record.get(name):
            yield f"{name} is missing"
    if record.type in _TYPES_WITH_TARGET and not record.target_uri:
        yield "WARC-Target-URI is missing"


def _malformed_fields(record: Record) -> Iterator[str]:
    """Against the grammar of the named fields (ISO 28500:2017, section 5)."""
    for name in ("WARC-Date", "WARC-Refers-To-Date"):
        if (stated := record.get(name)) and not _is_date(stated):
            yield f"{name} is {stated[:60]!r}, which is no date in UTC"
    if (stated := record.get("WARC-IP-Address")) and not _is_address(stated):
        yield f"WARC-IP-Address is {stated[:60]!r}, which is no address"
    if (stated := record.record_id) and not _URI.fullmatch(stated):
        yield f"WARC-Record-ID is {stated[:60]!r}, which is no URI in angle brackets"
    if record.type == "revisit" and not record.get("warc-profile"):
        yield "WARC-Profile is missing, so that nobody knows what is revisited"
    if record.repeats:
        names = [name.lower() for name, _ in record.headers]
        for name in sorted({name for name in names if names.count(name) > 1} - _REPEATABLE):
            yield f"{name} is there twice"


def _unknown_values(record: Record) -> Iterator[str]:
    """Names that the standard lists (ISO 28500:2017, 5.5, 5.6, 5.15, 6): what readers do not know they pass over."""
    if record.version not in _VERSIONS:
        yield f"the version is WARC/{record.version}, which is none that is known"
    if record.type and record.type not in _TYPES:
        yield f"WARC-Type is {record.type[:60]!r}, which is none that is known"
    if (profile := record.get("WARC-Profile")) and record.type == "revisit" and profile.strip("<>") not in _PROFILES:
        yield f"WARC-Profile is {profile[:120]!r}, so that nobody knows what is revisited"
    if (reason := record.get("WARC-Truncated")) and reason.lower() not in _REASONS:
        yield f"WARC-Truncated is {reason[:60]!r}, which is no reason that is known"
    if record.type in {"response", "request"} and record.target_uri.startswith(("http:", "https:")):
        content_type = record.get("Content-Type")
        if not (content_type or "").lower().startswith("application/http"):
            said = f"is {content_type[:60]!r}" if content_type else "is missing"
            yield f"Content-Type {said}, so that nobody can tell that an HTTP message follows"


@lru_cache(maxsize=64)
def _is_address(stated: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(stated.strip("[]")))
    return False


@lru_cache(maxsize=16)
def _is_date(stated: str) -> bool:
    if not _DATE.fullmatch(stated):
        return False
    if len(stated) < len("2024-06-11"):
        return True
    with suppress(ValueError):
        return bool(date.fromisoformat(stated[:10]))
    return False


def _digest_faults(record: Record) -> Iterator[str]:
    if stated := record.get("WARC-Block-Digest"):
        record.block.seek(0)
        yield from _disagreement("block", stated, _pieces(record))
    stated = record.get("WARC-Payload-Digest") if record.get("WARC-Segment-Number") is None else None
    if stated and record.type == "response":
        yield from _payload_disagreement(record, stated)
    elif stated and record.type in {"resource", "conversion"} and record.http_head() is None:
        record.block.seek(0)  # the payload is the block (ISO 28500:2017, 6.4 and 6.8)
        yield from _disagreement("payload", stated, _pieces(record))


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
