"""A newspaper whose every page follows from the time: it publishes, edits, and has one bad habit."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from typing import Literal, get_args

from tests.support.paper import SENTENCE

Habit = Literal[
    "steady", "short window", "too many requests", "moved", "lying tag", "gone", "unsteady", "redesigned", "silent",
    "maintenance",
]  # fmt: skip
HABITS: tuple[Habit, ...] = get_args(Habit)
WINDOW, SHORT_WINDOW = 12, 3
BURST = SHORT_WINDOW + 1
"""So many stories come out within minutes at a paper with a short window: not one is left of those that it showed."""
EDITED = (1.5, 3, 3.5, 4, 20, 60)
"""Hours after which a story may get another headline."""
LASTING = {1: 6, 2: 60, 4: 6}
"""Hours after which an edit is taken back, by the remainder of the story's number; others are for good."""
LATE_PAGE = timedelta(minutes=20)
NEW_PLACE = "/news"
"""Where a paper moves."""
SHORT = "/s/"
"""Where the numbers of stories lead to them."""
MAINTENANCE = "/maintenance"
"""Where every story leads while a paper is at its servers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story, and what happens to it."""

    number: int
    published: datetime
    title: str
    edited: datetime | None
    """When it gets another headline,"""
    restored: datetime | None
    """and when it has the first again; None: never."""
    gone: datetime | None

    @property
    def there(self) -> datetime:
        """When its page is there: of some minutes after it was announced."""
        return self.published + (LATE_PAGE if self.number % 7 == 3 else timedelta(0))

    @property
    def path(self) -> str:
        """Where it is, as long as the paper has not moved."""
        return f"/{self.published:%Y/%m/%d}/{self.title.lower().replace(' ', '-')}"

    def title_at(self, now: datetime) -> str:
        """The headline that a reader sees."""
        is_edited = self.edited is not None and self.edited <= now and not (self.restored and self.restored <= now)
        return self.edited_title if is_edited else self.title

    @property
    def edited_title(self) -> str:
        """The other headline, while it has that."""
        return f"Corrected: {self.title}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server says."""

    status: int
    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    tag: str | None = None


def place(path: str) -> str:
    """An address without the marks of a click and of AMP."""
    return path.partition("?")[0].removesuffix("/amp")


class Newspaper:
    """A newspaper at an address, which has its habit from the moment `turn` on; for `busy` no story is to be had.

    `pace`: hours between two stories, on average. `varies`: its stories are announced under many addresses.
    """

    def __init__(
        self,
        number: int,
        base: str,
        habit: Habit,
        begin: datetime,
        end: datetime,
        *,
        busy: timedelta,
        pace: float,
        varies: bool,
    ) -> None:
        self.number, self.name = number, f"paper-{number}"
        self.base = base
        self.habit = habit
        self.varies = varies
        self.begin = begin
        self.turn = begin + (end - begin) / 2
        self.rested = self.turn + (2 * busy if habit == "maintenance" else busy)
        self._pace = timedelta(hours=pace)
        self.stories = tuple(self._written(random.Random(number), end))
        self._paths = {story.path: story for story in self.stories}
        self._asked = 0

    def _written(self, chance: random.Random, end: datetime) -> Iterator[Story]:
        for number, moment in enumerate(self._moments(chance, end), 1):
            edited = moment + timedelta(hours=chance.choice(EDITED))
            yield Story(
                number=number,
                published=moment.replace(microsecond=0),
                title=f"Harbour story number {number} of {self.name.replace('-', ' ')}",
                edited=edited if number % 3 else None,
                restored=edited + timedelta(hours=lasts) if (lasts := LASTING.get(number % 6)) else None,
                gone=moment + timedelta(hours=50) if self.habit == "gone" and number % 3 == 0 else None,
            )

    def _moments(self, chance: random.Random, end: datetime) -> Iterator[datetime]:
        """When stories come out."""
        until = self.turn if self.habit in ("silent", "short window") else end
        pace = self._pace / 2 if self.habit == "silent" else self._pace  # silence is told from a pace that is known
        moment = self.begin - timedelta(days=2)
        while (moment := moment + pace * chance.uniform(0.1, 1.9)) < until:
            yield moment
        if self.habit == "short window":
            moment = self.turn
            while (moment := moment + self._pace * BURST) < end:
                yield from (moment + timedelta(minutes=minutes) for minutes in range(BURST))

    # What is there at a time

    def window(self, now: datetime) -> list[Story]:
        """The stories in the feed, the newest first."""
        length = SHORT_WINDOW if self.habit == "short window" and now >= self.turn else WINDOW
        there = [story for story in self.stories if story.published <= now and not (story.gone and now >= story.gone)]
        return there[: -length - 1 : -1]

    def address(self, story: Story, now: datetime) -> str:
        """Where a story is."""
        return self.base + self._prefix(now) + story.path

    def announced(self, story: Story, now: datetime) -> tuple[str, ...]:
        """Where the feed says it is: where a paper varies, every few stories later at another address."""
        plain = self.address(story, now)
        if not self.varies:
            return (plain,)
        tracked, short = f"{plain}?utm_source=rss&utm_medium=feed", f"{self.base}{SHORT}{story.number}"
        forms = ((short,), (f"{plain}/amp",), (tracked,), (plain, tracked))
        return forms[(story.number + (now - story.published) // (5 * self._pace)) % len(forms)]

    @property
    def feed(self) -> str:
        """Where its stories are announced."""
        return f"{self.base}/rss"

    def addresses(self, story: Story) -> set[str]:
        """Where it is captured: where it ever was."""
        return {self.base + story.path, self.base + NEW_PLACE + story.path}

    def _prefix(self, now: datetime) -> str:
        return NEW_PLACE if self.habit == "moved" and now >= self.turn else ""

    def is_shut(self, now: datetime) -> bool:
        """Whether its stories are not to be had, though they are there."""
        return self.habit in ("too many requests", "maintenance") and self.turn <= now < self.rested

    # Answers

    def answer(self, path: str, now: datetime) -> Reply:
        """What the server says at a time."""
        self._asked += 1
        if path == "/robots.txt":
            return Reply(status=200, body=b"User-agent: *\nAllow: /\n", kind="text/plain")
        if self.habit == "too many requests" and self.is_shut(now):
            return Reply(status=429, body=b"Later, please.", kind="text/plain", headers=(("Retry-After", "7200"),))
        if self.habit == "unsteady" and self._asked % 11 == 0:
            return Reply(status=500, body=b"The press has jammed.", kind="text/plain")
        if path == "/rss":
            return self._feed(now)
        return self._story(path, now)

    def _feed(self, now: datetime) -> Reply:
        items = "".join(
            f"<item><title>{story.title_at(now)}</title><link>{escape(address)}</link>"
            f"<pubDate>{format_datetime(story.published)}</pubDate></item>"
            for story in self.window(now)
            for address in self.announced(story, now)
        )
        body = f"<rss version='2.0'><channel><title>{self.name}</title>{items}</channel></rss>".encode()
        tag = "always" if self.habit == "lying tag" else sha256(body).hexdigest()[:16]
        return Reply(status=200, body=body, kind="application/rss+xml", tag=tag)

    def _story(self, path: str, now: datetime) -> Reply:
        if path == MAINTENANCE:
            return Reply(status=200, body=b"<!doctype html><title>Maintenance</title><p>We shall be back soon.")
        if self.is_shut(now):
            return self._shut(now)
        story = self._paths.get(place(path).removeprefix(NEW_PLACE)) or self._numbered(path)
        if story is None or now < story.there:
            return Reply(status=404, body=b"Nothing here.", kind="text/plain")
        if path.startswith(SHORT):
            return Reply(status=302, headers=(("Location", self.address(story, now) + "?utm_source=short"),))
        if story.gone and now >= story.gone:
            return Reply(status=410, body=b"Gone.", kind="text/plain")
        prefix = self._prefix(now)
        if prefix and not path.startswith(prefix):
            return Reply(status=301, headers=(("Location", self.base + prefix + path),))
        body = self._page(story, now)
        return Reply(status=200, body=body, tag=sha256(body).hexdigest()[:16])

    def _shut(self, now: datetime) -> Reply:
        """One page for all stories, and later not even that."""
        if now < self.turn + (self.rested - self.turn) / 2:
            return Reply(status=302, headers=(("Location", self.base + MAINTENANCE),))
        return Reply(status=503, body=b"Back soon.", kind="text/plain")

    def _numbered(self, path: str) -> Story | None:
        """The story that a short address leads to."""
        number = path.removeprefix(SHORT)
        return self.stories[int(number) - 1] if path.startswith(SHORT) and number.isdecimal() else None

    def _page(self, story: Story, now: datetime) -> bytes:
        title = story.title_at(now)
        redesigned = self.habit == "redesigned" and now >= self.turn
        byline = "" if redesigned else '<p class="byline">By <span itemprop="author">Ada Quill</span></p>'
        text = "".join(f"<p>{SENTENCE.format(slug=story.title)} It was day {part}.</p>" for part in range(6))
        canonical = f'<link rel="canonical" href="{self.address(story, now)}">' if self.varies else ""
        head = (
            f'<title>{title}</title><meta property="og:type" content="article">{canonical}'
            f'<meta property="article:published_time" content="{story.published.isoformat()}">'
        )
        return (
            f"<!doctype html><html lang=en><head>{head}</head><body><article><h1>{title}</h1>{byline}{text}</article>"
        ).encode()
