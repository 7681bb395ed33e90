"""Exchange → WARC/1.1 records, one gzip member each, ready to be written at once.

warcio builds and serialises the records. The container is ours, because an exchange must reach the file in one write.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archives.cdxj import Capture, Framing
from archives.digests import EMPTY, Digest, Digester, sha1, sha1_of
from archives.exchange import Exchange
from archives.http import Head, entity, head_of
from archives.spool import IN_MEMORY, spool
from archives.warc.members import MemberWriter

NewId = Callable[[], str]
Pairs = list[tuple[str, str]]

IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
HTTP_RESPONSE = "application/http; msgtype=response"
HTTP_REQUEST = "application/http; msgtype=request"
OPAQUE = "application/octet-stream"
URN = "urn:newswarc"
"""Target URIs of metadata records: under the page's own URI, indexers would take them for captures of it."""

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is to be known of a response before it is written."""

    head: Head | None
    """None if nothing came, or nothing that is HTTP."""
    size: int
    """Of the whole message."""
    block_digest: Digest
    payload_digest: Digest

    @property
    def framing(self) -> Framing:
        """How the body is framed."""
        return "chunked" if self.head and self.head.chunked else "identity"


def examine(exchange: Exchange) -> Facts:
    """Read a response through, in pieces, once for each digest: its head, size and digests."""
    response = exchange.response
    head = head_of(response)
    payload_digest = sha1_of(entity(head, response)) if head else EMPTY
    response.seek(0)
    block, size = Digester(), 0
    while piece := response.read(_PIECE):
        block.update(piece)
        size += len(piece)
    return Facts(head=head, size=size, block_digest=block.base32(), payload_digest=payload_digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The records of one exchange, compressed, in the order in which they stand in the file."""

    content: BinaryIO
    record_id: str
    """Of the first record: the response, the revisit, or what stands for a response that is none."""
    length: int
    """Of the first record's member."""


@dataclass(frozen=True, slots=True)
class Part:
    """A record to be: headers, block and its size."""

    headers: Pairs
    content_type: str
    block: BinaryIO
    size: int


def warc_date(instant: datetime) -> str:
    """An instant as WARC-Date has it, in microseconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def clean_uri(url: str) -> str:
    """A URL that can stand in a header line: whatever is no printable ASCII is percent-encoded."""
    return re.sub(r"[^\x21-\x7e]", lambda match: "".join(f"%{octet:02X}" for octet in match[0].encode()), url)


def warcinfo(fields: Mapping[str, str], *, name: str, record_id: str, date: str) -> bytes:
    """The member that opens a file, saying who wrote it, how and why."""
    lines = (f"{key}: {' '.join(value.split())}\r\n" for key, value in fields.items() if value)
    content = "".join(lines).encode()
    headers = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", date),
        ("WARC-Filename", name),
        ("WARC-Block-Digest", sha1(content)),
    ]
    out = io.BytesIO()
    _serialise(Part(headers, "application/warc-fields", io.BytesIO(content), len(content)), out)
    return out.getvalue()


def bundle(
    exchange: Exchange,
    facts: Facts,
    *,
    new_id: NewId,
    original: Capture | None = None,
    not_modified: Capture | None = None,
    warcinfo_id: str,
) -> Bundle:
    """Build and compress the records of an exchange.

    With `original` the response becomes a revisit of that capture's payload, with `not_modified` one of a capture that
    the server said is still good.
    """
    common: Pairs = [
        ("WARC-Date", warc_date(exchange.started)),
        ("WARC-Target-URI", clean_uri(exchange.url)),
        ("WARC-Warcinfo-ID", warcinfo_id),
    ]
    if exchange.peer:
        common.append(("WARC-IP-Address", exchange.peer))
    common += [("WARC-Protocol", protocol) for protocol in exchange.protocols]
    first = _first(exchange, facts, original, not_modified)
    others = _others(exchange, facts, moved=not_modified is not None)
    return pack(first, others, common, new_id=new_id, size=facts.size)


def pack(first: Part, others: Sequence[Part], common: Pairs, *, new_id: NewId, size: int) -> Bundle:
    """Compress records of one capture event, which name each other in WARC-Concurrent-To; `size` is about theirs."""
    first_id, ids = new_id(), [new_id() for _ in others]
    out: BinaryIO = io.BytesIO() if size <= IN_MEMORY else spool()
    _serialise(_with(first, first_id, common, concurrent=ids), out)
    length = out.tell()
    for part, part_id in zip(others, ids, strict=True):
        _serialise(_with(part, part_id, common, concurrent=[first_id]), out)
    return Bundle(content=out, record_id=first_id, length=length)


def _with(part: Part, record_id: str, common: Pairs, concurrent: list[str]) -> Part:
    """The part with the headers that all records of an exchange share; a target URI of its own stays."""
    own = {name for name, _ in part.headers}
    (kind, *rest) = part.headers
    shared = [pair for pair in common if pair[0] not in own]
    names = [("WARC-Concurrent-To", other) for other in concurrent]
    return Part([kind, ("WARC-Record-ID", record_id), *shared, *names, *rest], part.content_type, part.block, part.size)


def _first(exchange: Exchange, facts: Facts, original: Capture | None, not_modified: Capture | None) -> Part:
    """The record that stands for the response."""
    if not facts.head:
        return _unanswered(exchange, facts)
    if not_modified:
        return Part(_revisit(not_modified, NOT_MODIFIED, EMPTY), HTTP_RESPONSE, io.BytesIO(), 0)
    exchange.response.seek(0)
    if original:
        head = exchange.response.read(facts.head.size)
        headers = _revisit(original, IDENTICAL_PAYLOAD, sha1(head))
        return Part([*headers, ("WARC-Truncated", "length")], HTTP_RESPONSE, io.BytesIO(head), len(head))
    headers = [
        ("WARC-Type", "response"),
        ("WARC-Block-Digest", facts.block_digest),
        ("WARC-Payload-Digest", facts.payload_digest),
    ]
    return Part([*headers, *_truncation(exchange)], HTTP_RESPONSE, exchange.response, facts.size)


def _revisit(original: Capture, profile: str, block_digest: Digest) -> Pairs:
    return [
        ("WARC-Type", "revisit"),
        ("WARC-Profile", profile),
        ("WARC-Refers-To", original.record_id),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", original.date),
        ("WARC-Block-Digest", block_digest),
        ("WARC-Payload-Digest", original.payload_digest),
    ]


def _truncation(exchange: Exchange) -> Pairs:
    return [("WARC-Truncated", exchange.truncated)] if exchange.truncated else []


def _unanswered(exchange: Exchange, facts: Facts) -> Part:
    """What came instead of an HTTP response, which may be nothing."""
    headers = _metadata("unanswered", exchange.url, facts.block_digest)
    return Part([*headers, *_truncation(exchange)], OPAQUE, exchange.response, facts.size)


def _others(exchange: Exchange, facts: Facts, *, moved: bool) -> list[Part]:
    """The records beside the first: request, heads of 1xx responses, bytes after the message, the bytes of a 304."""
    parts = [_request(exchange.request)] if exchange.request else []
    parts += [_note("interim", exchange.url, head, HTTP_RESPONSE) for head in exchange.interim]
    if exchange.trailing:
        parts.append(_note("trailing", exchange.url, exchange.trailing, OPAQUE))
    if moved:
        digest = facts.block_digest
        headers = _metadata("not-modified", exchange.url, digest)
        parts.append(Part(headers, HTTP_RESPONSE, exchange.response, facts.size))
    return parts


def _request(message: bytes) -> Part:
    headers = [("WARC-Type", "request"), ("WARC-Block-Digest", sha1(message))]
    return Part([*headers], HTTP_REQUEST, io.BytesIO(message), len(message))


def _note(what: str, url: str, content: bytes, content_type: str) -> Part:
    return Part(_metadata(what, url, sha1(content)), content_type, io.BytesIO(content), len(content))


def _metadata(what: str, url: str, digest: Digest) -> Pairs:
    return [
        ("WARC-Type", "metadata"),
        ("WARC-Target-URI", f"{URN}:{what}:{clean_uri(url)}"),
        ("WARC-Block-Digest", digest),
    ]


class _Serialiser(WARCWriter):  # type: ignore[misc]  # warcio has no types
    """warcio's own serialisation, without a payload digest of framed bytes."""

    NO_PAYLOAD_DIGEST_TYPES = ("warcinfo", "revisit", "request", "response", "metadata", "conversion", "resource")


class _HeadAsSent(StatusAndHeaders):  # type: ignore[misc]
    """The head of a revisit's response: warcio writes it anew from its parts, this one stays as the server sent it."""

    def __init__(self, head: bytes) -> None:
        super().__init__("", [("as", "sent")])
        self._head = head

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """Set the bytes that warcio writes."""
        del header_filter
        self.headers_buff = self._head


def _serialise(part: Part, out: BinaryIO) -> None:
    """Append one record to `out`, as a gzip member of its own."""
    headers = StatusAndHeaders("", part.headers, protocol="WARC/1.1")
    kind = part.headers[0][1]
    part.block.seek(0)
    head = _HeadAsSent(part.block.read()) if kind == "revisit" and part.size else None
    length = 0 if head else part.size
    record = ArcWarcRecord(
        "warc", kind, headers, part.block, head, part.content_type, length, payload_length=0 if head else -1
    )
    member = MemberWriter(out)
    _Serialiser(member, gzip=False, warc_version="1.1").write_record(record)
    member.close()
