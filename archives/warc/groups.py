"""Records that were captured together, understood: as a capture, and as the exchange that they came from."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO, cast

from archives.cdxj import Capture, CaptureKind, timestamp_of
from archives.digests import EMPTY, Digest, sha1_of
from archives.exchange import Exchange, Truncation
from archives.http import Head, entity
from archives.request_query import LOOKED_AT, capture_key, method_of
from archives.spool import spool
from archives.warc.bundle import URN, Bundle, Facts, clean_uri, warc_date
from archives.warc.record import Record
from archives.warc.renditions import as_message, is_rendition, rendition_in

Group = tuple[Record, ...]

NOT_MODIFIED_STATUS = 304
_PIECE = 64 * 1024


def groups(records: Iterator[Record]) -> Iterator[Group]:
    """Records that were captured together, as they stand side by side and name each other in WARC-Concurrent-To."""
    group: list[Record] = []
    for record in records:
        if group and not _belongs(record, group):
            yield tuple(group)
            group = []
        group.append(record)
    if group:
        yield tuple(group)


def _belongs(record: Record, group: list[Record]) -> bool:
    named = {name for member in group for name in member.all("WARC-Concurrent-To")}
    return record.record_id in named or any(member.record_id in record.all("WARC-Concurrent-To") for member in group)


def missing_from(group: Group) -> set[str]:
    """Ids of records that the first record of a group announces and that are not in it."""
    return set(group[0].all("WARC-Concurrent-To")) - {record.record_id for record in group}


def capture_of(group: Group, warc: str) -> Capture | None:
    """The capture that a group is; None if it holds no response (a warcinfo, a lone resource)."""
    first = next((record for record in group if record.type in {"response", "revisit"}), None)
    if first is None:
        first = next((record for record in group if record.target_uri.startswith(f"{URN}:unanswered:")), None)
    if first is None and is_rendition(group[0]):
        return rendition_in(group[0], warc)
    if first is None or not first.target_uri:
        return None
    head = _head(first, group)
    if first.type == "response" and head is None and not _is_http(first):
        return None
    url, request = _url(first), request_of(group)
    return Capture(
        url=url,
        surt=capture_key(url, request),
        timestamp=timestamp_of(first.get("WARC-Date") or ""),
        date=first.get("WARC-Date") or "",
        warc=warc,
        offset=first.offset,
        length=first.length,
        record_id=first.record_id,
        payload_digest=_payload_digest(first, head),
        **_stated(head),
        kind=_kind(first, head),
        framing="chunked" if head and head.chunked and not is_not_modified(first) else "identity",
        truncated=first.get("WARC-Truncated") if first.type != "revisit" else None,
        refers_to=first.get("WARC-Refers-To") if first.type == "revisit" else None,
        method=method_of(request),
    )


def captured(
    exchange: Exchange, facts: Facts, packed: Bundle, warc: str, offset: int, original: Capture | None
) -> Capture:
    """The capture that an exchange is, once its records stand at an offset; `original` holds a revisit's payload."""
    head = facts.head
    url, date = clean_uri(exchange.url), warc_date(exchange.started)
    capture = Capture(
        url=url,
        surt=capture_key(url, exchange.request),
        timestamp=timestamp_of(date),
        date=date,
        warc=warc,
        offset=offset,
        length=packed.length,
        record_id=packed.record_id,
        payload_digest=Digest(original.payload_digest) if original else facts.payload_digest,
        **_stated(head),
        kind="revisit" if original else "response" if head else "unanswered",
        framing=facts.framing,
        truncated=None if original else exchange.truncated,
        refers_to=original.record_id if original else None,
        method=method_of(exchange.request),
    )
    return with_original(capture, original)


def _stated(head: Head | None) -> dict[str, Any]:
    """What the head of a response says of it; without one, nothing is known."""
    if head is None:
        return {"status": 0, "mime": "unk", "etag": None, "last_modified": None}
    return {
        "status": head.status,
        "mime": head.mime,
        "etag": head.text(b"etag"),
        "last_modified": head.text(b"last-modified"),
    }


def completed(capture: Capture, find: Callable[[str], Capture | None]) -> Capture:
    """A server-not-modified revisit with what is known of its payload; `find` gives the capture of a record id."""
    return with_original(capture, find(capture.refers_to) if capture.refers_to else None)


def with_original(capture: Capture, original: Capture | None) -> Capture:
    """A server-not-modified revisit, completed by what is known of the payload that it stands for."""
    if original is None or capture.status != NOT_MODIFIED_STATUS or capture.kind != "revisit":
        return capture
    return replace(
        capture,
        mime=original.mime,
        etag=capture.etag or original.etag,
        last_modified=capture.last_modified or original.last_modified,
    )


def is_not_modified(record: Record) -> bool:
    """Whether a record says that the server found an earlier capture still good."""
    return record.type == "revisit" and (record.get("WARC-Profile") or "").endswith("/revisit/server-not-modified")


def request_of(group: Group) -> bytes:
    """The group's request message, as far as it counts for the index; empty, if there is none."""
    request = _typed(group, "request")
    if request is None:
        return b""
    request.block.seek(0)
    return request.block.read(LOOKED_AT)


def exchange_of(group: Group, capture: Capture, response: BinaryIO | None = None) -> Exchange:
    """The exchange that was archived as a group; `response` stands in for a revisit's, which is elsewhere.

    A rendition is given as if it had been sent.
    """
    request = _typed(group, "request")
    first = group[0]
    return Exchange(
        url=capture.url,
        started=datetime.fromisoformat(capture.date),
        request=request.content() if request else b"",
        response=response or message_in(first),
        interim=tuple(record.content() for record in _notes(group, "interim")),
        trailing=b"".join(record.content() for record in _notes(group, "trailing")),
        peer=first.get("WARC-IP-Address"),
        truncated=cast("Truncation | None", capture.truncated),
        protocols=first.all("WARC-Protocol"),
    )


def message_in(record: Record) -> BinaryIO:
    """The response message in a record."""
    return as_message(record) if is_rendition(record) else record.block


def resolved_message(revisit: Record, original: Record) -> BinaryIO:
    """The message that a revisit stands for: its own head, if it has one, and the original's payload.

    Where only one of the two heads promises chunks, the payload becomes one chunk, or loses its chunks.
    """
    head, body = revisit.http_head(), original.http_head()
    if head is None or body is None or is_not_modified(revisit):
        original.block.seek(0)
        return original.block
    answer = spool()
    answer.write(revisit.content())
    original.block.seek(body.size)
    framed = head.chunked and not body.chunked
    if framed:
        answer.write(b"%x\r\n" % (_size(original.block) - body.size))
    alike = head.chunked or not body.chunked
    for piece in iter(lambda: original.block.read(_PIECE), b"") if alike else entity(body, original.block):
        answer.write(piece)
    if framed:
        answer.write(b"\r\n0\r\n\r\n")
    answer.seek(0)
    return answer


def _size(stream: BinaryIO) -> int:
    here = stream.tell()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(here)
    return size


def _typed(group: Group, kind: str) -> Record | None:
    return next((record for record in group if record.type == kind), None)


def _notes(group: Group, what: str) -> tuple[Record, ...]:
    return tuple(record for record in group if record.target_uri.startswith(f"{URN}:{what}:"))


def _head(first: Record, group: Group) -> Head | None:
    """Head of the response; of a 304 that was archived as a revisit, the head that was set aside."""
    aside = _notes(group, "not-modified")
    if first.type == "metadata":
        return None
    return aside[0].http_head() if is_not_modified(first) and aside else first.http_head()


def _is_http(record: Record) -> bool:
    return (record.get("Content-Type") or "").lower().startswith("application/http")


def _url(first: Record) -> str:
    return first.target_uri.removeprefix(f"{URN}:unanswered:")


def _kind(first: Record, head: Head | None) -> CaptureKind:
    if first.type == "revisit":
        return "revisit"
    return "response" if head else "unanswered"


def _payload_digest(first: Record, head: Head | None) -> Digest:
    """As the record says; else, as other writers may leave it out, digested here."""
    if stated := first.get("WARC-Payload-Digest"):
        return Digest(stated)
    if head is None or first.type == "revisit":
        return EMPTY
    first.block.seek(head.size)
    return sha1_of(entity(head, first.block))
