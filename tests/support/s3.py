"""An S3-compatible store on loopback: moto's server, a process of its own in an environment of its own."""

import os
import re
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError

from tests.support.commands import free_port

MOTO = Path(__file__).parents[2] / ".venv-store" / "bin" / "moto_server"


class StoreMissing(Exception):
    """There is no program to run; the text says how to get it."""


class Store:
    """A running store."""

    def __init__(self, address: str) -> None:
        self.environment = {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        self._address = address

    def empty(self) -> None:
        """Have it as if nothing had ever been in it."""
        self._asked("POST", "moto-api/reset")

    def put(self, path: str, content: bytes) -> None:
        """Put an object at bucket/key; the bucket is made if need be."""
        self.make(path.partition("/")[0])
        self._send(path, content)

    def make(self, bucket: str) -> None:
        """Make a bucket."""
        self._send(bucket, b"")

    def keys(self, bucket: str, of: str = "") -> list[str]:
        """Keys of the objects in a bucket; with `of="uploads"` of those that are on their way."""
        return re.findall("<Key>(.*?)</Key>", self._asked("GET", f"{bucket}?{of}").decode())

    def get(self, path: str) -> bytes:
        """The object at bucket/key."""
        return self._asked("GET", path)

    def remove(self, path: str) -> None:
        """Remove the object at bucket/key."""
        self._asked("DELETE", path)

    def _send(self, path: str, content: bytes) -> None:
        self._asked("PUT", path, content)

    def _asked(self, method: str, path: str, content: bytes | None = None) -> bytes:
        # moto checks no signature: this one only says whose the bucket is
        headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20310302/us-east-1/s3/aws4_request"}
        headers["Content-Type"] = "application/octet-stream"
        request = urllib.request.Request(f"{self._address}/{path}", data=content, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())


@contextmanager
def running() -> Iterator[Store]:
    """A store for the length of the block; StoreMissing, if it cannot be had."""
    program = os.environ.get("NEWSWARC_MOTO") or str(MOTO)
    if not Path(program).is_file():
        raise StoreMissing("moto's server is not installed; make .venv-store/.installed, or name it in NEWSWARC_MOTO")
    port = free_port()
    with subprocess.Popen(
        [program, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}/moto-api/", process)
            yield Store(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (URLError, ConnectionError, TimeoutError):
            if process.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    raise StoreMissing("moto's server does not answer")


class Door:
    """What stands before a store: it lets requests through, or refuses them, and keeps account of them."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.address = f"http://127.0.0.1:{server.server_port}"
        self.is_shut = False
        self.refuses: Callable[[str, str], object] = lambda method, path: False
        """Whether a request of this method and path is answered with `refusal`."""
        self.refusal = 503
        self.asked: list[tuple[str, str, str]] = []
        """Method, path, and Range header of each request."""


@contextmanager
def door(store: Store) -> Iterator[Door]:
    """A door before a store, for the length of the block."""
    behind = store.environment["AWS_ENDPOINT_URL"].removeprefix("http://")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            opened.asked.append((self.command, self.path, self.headers.get("Range") or ""))
            if opened.is_shut or opened.refuses(self.command, self.path):
                self.answer(opened.refusal, [], b"")
                return
            connection = HTTPConnection(behind, timeout=30)
            connection.request(self.command, self.path, content, dict(self.headers.items()))
            answer = connection.getresponse()
            self.answer(answer.status, answer.getheaders(), answer.read())
            connection.close()

        def answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            self.send_response_only(status)
            own = {"connection", "transfer-encoding"} | ({"content-length"} if self.command != "HEAD" else set())
            for name, value in headers:
                if name.lower() not in own:
                    self.send_header(name, value)
            if "content-length" in own or not headers:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = pass_on  # noqa: N815  # http.server's names

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        opened = Door(server)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield opened
        finally:
            server.shutdown()
            thread.join()
