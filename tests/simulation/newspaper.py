"""A newspaper whose every page follows from the time: it publishes, edits, and has one bad habit."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from typing import Literal

from tests.support.paper import SENTENCE

Habit = Literal[
    "steady", "short window", "too many requests", "moved", "lying tag", "gone", "unsteady", "redesigned", "silent"
]
HABITS: tuple[Habit, ...] = (
    "steady", "short window", "too many requests", "moved", "lying tag", "gone", "unsteady", "redesigned", "silent",
)  # fmt: skip
WINDOW, SHORT_WINDOW = 20, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story, and what happens to it."""

    number: int
    published: datetime
    title: str
    edited: datetime | None
    """When it gets another headline, for good."""
    gone: datetime | None

    @property
    def path(self) -> str:
        """Where it is, as long as the paper has not moved."""
        return f"/{self.published:%Y/%m/%d}/{self.title.lower().replace(' ', '-')}"

    def title_at(self, now: datetime) -> str:
        """The headline that a reader sees."""
        return self.title if self.edited is None or now < self.edited else f"Corrected: {self.title}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server says."""

    status: int
    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    tag: str | None = None


class Newspaper:
    """A newspaper at an address, which has its habit from the moment `turn` on; for `busy` its server wants nobody.

    `pace`: hours between two stories, on average.
    """

    def __init__(
        self, number: int, base: str, habit: Habit, begin: datetime, end: datetime, *, busy: timedelta, pace: float
    ) -> None:
        self.name = f"paper-{number}"
        self.base = base
        self.habit = habit
        self.begin = begin
        self.turn = begin + (end - begin) / 2
        self.rested = self.turn + busy
        self.stories = tuple(self._written(random.Random(number), end, pace))
        self._paths = {story.path: story for story in self.stories}
        self._asked = 0

    def _written(self, chance: random.Random, end: datetime, pace: float) -> Iterator[Story]:
        moment = self.begin - timedelta(days=2)
        number = 0
        while (moment := moment + timedelta(hours=pace * chance.uniform(0.1, 1.9))) < end:
            if self.habit == "silent" and moment > self.turn:
                return
            number += 1
            edited = moment + timedelta(hours=chance.choice((0.7, 3, 10, 40, 100)))
            yield Story(
                number=number,
                published=moment.replace(microsecond=0),
                title=f"Harbour story number {number} of {self.name.replace('-', ' ')}",
                edited=edited if number % 3 == 0 else None,
                gone=moment + timedelta(hours=50) if self.habit == "gone" and number % 4 == 0 else None,
            )

    # What is there at a time

    def window(self, now: datetime) -> list[Story]:
        """The stories in the feed, the newest first."""
        length = SHORT_WINDOW if self.habit == "short window" and now >= self.turn else WINDOW
        there = [story for story in self.stories if story.published <= now and not (story.gone and now >= story.gone)]
        return there[: -length - 1 : -1]

    def address(self, story: Story, now: datetime) -> str:
        """Where a story is announced."""
        return self.base + self._prefix(now) + story.path

    @property
    def feed(self) -> str:
        """Where its stories are announced."""
        return f"{self.base}/rss"

    def addresses(self, story: Story) -> set[str]:
        """Where it ever was."""
        return {self.base + story.path, self.base + "/archive" + story.path}

    def _prefix(self, now: datetime) -> str:
        return "/archive" if self.habit == "moved" and now >= self.turn else ""

    def is_busy(self, now: datetime) -> bool:
        """Whether the server refuses everybody."""
        return self.habit == "too many requests" and self.turn <= now < self.rested

    # Answers

    def answer(self, path: str, now: datetime) -> Reply:
        """What the server says at a time."""
        self._asked += 1
        if path == "/robots.txt":
            return Reply(status=200, body=b"User-agent: *\nAllow: /\n", kind="text/plain")
        if self.is_busy(now):
            return Reply(status=429, body=b"Later, please.", kind="text/plain", headers=(("Retry-After", "7200"),))
        if self.habit == "unsteady" and self._asked % 11 == 0:
            return Reply(status=500, body=b"The press has jammed.", kind="text/plain")
        if path == "/rss":
            return self._feed(now)
        return self._story(path, now)

    def _feed(self, now: datetime) -> Reply:
        items = "".join(
            f"<item><title>{story.title_at(now)}</title><link>{self.address(story, now)}</link>"
            f"<pubDate>{format_datetime(story.published)}</pubDate></item>"
            for story in self.window(now)
        )
        body = f"<rss version='2.0'><channel><title>{self.name}</title>{items}</channel></rss>".encode()
        tag = "always" if self.habit == "lying tag" else sha256(body).hexdigest()[:16]
        return Reply(status=200, body=body, kind="application/rss+xml", tag=tag)

    def _story(self, path: str, now: datetime) -> Reply:
        prefix = self._prefix(now)
        story = self._paths.get(path.removeprefix("/archive"))
        if story is None or now < story.published:
            return Reply(status=404, body=b"Nothing here.", kind="text/plain")
        if story.gone and now >= story.gone:
            return Reply(status=410, body=b"Gone.", kind="text/plain")
        if prefix and not path.startswith(prefix):
            return Reply(status=301, headers=(("Location", self.base + prefix + path),))
        body = self._page(story, now)
        return Reply(status=200, body=body, tag=sha256(body).hexdigest()[:16])

    def _page(self, story: Story, now: datetime) -> bytes:
        title = story.title_at(now)
        redesigned = self.habit == "redesigned" and now >= self.turn
        byline = "" if redesigned else '<p class="byline">By <span itemprop="author">Ada Quill</span></p>'
        text = "".join(f"<p>{SENTENCE.format(slug=story.title)} It was day {part}.</p>" for part in range(6))
        head = (
            f'<title>{title}</title><meta property="og:type" content="article">'
            f'<meta property="article:published_time" content="{story.published.isoformat()}">'
        )
        return (
            f"<!doctype html><html lang=en><head>{head}</head><body><article><h1>{title}</h1>{byline}{text}</article>"
        ).encode()
