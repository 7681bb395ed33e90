"""The awkward addresses below /odd/: what real servers do to crawlers, each at an address of its own."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from crawler.newsroom import walls
from crawler.newsroom.coding import chunked, encode
from crawler.newsroom.edition import Edition
from crawler.newsroom.entity import Entity
from crawler.newsroom.lists import frame
from crawler.newsroom.message import Reply, Request, Script
from crawler.newsroom.paper import OddDesk

HTML = ("Content-Type", "text/html; charset=utf-8")
STORIES = (
    "chunked", "trailers", "gzip", "br", "early-hints", "too-many", "unsteady", "cut-body", "slow-body", "too-large",
)  # fmt: skip
"""Those that have a story of their own."""
WALLS = ("soft-404", "gone-soft", "consent", "challenge", "challenge-soft", "not-found", "gone", "loop", "login")
_BLOCK = 65_536
_TICKS = 24


class Habits:
    """Answers below /odd/. What depends on earlier requests is forgotten by `reset`."""

    def __init__(
        self, desk: OddDesk, *, retry_after: int, slow_seconds: float, large_bytes: int, born: datetime
    ) -> None:
        self._desk = desk
        self._retry_after = retry_after
        self._slow_seconds = slow_seconds
        self._large_bytes = large_bytes
        self._born = born
        self._asked: Counter[str] = Counter()
        self._open_from: float | None = None
        self._special: dict[str, Callable[[Request, str], Reply | Script]] = {
            "chunked": self._chunked,
            "trailers": self._trailers,
            "early-hints": self._early_hints,
            "too-many": self._too_many,
            "unsteady": self._unsteady,
            "cut-body": self._cut_body,
            "slow-body": self._slow_body,
            "too-large": self._too_large,
        }

    def reset(self) -> None:
        """Forget who asked for what."""
        self._asked.clear()
        self._open_from = None

    def answer(self, request: Request, edition: Edition, date: str) -> Reply | Script | None:
        """What an address below /odd/ does; None where nothing is."""
        name = request.path.removeprefix("/odd/")
        if name == "":
            return Reply(headers=(HTML,), body=_contents(edition))
        if name.endswith("/print") and name.removesuffix("/print") in STORIES:
            return self._entity(self._desk.page(name.removesuffix("/print"), "print")).reply(request)
        if name in WALLS:
            return _wall(name, edition)
        if name not in STORIES:
            return None
        if request.method == "HEAD" or name not in self._special:
            return self._plain(request, name)
        return self._special[name](request, date)

    def _plain(self, request: Request, name: str) -> Reply:
        content = self._desk.page(name)
        if name == "br":  # sent whether asked for or not, as some caches do
            return Reply(headers=(HTML, ("Content-Encoding", "br")), body=encode(content, "br"))
        if name == "gzip":
            return Reply(headers=(HTML, ("Content-Encoding", "gzip")), body=encode(content, "gzip"))
        return self._entity(content).reply(request)

    def _entity(self, content: bytes) -> Entity:
        return Entity(content=content, content_type=HTML[1], modified=self._born)

    def _chunked(self, _: Request, date: str) -> Script:
        head = Reply(headers=(HTML, ("Transfer-Encoding", "chunked"))).head(date=date)
        body = chunked(self._desk.page("chunked"), size=1_000, extensions=True)
        return Script(steps=(head, body[:1_500], 0.01, body[1_500:]))

    def _trailers(self, _: Request, date: str) -> Script:
        headers = (HTML, ("Transfer-Encoding", "chunked"), ("Trailer", "X-Checked-By, Server-Timing"))
        trailers = (("X-Checked-By", "night desk"), ("Server-Timing", "press;dur=12.5"))
        body = chunked(self._desk.page("trailers"), size=2_000, trailers=trailers)
        return Script(steps=(Reply(headers=headers).head(date=date), body))

    def _early_hints(self, request: Request, date: str) -> Script:
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </assets/paper.css>; rel=preload; as=style\r\n\r\n"
        page = self._plain(request, "early-hints")
        return Script(steps=(hints, 0.01, page.wire(date=date, keep_alive=request.keep_alive)))

    def _too_many(self, request: Request, _: str) -> Reply:
        """429 until the time that it names is over; then one answer, and all begins anew."""
        now = time.monotonic()
        if self._open_from is not None and now >= self._open_from:
            self._open_from = None
            return self._plain(request, "too-many")
        self._open_from = now + self._retry_after * 0.98 if self._open_from is None else self._open_from
        plain = (("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", str(self._retry_after)))
        return Reply(status=429, headers=plain, body=b"Too many readers at once. Come back in a moment.\n")

    def _unsteady(self, request: Request, _: str) -> Reply:
        self._asked["unsteady"] += 1
        if self._asked["unsteady"] % 2:
            return Reply(
                status=500, headers=(HTML,), body=b"<h1>Internal Server Error</h1><p>The press has jammed.</p>\n"
            )
        return self._plain(request, "unsteady")

    def _cut_body(self, _: Request, date: str) -> Script:
        whole = Reply(headers=(HTML,), body=self._desk.page("cut-body")).wire(date=date)
        return Script(steps=(whole[: len(whole) // 2],), end="close")

    def _slow_body(self, request: Request, date: str) -> Script:
        whole = self._plain(request, "slow-body").wire(date=date, keep_alive=request.keep_alive)
        size = -(-len(whole) // _TICKS)
        steps: list[bytes | float] = []
        for start in range(0, len(whole), size):
            steps += [whole[start : start + size], self._slow_seconds / _TICKS]
        return Script(steps=tuple(steps[:-1]))

    def _too_large(self, _: Request, date: str) -> Script:
        """A page that goes on and on, in chunks, so that nothing foretells how long it is."""
        head = Reply(headers=(HTML, ("Transfer-Encoding", "chunked"))).head(date=date)
        page = self._desk.page("too-large")
        block = (b"<!-- the minutes of the harbour commission, continued -->\n" * (_BLOCK // 58 + 1))[:_BLOCK]
        repeat = max(1, (self._large_bytes - len(page)) // _BLOCK)
        first = b"%x\r\n%s\r\n" % (len(page), page)
        return Script(steps=(head, first, b"%x\r\n%s\r\n" % (_BLOCK, block)), repeat=repeat, last=b"0\r\n\r\n")


def _wall(name: str, edition: Edition) -> Reply:
    base = edition.base
    return {
        "soft-404": lambda: Reply(headers=(HTML,), body=walls.soft_404(edition)),
        "gone-soft": lambda: Reply(headers=(HTML,), body=walls.teasers(edition)),
        "consent": lambda: Reply(headers=(HTML,), body=walls.consent()),
        "challenge": lambda: Reply(status=403, headers=(HTML, ("Retry-After", "5")), body=walls.challenge()),
        "challenge-soft": lambda: Reply(headers=(HTML,), body=walls.challenge()),
        "not-found": lambda: Reply(status=404, headers=(HTML,), body=walls.soft_404(edition)),
        "gone": lambda: Reply(status=410, headers=(HTML,), body=walls.soft_404(edition)),
        "loop": lambda: Reply(status=302, headers=(("Location", f"{base}/odd/loop"),)),
        "login": lambda: Reply(status=302, headers=(("Location", f"{base}/login"),)),
    }[name]()


def _contents(edition: Edition) -> bytes:
    items = "\n".join(f'<li><a href="/odd/{name}">{name.replace("-", " ")}</a></li>' for name in (*STORIES, *WALLS))
    body = f'<main class="list"><h1>The odd desk</h1>\n<ul>{items}</ul></main>'
    return frame(edition.plain_around(), "en", "The odd desk", body).encode()
