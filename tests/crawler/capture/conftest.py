"""A server that plays bytes from a script and notes both directions; crawls that run in a process of their own."""

import base64
import json
import os
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.commands import run_script

ROOT = Path(__file__).parents[3]
CRAWL = Path(__file__).with_name("crawl.py")

CLOSE, RESET, HANG = "close", "reset", "hang"
Step = bytes | float | str
Play = list[Step] | Callable[["Served"], list[Step]]
"""What is done with a request: send bytes, wait seconds, close, reset, or keep silent until the client hangs up."""


@dataclass
class Served:
    """One request as the server saw it, and what it sent."""

    connection: int
    received: bytes
    sent: bytes = b""

    @property
    def path(self) -> str:
        target = self.received.split(b" ", 2)[1].decode()
        return re.sub("^https?://[^/]+", "", target)

    def header(self, name: str) -> str | None:
        found = re.search(rf"^{name}: (.*)\r$".encode(), self.received, re.MULTILINE)
        return found and found[1].decode()


@dataclass
class RawServer:
    """Plays `plays[path]`; CONNECT requests are answered by `tunnel` and then played inside TLS."""

    plays: Mapping[str, Play]
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    tunnel: ssl.SSLContext | None = None
    served: list[Served] = field(default_factory=list)

    def __enter__(self):
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, 0), family=family, backlog=64)
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self._sockets = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *exc_info):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for connection in self._sockets:
            connection.close()

    def url(self, path="/", scheme="http"):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}{path}"

    def of(self, path):
        return [served for served in self.served if served.path == path]

    def _accept(self):
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection, number):
        with suppress(OSError):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            self._sockets.append(connection)
            while message := self._receive(connection):
                if message.startswith(b"CONNECT "):
                    connection.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n")
                    connection = self.tunnel.wrap_socket(connection, server_side=True)
                    self._sockets.append(connection)
                    continue
                if not self._answer(connection, Served(number, message)):
                    break
        with suppress(OSError):
            connection.close()

    def _receive(self, connection):
        message = b""
        while b"\r\n\r\n" not in message:
            if not (data := connection.recv(65536)):
                return b""
            message += data
        length = re.search(rb"^content-length: *(\d+)\r$", message, re.MULTILINE | re.IGNORECASE)
        missing = message.index(b"\r\n\r\n") + 4 + int(length[1] if length else 0) - len(message)
        while missing > 0:
            data = connection.recv(65536)
            message += data
            missing -= len(data)
        return message

    def _answer(self, connection, served):
        self.served.append(served)
        play = self.plays[served.path]
        for step in play(served) if callable(play) else play:
            match step:
                case bytes():
                    served.sent += step
                    connection.sendall(step)
                case float():
                    time.sleep(step)
                case "hang":
                    connection.recv(1)
                    return False
                case "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return False
                case "close":
                    if self.tls:
                        connection.unwrap()
                    return False
        return True


@dataclass(frozen=True)
class Crawled:
    """What a crawl wrote down: outcomes by the request's name, exchanges by URL, its log and its stats."""

    outcomes: dict[str, list[dict]]
    exchanges: list[dict]
    stats: dict
    log: str
    seconds: float

    def exchange(self, url, n=-1):
        return [exchange for exchange in self.exchanges if exchange["url"] == url][n]

    def outcome(self, name):
        (outcome,) = self.outcomes[name]
        return outcome


def crawl(requests: Iterable[dict], **options) -> Crawled:
    """Run crawl.py over the requests; its warnings are errors there too."""
    before = time.monotonic()
    said = run_script([CRAWL], ROOT, os.environ | {"NO_PROXY": "*"}, given={"requests": list(requests), **options})
    assert said.status == 0, said.err[-4000:]
    result = json.loads(said.out, object_hook=_bytes)
    outcomes: dict[str, list[dict]] = {}
    for outcome in result["outcomes"]:
        outcomes.setdefault(outcome["name"], []).append(outcome)
    return Crawled(outcomes, result["exchanges"], result["stats"], said.err, time.monotonic() - before)


def _bytes(mapping):
    return base64.b64decode(mapping["base64"]) if mapping.keys() == {"base64"} else mapping


@pytest.fixture(scope="session")
def server_tls(tmp_path_factory):
    """A TLS context with a certificate for 127.0.0.1 made for this run."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.fixture(scope="module")
def serve():
    """Start a RawServer with the given plays; it is stopped when the module is done."""
    with ExitStack() as stack:
        yield lambda plays, **options: stack.enter_context(RawServer(plays, **options))


@pytest.fixture(scope="session", name="crawl")
def crawl_fixture():
    """`crawl(requests, **options)`, in a process of its own."""
    return crawl
