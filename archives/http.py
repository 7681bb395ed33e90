"""Response messages as they stand in records: head, entity body (transfer coding undone), payload (content coding too).

Servers break the rules, so reading is lenient: bare line feeds, folded headers, broken chunks; but never unbounded.
"""

import contextlib
import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import brotli

from archives.errors import MalformedMessage, UndecodablePayload

Headers = tuple[tuple[bytes, bytes], ...]
"""Names and values as sent, in order, repeats and all."""

DECODED_LIMIT = 64 * 1024 * 1024
"""A payload that decodes to more than this many bytes is refused: no news page is that long, but a bomb is."""

_PIECE = 64 * 1024
_HEAD_LIMIT = 1024 * 1024
_STATUS_LINE = re.compile(rb"(HTTP/\d+(?:\.\d+)?)[ \t]+(\d{3})(?:[ \t]+([^\r\n]*))?\r*\n?")
_HEAD_END = re.compile(rb"\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[ \t]*(?:;[^\n]*)?\r*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Status line and headers of a response."""

    protocol: bytes
    """As sent, e.g. b'HTTP/1.1'."""
    status: int
    reason: bytes
    """As sent; b'' if there is none."""
    headers: Headers
    size: int
    """Bytes of the head in the message, the blank line included."""

    def get(self, name: bytes) -> bytes | None:
        """The first value of a header, whatever its case; None if it was not sent."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def tokens(self, name: bytes) -> tuple[str, ...]:
        """All comma-separated values of a header in order, in lower case."""
        values = b",".join(value for key, value in self.headers if key.lower() == name)
        return tuple(token for part in values.decode("latin-1").split(",") if (token := part.strip().lower()))

    @property
    def chunked(self) -> bool:
        """Whether the body is framed in chunks."""
        return self.tokens(b"transfer-encoding")[-1:] == ("chunked",)

    @property
    def mime(self) -> str:
        """The media type without parameters as indexes have it, e.g. 'text/html'; 'unk' if none was sent."""
        sent = (self._value(b"content-type") or b"").decode("ascii", "replace")
        return re.split("[; ]", sent.strip(), maxsplit=1)[0] or "unk"

    def text(self, name: bytes) -> str | None:
        """A header's value as text; NUL, which no value may hold, is a space (RFC 9110, 5.5)."""
        value = self._value(name)
        return None if value is None else value.decode("latin-1")

    def _value(self, name: bytes) -> bytes | None:
        value = self.get(name)
        return None if value is None else value.replace(b"\0", b" ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A whole response, understood."""

    head: Head
    body: bytes
    """The payload: transfer coding and content coding removed."""


def parse(message: bytes | BinaryIO, *, limit: int = DECODED_LIMIT) -> Response:
    """Read a response message whole; a decoded payload beyond `limit` bytes is refused."""
    stream = io.BytesIO(message) if isinstance(message, bytes) else message
    stream.seek(0)
    head = read_head(stream)
    return Response(head=head, body=decode(entity(head, stream), codings(head), limit=limit))


def read_head(stream: BinaryIO) -> Head:
    """Read the head of a response; the stream is then at the first byte of the body.

    A head that was cut off is read as far as it goes.
    """
    line = stream.readline(_HEAD_LIMIT)
    if not (match := _STATUS_LINE.fullmatch(line)):
        raise MalformedMessage(f"not an HTTP response: it begins with {line[:40]!r}")
    headers, size = _read_headers(stream, len(line))
    return Head(
        protocol=match[1],
        status=int(match[2]),
        reason=(match[3] or b"").rstrip(),
        headers=headers,
        size=size,
    )


def _read_headers(stream: BinaryIO, size: int) -> tuple[Headers, int]:
    """Read header lines up to the blank one; a folded line goes with the one before, one without colon is left out."""
    headers: list[tuple[bytes, bytes]] = []
    while size < _HEAD_LIMIT and (line := stream.readline(_HEAD_LIMIT - size)):
        size += len(line)
        if not (text := line.rstrip(b"\r\n")):
            break
        if text[:1] in b" \t" and headers:
            name, value = headers[-1]
            headers[-1] = (name, value + b" " + text.strip())
        elif b":" in text:
            name, _, value = text.partition(b":")
            headers.append((name.strip(), value.strip()))
    return tuple(headers), size


def head_of(message: BinaryIO) -> Head | None:
    """The head of a message; None if it is empty or no HTTP response."""
    message.seek(0)
    try:
        return read_head(message)
    except MalformedMessage:
        return None


def head_size(message: BinaryIO) -> int:
    """Bytes before the body of a message, without understanding them; all that is looked at, if the head has no end."""
    message.seek(0)
    start = message.read(_PIECE)
    end = _HEAD_END.search(start)
    return end.end() if end else len(start)


def entity(head: Head, stream: BinaryIO) -> Iterator[bytes]:
    """The entity body, transfer coding removed, from a stream that is at the first byte of the body."""
    return dechunk(stream) if head.chunked else _rest(stream)


def dechunk(stream: BinaryIO) -> Iterator[bytes]:
    """The content of chunks, without extensions and trailers; where the framing is broken, the rest as it is."""
    while True:
        start = stream.tell()
        line = stream.readline(_PIECE)
        if not line.endswith(b"\n") and len(line) < _PIECE:
            return  # cut off in a chunk's size
        if not (match := _CHUNK_SIZE.fullmatch(line)):
            stream.seek(start)
            yield from _rest(stream)
            return
        if not (size := int(match[1], 16)):
            return
        yield from _exactly(stream, size)
        after = stream.tell()
        if stream.readline(2) not in {b"\r\n", b"\n", b""}:
            stream.seek(after)


def _rest(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _exactly(stream: BinaryIO, size: int) -> Iterator[bytes]:
    while size and (piece := stream.read(min(size, _PIECE))):
        size -= len(piece)
        yield piece


def codings(head: Head) -> tuple[str, ...]:
    """What is left to undo on an entity body, in the order in which the server applied it."""
    transfer = tuple(token for token in head.tokens(b"transfer-encoding") if token != "chunked")  # noqa: S105 - a coding
    return tuple(token for token in head.tokens(b"content-encoding") + transfer if token not in {"identity", "none"})


def decode(chunks: Iterable[bytes], applied: Iterable[str], *, limit: int = DECODED_LIMIT) -> bytes:
    """Undo content codings.

    What a server only calls compressed stays as it is; what is cut off or broken later on is decoded as far as it goes.
    """
    content = _bounded(chunks, limit)
    for coding in reversed(tuple(applied)):
        if coding not in _DECODERS:
            raise UndecodablePayload(f"content coding {coding!r} is unknown; the raw bytes are in the record")
        content = _DECODERS[coding](content, limit)
    return content


def _bounded(chunks: Iterable[bytes], limit: int) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > limit:
            raise _too_large(limit)
    return bytes(content)


def _too_large(limit: int) -> UndecodablePayload:
    return UndecodablePayload(
        f"payload decodes to more than {limit:,} bytes, as a gzip bomb does; its raw bytes are in the record"
    )


def _gunzip(content: bytes, limit: int) -> bytes:
    """All gzip members one after the other; content without gzip's magic number is no gzip."""
    decoded = bytearray()
    while content[:2] == b"\x1f\x8b":
        engine = zlib.decompressobj(wbits=31)
        room = limit - len(decoded)
        try:
            decoded += engine.decompress(content, room + 1)
        except zlib.error:
            decoded += _up_to_fault(content, room)
            break
        if len(decoded) > limit:
            raise _too_large(limit)
        content = engine.unused_data
    return bytes(decoded) if decoded or not content else content


def _up_to_fault(content: bytes, room: int) -> bytes:
    """What can be had of a broken gzip stream: decoded in small steps, up to the step that fails."""
    engine = zlib.decompressobj(wbits=31)
    decoded = bytearray()
    with contextlib.suppress(zlib.error):
        for start in range(0, len(content), 256):
            decoded += engine.decompress(content[start : start + 256], max(room - len(decoded), 1))
    return bytes(decoded)


def _undeflate(content: bytes, limit: int) -> bytes:
    """Deflate with zlib's wrapper as the standard has it, or bare as some servers send it."""
    for wbits in (15, -15):
        engine = zlib.decompressobj(wbits=wbits)
        try:
            decoded = engine.decompress(content, limit + 1)
        except zlib.error:
            continue
        if len(decoded) > limit:
            raise _too_large(limit)
        return decoded
    return content


def _unbrotli(content: bytes, limit: int) -> bytes:
    engine: Any = brotli.Decompressor()
    step: Callable[..., bytes] = engine.process
    decoded = bytearray()
    try:
        decoded += step(content, output_buffer_limit=_PIECE)
        while not engine.can_accept_more_data() and len(decoded) <= limit:
            decoded += step(b"", output_buffer_limit=_PIECE)
    except brotli.error:
        return bytes(decoded) or content
    if len(decoded) > limit:
        raise _too_large(limit)
    return bytes(decoded)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
}
