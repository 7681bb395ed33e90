"""The command in a process of its own, a server that answers what it is told to, and disks that are full."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.newsroom import Newsroom

COMMAND = Path(sys.executable).with_name("newswarc")


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def faults(self) -> list[str]:
        """Its lines about faults; never is a traceback among them."""
        assert "Traceback" not in self.err, self.err[-3000:]
        return [line for line in self.err.splitlines() if line.startswith("newswarc: ")]

    @property
    def one_line(self) -> str:
        """The one line about the fault."""
        assert len(self.faults) == 1, self.err[-3000:]
        return self.faults[0]


class Person:
    """Who gives commands in a folder; collections and site files live there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sites").mkdir()

    def newswarc(self, *arguments: str | Path, stdout: int = subprocess.PIPE, **environment: str) -> Said:
        done = subprocess.run(
            [COMMAND, *arguments],
            cwd=self.folder,
            env={
                **os.environ,
                "NEWSWARC_HOME": str(self.folder / "collections"),
                "NEWSWARC_SITES": str(self.folder / "sites"),
                **environment,
            },
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            timeout=100,
            check=False,
        )
        return Said(done.returncode, done.stdout or "", done.stderr)

    def write_site(self, name: str, **lists: list[str]) -> None:
        """A site on loopback with these sources."""
        keys = "".join(f"{key} = {urls!r}\n" for key, urls in lists.items())
        hosts = sorted({url.split("/")[2] for urls in lists.values() for url in urls})
        text = f"domains = {hosts!r}\n{keys}allow_private = true\n[politeness]\ndelay = 0\nrecheck_after = 0\n"
        (self.folder / "sites" / f"{name}.toml").write_text(text)


@pytest.fixture
def person(tmp_path) -> Person:
    return Person(tmp_path)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=24, crawl_delay=0.0) as opened:
        yield opened


Answer = tuple[str, bytes]
"""Content type and body; a type may be followed by further header lines."""


class Web:
    """Answers by path; anything else is not found."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        web = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):  # the library's name
                kind, body = web.answers.get(self.path, ("text/plain", b""))
                head = f"HTTP/1.0 {200 if self.path in web.answers else 404} As told\r\nContent-Type: {kind}\r\n"
                self.wfile.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def put(self, path: str, kind: str, body: bytes) -> str:
        """Answer so from now on; returns the address."""
        self.answers[path] = (kind, body)
        return self.base + path

    def put_feed(self, path: str, *links: str) -> str:
        items = "".join(f"<item><title>A story</title><link><![CDATA[{link}]]></link></item>" for link in links)
        return self.put(path, "application/rss+xml", f"<rss version='2.0'><channel>{items}</channel></rss>".encode())

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web()
    yield web
    web.close()


@dataclass(frozen=True)
class Disk:
    """A file system of a few pages in memory."""

    path: Path

    def resize(self, kilobytes: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", self.path], check=True)

    def read_only(self) -> None:
        subprocess.run(["mount", "-o", "remount,ro", self.path], check=True)

    def leave(self, kilobytes: int) -> None:
        """Make it so small that only this much room is left."""
        used = os.statvfs(self.path)
        self.resize((used.f_blocks - used.f_bfree) * used.f_frsize // 1024 + kilobytes)


@pytest.fixture
def disk(tmp_path) -> Iterator[Callable[[int], Disk]]:
    """Makes a disk of so many kilobytes."""
    mounted: list[Disk] = []

    def make(kilobytes: int) -> Disk:
        folder = tmp_path / f"disk-{len(mounted)}"
        folder.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "newswarc-test", folder],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}; run the tests as root")
        mounted.append(Disk(folder))
        return mounted[-1]

    yield make
    for one in mounted:
        subprocess.run(["umount", "--lazy", one.path], check=True)


STORY = """<!doctype html><html lang="{language}"><head>{meta}<title>{title}</title>
<meta property="og:type" content="article"></head><body><article><h1>{title}</h1>{text}</article></body></html>"""
PARAGRAPH = (
    "<p>The council of Varnholm met for the {word} time this spring and heard the harbour master, who asked for new "
    "lamps along the northern quay before the autumn storms.</p>"
)


@pytest.fixture(scope="session")
def story() -> Callable[..., str]:
    """A page with a story."""

    def make(title: str = "Council asks for new lamps", *, meta: str = "", text: str = "", language: str = "en") -> str:
        text = text or "".join(PARAGRAPH.format(word=word) for word in ("first", "second", "third", "fourth"))
        return STORY.format(title=title, meta=meta, text=text, language=language)

    return make


@pytest.fixture(scope="session")
def response() -> Callable[..., bytes]:
    """A WARC response record, not compressed."""

    def make(url: str, page: bytes, *, number: int = 1, headers: str = "") -> bytes:
        message = (
            f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{headers}Content-Length: {len(page)}\r\n\r\n"
        ).encode() + page
        head = (
            f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>\r\n"
            f"WARC-Date: 2031-03-02T08:00:00Z\r\nWARC-Target-URI: {url}\r\n"
            f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(message)}\r\n\r\n"
        )
        return head.encode() + message + b"\r\n\r\n"

    return make
