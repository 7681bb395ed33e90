"""What stands at each address of the newspaper, and how it travels."""

import gzip
import re
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import parse_qs

from crawler.newsroom import feeds, lists
from crawler.newsroom.clock import OPENING, NewsroomClock
from crawler.newsroom.coding import ContentCoding
from crawler.newsroom.edition import Edition
from crawler.newsroom.entity import Entity, Framing
from crawler.newsroom.families import CHARSETS, app
from crawler.newsroom.habits import Habits
from crawler.newsroom.media import PRINTED, medium
from crawler.newsroom.message import Reply, Request, Script
from crawler.newsroom.paper import Paper, Sheet
from crawler.newsroom.plan import Plan
from crawler.newsroom.walls import soft_404
from crawler.newsroom.wire import wire

HTML = "text/html; charset=utf-8"
_TRAVEL: tuple[tuple[ContentCoding | None, Framing], ...] = (
    (None, "length"),
    ("gzip", "length"),
    (None, "chunked"),
    ("br", "length"),
    ("gzip", "chunked"),
)
"""How articles travel, by turns of their numbers."""
_CALENDAR = re.compile(r"/calendar/(\d{4})/(0[1-9]|1[0-2])")
_UNNUMBERED = re.compile(r"/\d{4}/\d{2}/\d{2}/([a-z0-9-]+)")
_MOST_CACHED = 20_000


class Site:
    """Answers requests, from the cache where nothing has happened since."""

    def __init__(self, paper: Paper, habits: Habits, clock: NewsroomClock, *, crawl_delay: float) -> None:
        self._paper = paper
        self._habits = habits
        self._clock = clock
        self._crawl_delay = crawl_delay
        self._moment: datetime | None = None
        self._date = ""
        self._found: dict[str, Entity | Reply] = {}
        self._replies: dict[tuple[str, str, str], Reply] = {}
        self._articles: dict[Sheet, Entity] = {}

    def date(self) -> str:
        """The Date header: the newspaper's own time."""
        self._turn()
        return self._date

    def answer(self, request: Request) -> Reply | Script:
        """What is said to a request."""
        self._turn()
        edition = self._paper.at(self._clock.now())
        path = request.path
        special: Reply | Script | None = None
        if path.startswith("/wire/"):
            special = wire(request, self._date)
        elif path.startswith("/odd/"):
            special = self._habits.answer(request, edition, self._date)
        if special is not None:
            return special
        if request.method == "POST":
            return Reply(status=405, headers=(("Allow", "GET, HEAD"), ("Content-Type", HTML)), body=b"Not here.\n")
        return self._cached(request, edition)

    def fill(self) -> None:
        """Write every article now, so that none has to be written while a load is measured."""
        edition = self._paper.at(self._clock.now())
        for plan in edition.plans:
            self._article(self._paper.sheet(edition, plan, plan.family), plan).encoded  # noqa: B018 - worked out once, kept by the entity

    def _turn(self) -> None:
        now = self._clock.now()
        if now != self._moment:
            self._moment = now
            self._date = format_datetime(now, usegmt=True)
            self._found.clear()
            self._replies.clear()

    def _cached(self, request: Request, edition: Edition) -> Reply:
        headers = request.headers
        if "if-none-match" in headers or "if-modified-since" in headers:
            return self._reply(request, edition)
        key = (request.target, headers.get("accept-encoding", ""), request.version)
        if key not in self._replies:
            if len(self._replies) > _MOST_CACHED:
                self._replies.clear()
                self._found.clear()
            self._replies[key] = self._reply(request, edition)
        return self._replies[key]

    def _reply(self, request: Request, edition: Edition) -> Reply:
        if request.target not in self._found:
            self._found[request.target] = self._find(request, edition)
        found = self._found[request.target]
        return found if isinstance(found, Reply) else found.reply(request)

    def _find(self, request: Request, edition: Edition) -> Entity | Reply:
        path = request.path
        return (
            self._story(edition, path)
            or self._moved(edition, path)
            or self._announcement(edition, path)
            or medium(path, request.query)
            or self._list(edition, path, request.query)
            or self._in_app(edition, path)
            or Reply(status=404, headers=(("Content-Type", HTML),), body=soft_404(edition))
        )

    def _story(self, edition: Edition, path: str) -> Entity | Reply | None:
        family = "print" if path.endswith("/print") else None
        plan = edition.by_path.get(path.removesuffix("/print") if family else path)
        if plan is None or (family and plan.family != "courier"):
            return None
        sheet = self._paper.sheet(edition, plan, family or plan.family)
        if sheet.removed:
            return Reply(status=sheet.removed, headers=(("Content-Type", HTML),), body=soft_404(edition))
        return self._article(sheet, plan, family)

    def _article(self, sheet: Sheet, plan: Plan, family: str | None = None) -> Entity:
        if sheet not in self._articles:
            coding, framing = _TRAVEL[plan.number % len(_TRAVEL)]
            # Pages in an old charset say so in their own meta tag alone.
            content_type = "text/html" if (family or plan.family) in CHARSETS else HTML
            self._articles[sheet] = Entity(
                content=sheet.content, content_type=content_type, modified=sheet.changed, coding=coding, framing=framing
            )
        return self._articles[sheet]

    def _in_app(self, edition: Edition, path: str) -> Entity | None:
        for plan in edition.plans if path.startswith(app.PREFIX) else ():
            if plan.family == "courier" and path in (app.PREFIX + plan.path, app.data_path(plan)):
                story, around = edition.story(plan), edition.around(plan)
                if path == app.data_path(plan):
                    return _text(app.data(story, around).encode(), "application/json", story.changed)
                return _text(app.page(plan, around).encode(), HTML, PRINTED)
        return None

    def _moved(self, edition: Edition, path: str) -> Reply | None:
        unnumbered = _UNNUMBERED.fullmatch(path)
        plan = edition.by_short_path.get(path) or edition.by_path.get(f"{path}/")
        if plan is None and unnumbered:
            slug = unnumbered[1]
            if slug.startswith("odd-"):
                return _to(f"{edition.base}/odd/{slug.removeprefix('odd-')}")
            plan = edition.by_slug.get(slug)
        return _to(edition.base + plan.path) if plan else None

    def _announcement(self, edition: Edition, path: str) -> Entity | None:
        if path == "/robots.txt":
            return _text(feeds.robots(edition.base, self._crawl_delay), "text/plain; charset=utf-8", PRINTED)
        if path == "/sitemap/index.xml.gz":  # a gzip file, not a coding
            packed = gzip.compress(feeds.sitemap_index(edition), mtime=0)
            return Entity(content=packed, content_type="application/gzip", modified=edition.changed)
        if path == "/sitemap/news.xml":  # stories leave it as they age
            return _text(feeds.news_sitemap(edition), "application/xml", edition.now)
        if path.startswith("/sitemap/") and path.endswith(".xml"):
            content = feeds.month_sitemap(edition, path.removeprefix("/sitemap/").removesuffix(".xml"))
            return _text(content, "application/xml", edition.changed) if content else None
        if path == "/atom.xml":
            return _text(feeds.atom(edition), "application/atom+xml; charset=utf-8", edition.changed)
        if path.startswith("/rss/") and path.removeprefix("/rss/") in feeds.RSS:
            return _rss(edition, path.removeprefix("/rss/"))
        return None

    def _list(self, edition: Edition, path: str, query: str) -> Entity | None:
        if path in lists.PLAIN:
            return _text(lists.plain_page(edition.plain_around(), path).encode(), HTML, PRINTED)
        if month := _CALENDAR.fullmatch(path):
            page = lists.calendar(edition.plain_around(), int(month[1]), int(month[2]))
            return _text(page.encode(), HTML, PRINTED)
        number = parse_qs(query).get("page", ["1"])[0]
        listing = lists.listing(edition, path, int(number)) if re.fullmatch(r"[1-9]\d{0,5}", number) else None
        return _text(listing.encode(), HTML, edition.changed) if listing else None


def _rss(edition: Edition, name: str) -> Entity:
    kind = "application/rss+xml" if name == "ru" else "application/rss+xml; charset=utf-8"
    content = feeds.rss(edition, name)
    if name == "breaking":  # its validators never move, whatever it says: some real feeds do this
        return Entity(content=content, content_type=kind, modified=OPENING, tag="breaking-1")
    return _text(content, kind, edition.changed)


def _text(content: bytes, content_type: str, modified: datetime) -> Entity:
    return Entity(content=content, content_type=content_type, modified=modified, coding="gzip")


def _to(address: str) -> Reply:
    body = f'<p>Moved: <a href="{address}">{address}</a></p>\n'.encode()
    return Reply(status=301, headers=(("Location", address), ("Content-Type", HTML)), body=body)
