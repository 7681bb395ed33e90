"""A small scripted paper on loopback, and a crawl of it as a person would start it."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa

from crawler.frontier import Entry, read_entries

SCRAPY = Path(sys.executable).with_name("scrapy")
SENTENCE = (
    "The harbour master said on Monday that the {slug} ferry would run in all weathers until the end of the year."
)


def article(path: str, canonical: str | None = None) -> bytes:
    """A page with a headline and six paragraphs."""
    slug = path.rstrip("/").rsplit("/", 1)[-1].partition("?")[0]
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    text = "".join(f"<p>{SENTENCE.format(slug=slug)} It was day {number}.</p>" for number in range(6))
    head = f'<title>{slug}</title><meta property="og:type" content="article">{link}'
    return f"<!doctype html><html lang=en><head>{head}</head><body><article><h1>{slug}</h1>{text}</article>".encode()


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    short_by: int = 0
    """How many bytes of the announced length never come."""


class Paper:
    """Answers by path: the first of several answers first, the last one for ever."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        paper = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):  # the library's name
                paper.asked.append(self.path)
                paper.headers.append(dict(self.headers))
                answers = paper.answers.get(self.path.partition("?")[0]) or [Answer(b"nothing here", 404)]
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                etag = answer.headers.get("ETag")
                unchanged = etag is not None and self.headers.get("If-None-Match") == etag
                self.send_response(304 if unchanged else answer.status)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **answer.headers}.items():
                    self.send_header(name, value)
                if not unchanged:
                    self.send_header("Content-Length", str(len(answer.body) + answer.short_by))
                self.end_headers()
                if not unchanged:
                    self.wfile.write(answer.body)
                self.close_connection = answer.short_by > 0

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, path: str, *answers: Answer) -> str:
        self.answers[path] = list(answers)
        return self.base + path

    def put_article(self, path: str, canonical: str | None = None, **headers: str) -> str:
        return self.put(path, Answer(article(path, canonical), headers=headers))

    def put_feed(self, path: str, *links: str) -> str:
        items = "".join(f"<item><title>A story</title><link>{link}</link></item>" for link in links)
        body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
        return self.put(path, Answer(body, headers={"Content-Type": "application/rss+xml"}))

    def put_robots(self, text: str) -> None:
        self.put("/robots.txt", Answer(text.encode(), headers={"Content-Type": "text/plain"}))


@dataclass
class Crawled:
    """What a crawl left behind."""

    items: list[dict]
    ledger: dict[str, Entry]
    log: str
    asked: Counter

    def states(self, base: str) -> dict[str, tuple[str, str | None]]:
        """State and reason by path; the paper's origin left out of both."""
        return {
            url.removeprefix(base): (entry.state, entry.reason and entry.reason.replace(base, ""))
            for url, entry in self.ledger.items()
        }


@dataclass
class Desk:
    """Where a person works: a folder with site files and collections."""

    folder: Path
    paper: Paper

    def write_site(self, text: str = "", **lists: list[str]) -> None:
        keys = "\n".join(f"{key} = {json.dumps(value)}" for key, value in lists.items())
        host = self.paper.base.removeprefix("http://")
        sites = self.folder / "sites"
        sites.mkdir(exist_ok=True)
        content = (
            f'domains = ["{host}"]\nallow_private = true\n{keys}\n{text}\n[politeness]\ndelay = 0\nrecheck_after = 0\n'
        )
        (sites / "paper.toml").write_text(content, encoding="utf-8")

    def scrapy(self, *arguments: str, status: int = 0, timeout: int = 60) -> subprocess.CompletedProcess:
        environment = {
            **os.environ,
            "SCRAPY_SETTINGS_MODULE": "crawler.settings",
            "NEWSWARC_SITES": str(self.folder / "sites"),
            "NEWSWARC_HOME": str(self.folder / "collections"),
        }
        done = subprocess.run(
            [str(SCRAPY), *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == status, done.stderr[-4000:]
        return done

    def crawl(self, *arguments: str, spider: str = "paper") -> Crawled:
        self.paper.asked.clear()
        done = self.scrapy("crawl", spider, "-O", "items.jsonl", "-s", "NEWSWARC_RETRY_BACKOFF=0.05", *arguments)
        lines = (self.folder / "items.jsonl").read_text(encoding="utf-8").splitlines()
        engine = sa.create_engine(f"sqlite:///{self.folder / 'collections' / spider / 'catalog.sqlite'}")
        ledger = {entry.url: entry for entry in read_entries(engine)}
        engine.dispose()
        return Crawled([json.loads(line) for line in lines], ledger, done.stderr, Counter(self.paper.asked))


@pytest.fixture
def paper():
    paper = Paper()
    yield paper
    paper.close()


@pytest.fixture
def desk(tmp_path, paper):
    return Desk(tmp_path, paper)


@pytest.fixture
def answer():
    return Answer


@pytest.fixture
def page():
    return article
