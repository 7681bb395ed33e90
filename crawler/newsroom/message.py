"""HTTP messages as the newsroom's server reads and writes them: requests parsed, answers as bytes and pauses."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

REASONS: Final = {
    200: "OK", 204: "No Content", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 400: "Bad Request",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 410: "Gone", 413: "Content Too Large",
    429: "Too Many Requests", 431: "Request Header Fields Too Large", 500: "Internal Server Error",
    501: "Not Implemented", 505: "HTTP Version Not Supported",
}  # fmt: skip

LONGEST_HEAD: Final = 65_536
LARGEST_BODY: Final = 1_048_576
METHODS: Final = frozenset({"GET", "HEAD", "POST"})
KNOWN_METHODS: Final = METHODS | {"PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"}


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came."""

    method: str
    target: str
    """Path and query, percent-encoded as sent."""
    version: str
    headers: dict[str, str]
    body: bytes
    raw: bytes
    """Every byte of it."""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the question mark."""
        return self.target.partition("?")[2]

    @property
    def keep_alive(self) -> bool:
        """Whether the client wants the connection kept."""
        wish = self.headers.get("connection", "").lower()
        return "close" not in wish and (self.version == "HTTP/1.1" or "keep-alive" in wish)


@dataclass(frozen=True, slots=True)
class BadRequest(Exception):
    """Bytes that are no request that this server can answer."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An ordinary answer: a head and a body of known length."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def wire(self, *, date: str, head_only: bool = False, keep_alive: bool = True) -> bytes:
        """The message as sent."""
        head = self.head(date=date, keep_alive=keep_alive)
        return head if head_only else head + self.body

    def head(self, *, date: str, keep_alive: bool = True, length: bool = True) -> bytes:
        """Status line and headers, with the empty line."""
        lines = [f"HTTP/1.1 {self.status} {REASONS[self.status]}", f"Date: {date}", "Server: Selmark"]
        lines += [f"{name}: {text}" for name, text in self.headers]
        framed = any(name == "Transfer-Encoding" for name, _ in self.headers)
        if length and not framed and self.status not in {204, 304}:
            lines.append(f"Content-Length: {len(self.body)}")
        if not keep_alive:
            lines.append("Connection: close")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """An answer that is more than bytes: bytes to send and seconds to wait, then how the connection goes on."""

    steps: tuple[bytes | float, ...] = field(default=())
    end: Literal["keep", "close", "reset"] = "keep"
    """`close` ends the connection in order, `reset` with a TCP reset; both once everything is sent."""
    repeat: int = 1
    """How often the last step is sent, so that a huge body need not stand in memory."""
    last: bytes = b""
    """Sent after the repeats."""

    def plan(self) -> Iterator[bytes | float]:
        """The steps in order, repeats included."""
        yield from self.steps[:-1]
        for _ in range(self.repeat if self.steps else 0):
            yield self.steps[-1]
        if self.last:
            yield self.last


def take_request(buffer: bytearray) -> Request | None:
    """Cut the first whole request off the buffer; None while it is not whole; raises BadRequest."""
    while buffer[:2] == b"\r\n":  # RFC 9112 section 2.2: a server should ignore an empty line before the request line
        del buffer[:2]
    if buffer and not 0x20 < buffer[0] < 0x7F:
        raise BadRequest(400, "a request begins with its method; TLS is not spoken here")
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > LONGEST_HEAD:
            raise BadRequest(431, "the head of the request is longer than 64 KB")
        return None
    head = bytes(buffer[:end])
    method, target, version = _request_line(head.partition(b"\r\n")[0])
    headers = _headers(head.partition(b"\r\n")[2])
    length = _body_length(headers)
    total = end + 4 + length
    if len(buffer) < total:
        return None
    raw = bytes(buffer[:total])
    del buffer[:total]
    return Request(method, target, version, headers, raw[end + 4 :], raw)


def _request_line(line: bytes) -> tuple[str, str, str]:
    parts = line.decode("latin-1").split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/") or not parts[1]:
        raise BadRequest(400, "the request line is not 'METHOD target HTTP/1.1'")
    method, target, version = parts
    if method not in METHODS:
        known = method in KNOWN_METHODS
        raise BadRequest(405 if known else 501, f"{method if known else 'this method'} is not answered here")
    if version not in {"HTTP/1.0", "HTTP/1.1"}:
        raise BadRequest(505, "only HTTP/1.0 and HTTP/1.1 are spoken here")
    if target.startswith("http://"):  # RFC 9112 section 3.2.2: a server must accept the absolute form
        target = "/" + target[7:].partition("/")[2]
    if not target.startswith("/"):
        raise BadRequest(400, "the request target does not begin with '/'")
    return method, target, version


def _headers(block: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in block.decode("latin-1").split("\r\n") if block else ():
        name, colon, text = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequest(400, "a header line is not 'Name: value'")
        headers[name.lower()] = text.strip()
    return headers


def _body_length(headers: dict[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise BadRequest(501, "request bodies are read by Content-Length only")
    text = headers.get("content-length", "0")
    if not text.isascii() or not text.isdigit():
        raise BadRequest(400, "Content-Length is not a number")
    if len(text) > 7 or int(text) > LARGEST_BODY:
        raise BadRequest(413, "the body of the request is larger than 1 MB")
    return int(text)
