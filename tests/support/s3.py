"""An S3-compatible store on loopback: moto's server, a process of its own in an environment of its own."""

import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
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

    def put(self, path: str, content: bytes) -> None:
        """Put an object at bucket/key; the bucket is made if need be."""
        self.make(path.partition("/")[0])
        self._send(path, content)

    def make(self, bucket: str) -> None:
        """Make a bucket."""
        self._send(bucket, b"")

    def keys(self, bucket: str, of: str = "") -> list[str]:
        """Keys of the objects in a bucket; with `of="uploads"` of those that are on their way."""
        with urllib.request.urlopen(f"{self._address}/{bucket}?{of}", timeout=30) as listing:
            return re.findall("<Key>(.*?)</Key>", listing.read().decode())

    def get(self, path: str) -> bytes:
        """The object at bucket/key."""
        with urllib.request.urlopen(f"{self._address}/{path}", timeout=30) as content:
            return bytes(content.read())

    def _send(self, path: str, content: bytes) -> None:
        # moto checks no signature: this one only says whose the bucket is
        headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20310302/us-east-1/s3/aws4_request"}
        headers["Content-Type"] = "application/octet-stream"
        request = urllib.request.Request(f"{self._address}/{path}", data=content, headers=headers, method="PUT")
        urllib.request.urlopen(request, timeout=30).close()


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
