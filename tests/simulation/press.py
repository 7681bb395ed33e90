"""The servers of the newspapers, each at a loopback address of its own, and what they saw."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.simulation.newspaper import MAINTENANCE, Newspaper, place


@dataclass(frozen=True, slots=True)
class Served:
    """One answer."""

    at: float
    """Seconds of the real clock."""
    path: str
    status: int
    repeats: bool
    """Whether this very content is what the client had been sent last, in full."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A crawl that is killed drops its connections, which is no fault of the server's."""


class Press:
    """Serves newspapers at the time that a clock has."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._servers: list[ThreadingHTTPServer] = []
        self._last: dict[tuple[str, str], bytes] = {}
        """Newspaper and path → what was sent last, in full."""
        self.served: defaultdict[str, list[Served]] = defaultdict(list)
        """By newspaper."""
        self.announced: defaultdict[str, dict[int, set[str]]] = defaultdict(dict)
        """By newspaper: number of each story in feeds that somebody was sent → its addresses there."""
        self.led: defaultdict[str, dict[str, str]] = defaultdict(dict)
        """By newspaper: place of a story of which somebody was told that it is elsewhere → where."""

    def open(self, number: int) -> tuple[str, Callable[[Newspaper], None]]:
        """An address, and what has a newspaper printed there."""
        printed: list[Newspaper] = []
        press = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):  # the library's name
                press.reply(self, printed[0])

        server = Server((f"127.0.{1 + number // 250}.{1 + number % 250}", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self._servers.append(server)
        return f"http://{server.server_address[0]}:{server.server_port}", printed.append

    def reply(self, handler: BaseHTTPRequestHandler, paper: Newspaper) -> None:
        now = self._clock()
        answer = paper.answer(handler.path, now)
        unchanged = answer.tag is not None and handler.headers.get("If-None-Match") == f'"{answer.tag}"'
        status = 304 if unchanged else answer.status
        if handler.path == "/rss" and status == 200:
            for story in paper.window(now):
                self.announced[paper.name].setdefault(story.number, set()).update(paper.announced(story, now))
        if (target := dict(answer.headers).get("Location", paper.base + MAINTENANCE)) != paper.base + MAINTENANCE:
            self.led[paper.name][place(handler.path)] = place(target.removeprefix(paper.base))
        repeats = status == 200 and answer.body == self._last.get((paper.name, handler.path))
        if status != 304:
            self._last[paper.name, handler.path] = answer.body
        self.served[paper.name].append(Served(time.monotonic(), handler.path, status, repeats))
        handler.send_response(status)
        for name, value in answer.headers:
            handler.send_header(name, value)
        if answer.tag is not None:
            handler.send_header("ETag", f'"{answer.tag}"')
        if status != 304:
            handler.send_header("Content-Type", answer.kind)
            handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        if status != 304:
            handler.wfile.write(answer.body)

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
