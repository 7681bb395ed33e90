"""A newsroom on port 0, and a client of bare sockets: nothing is mended between the wire and the test."""

import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from crawler.newsroom import Newsroom
from crawler.newsroom.clock import OPENING


@dataclass(frozen=True)
class Got:
    """One answer: every byte of it, and its parts."""

    raw: bytes
    interim: tuple[bytes, ...]
    head: bytes
    body: bytes
    whole: bool

    @property
    def content(self) -> bytes:
        """The body without chunk framing."""
        return dechunked(self.body)[0] if self.header("Transfer-Encoding") else self.body

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    def header(self, name: str) -> str | None:
        found = re.search(rf"^{name}:[ \t]*(.*?)\r?$".encode(), self.head, re.MULTILINE | re.IGNORECASE)
        return found and found[1].decode("latin-1")


class Wire:
    """One connection to a newsroom."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=10)
        self.buffer = b""

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.socket.close()

    def send(self, raw: bytes) -> None:
        self.socket.sendall(raw)

    def ask(self, path: str, *headers: str, method: str = "GET", body: bytes = b"") -> Got:
        lines = [f"{method} {path} HTTP/1.1", "Host: newsroom", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join([*lines, "", ""]).encode() + body)
        return self.read(head_only=method == "HEAD")

    def read(self, *, head_only: bool = False) -> Got:
        """One answer, framed as RFC 9112 section 6.3 says."""
        interim = []
        while True:
            head = self._head()
            if not head.startswith(b"HTTP/1.1 1"):
                break
            interim.append(head)
        body, whole = (b"", True) if head_only else self._body(head)
        return Got(b"".join([*interim, head, body]), tuple(interim), head, body, whole)

    def rest(self) -> bytes:
        """Everything until the other side ends."""
        try:
            while data := self.socket.recv(65_536):
                self.buffer += data
        except ConnectionResetError:
            self.buffer += b"<reset>"
        rest, self.buffer = self.buffer, b""
        return rest

    def _more(self) -> bool:
        data = self.socket.recv(65_536)
        self.buffer += data
        return bool(data)

    def _take(self, size: int) -> bytes:
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def _head(self) -> bytes:
        while not (found := re.search(rb"\r?\n\r?\n", self.buffer)):
            if not self._more():
                return self._take(len(self.buffer))
        return self._take(found.end())

    def _body(self, head: bytes) -> tuple[bytes, bool]:
        if re.match(rb"HTTP/1.[01] (?:204|304)", head):
            return b"", True
        if re.search(rb"^transfer-encoding: chunked\r$", head, re.MULTILINE | re.IGNORECASE):
            return self._chunks()
        length = re.search(rb"^content-length: (\d+)\r?$", head, re.MULTILINE | re.IGNORECASE)
        if length is None:
            return self.rest(), True
        size = int(length[1])
        while len(self.buffer) < size:
            if not self._more():
                return self._take(size), False
        return self._take(size), True

    def _chunks(self) -> tuple[bytes, bool]:
        """Framing and all."""
        while not (found := re.search(rb"(?:^|\r\n)0[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n", self.buffer)):
            if not self._more():
                return self._take(len(self.buffer)), False
        return self._take(found.end()), True


def dechunked(framed: bytes) -> tuple[bytes, bytes]:
    """The body, and what follows the last chunk."""
    body = b""
    while True:
        line, _, framed = framed.partition(b"\r\n")
        size = int(line.split(b";")[0], 16)
        if not size:
            return body, framed
        body, framed = body + framed[:size], framed[size:]
        assert framed[:2] == b"\r\n"
        framed = framed[2:]


@pytest.fixture(scope="module")
def opened():
    with Newsroom(articles=24, slow_seconds=0.3, large_bytes=300_000) as newsroom:
        yield newsroom


@pytest.fixture
def newsroom(opened):
    """One for the whole module, as if just opened."""
    opened.clock.set(OPENING)
    opened.reset()
    return opened


@pytest.fixture
def wire(newsroom):
    with Wire(newsroom.url) as client:
        yield client


@pytest.fixture(name="dechunked")
def dechunked_fixture():
    return dechunked
