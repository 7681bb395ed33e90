"""A small newspaper on loopback whose every answer is scripted."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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
    after: float = 0.0
    """Seconds until it is given."""


class Paper:
    """Answers by path: the first of several answers first, the last one for ever."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.posted: list[bytes] = []
        self.under_way = self.most_at_once = 0
        """How many requests wait for their answers, and how many ever did together."""
        self._counting = threading.Lock()
        paper = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_POST(self):  # the library's name
                paper.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.do_GET()

            def do_GET(self):  # likewise
                paper.asked.append(self.path)
                paper.headers.append(dict(self.headers))
                answers = paper.answers.get(self.path.partition("?")[0]) or [Answer(b"nothing here", 404)]
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                with paper.is_asked():
                    time.sleep(answer.after)
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

    def __enter__(self) -> "Paper":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def is_asked(self) -> Iterator[None]:
        """A request is under way."""
        with self._counting:
            self.under_way += 1
            self.most_at_once = max(self.most_at_once, self.under_way)
        yield
        with self._counting:
            self.under_way -= 1

    def put(self, path: str, *answers: Answer) -> str:
        self.answers[path] = list(answers)
        return self.base + path

    def put_body(self, path: str, kind: str, body: bytes, **headers: str) -> str:
        """Answer so from now on; returns the address. In the names of headers, _ stands for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.put(path, Answer(body, headers={"Content-Type": kind, **named}))

    def put_article(self, path: str, canonical: str | None = None, **headers: str) -> str:
        return self.put(path, Answer(article(path, canonical), headers=headers))

    def put_feed(self, path: str, *links: str) -> str:
        items = "".join(f"<item><title>A story</title><link><![CDATA[{link}]]></link></item>" for link in links)
        body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
        return self.put_body(path, "application/rss+xml", body)

    def put_robots(self, text: str) -> None:
        self.put_body("/robots.txt", "text/plain", text.encode())
