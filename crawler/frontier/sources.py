"""The sources of a site: what is due to be polled, and what came of it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from crawler.frontier import rhythm
from crawler.frontier.entry import latest_believed, stamp
from crawler.frontier.rows import upsert
from crawler.frontier.source import Kind, Source
from crawler.frontier.tables import SOURCES
from crawler.sites.polling import Polling

CONFIRMATIONS = 12
"""After so many 304s in a row a source is asked for in full once, to see whether they were true."""

SURELY_GONE = 3
"""So often in a row it is said of a source that was had that there is none, until that is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What a poll of a source brought."""

    kind: Kind
    announced: int
    known: int
    """URLs that were in the ledger before."""
    digest: str
    """Of the content; of the archived one, where the server said that it still holds."""
    validator: str | None
    not_modified: bool = False


class Sources:
    """The sources of one site, all in memory: there are few. Each change is written at once."""

    def __init__(
        self,
        engine: sa.Engine,
        database: Callable[[], AbstractContextManager[sa.Connection]],
        *,
        site: str,
        polling: Polling,
        now: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._database = database
        self._site = site
        self._polling = polling
        self._now = now
        with database() as connection:
            rows = connection.execute(sa.select(SOURCES).where(SOURCES.c.site == site))
            self._sources = {row.url: Source(**row._asdict()) for row in rows}
        self._ahead_once = any(map(self._is_ahead, self))
        for source in self:
            _forget_ahead(source, latest_believed(now()), self._stamp())

    def __iter__(self) -> Iterator[Source]:
        return iter(self._sources.values())

    def get(self, url: str) -> Source | None:
        """The source at an address; None, if it was never found."""
        return self._sources.get(url)

    def find(self, url: str, kind: Kind, *, parent: str | None = None, lastmod: str | None = None) -> Source:
        """Note that something leads to a source: the site file, or a `parent`, with the date of its last change.

        A source that changed since it was polled is due, and one that was dead too.
        """
        source, is_news = self._found(url, kind, parent, lastmod)
        if is_news:
            self._put(source)
        return source

    def find_together(self, sitemaps: Mapping[str, str | None], *, index: str, at_once: int | None) -> int:
        """Note what a sitemap index names, with the dates of their last changes; returns how much of it is unchanged.

        Of those that are new the first so many are due `at_once`, the others wait their turn; None: all are.
        """
        earlier = {url: self._sources[url].lastmod for url in sitemaps if url in self._sources}
        found = [self._found(url, "sitemap", index, lastmod) for url, lastmod in sitemaps.items()]
        if at_once is not None:
            new = (source for source, _ in found if source.url not in earlier)
            for number, source in enumerate(new):
                if turn := number // at_once:
                    source.next_poll = stamp(self._now() + rhythm.bounds_of(source, self._polling).soonest * turn)
        self._put(*(source for source, is_news in found if is_news))
        return sum(url in earlier and lastmod == earlier[url] for url, lastmod in sitemaps.items())

    def _found(self, url: str, kind: Kind, parent: str | None, lastmod: str | None) -> tuple[Source, bool]:
        """A source that something leads to, and whether anything of it is to be written down."""
        source = self._sources.get(url)
        if source is None:
            new = Source(site=self._site, url=url, kind=kind, found=self._stamp(), parent=parent, lastmod=lastmod)
            self._sources[url] = new
            return new, True
        if lastmod is None or lastmod == source.lastmod:
            return source, False
        source.lastmod, source.next_poll, source.dead = lastmod, None, None
        return source, True

    def keep_only(self, named: Collection[str]) -> None:
        """Forget the sources that are neither named any more nor were found by way of those that are."""
        forgotten = [source.url for source in self if not self._is_wanted(source, named)]
        if not forgotten:
            return
        with self._database() as connection, connection.begin():
            for url in forgotten:
                del self._sources[url]
                which = sa.and_(SOURCES.c.site == self._site, SOURCES.c.url == url)
                connection.execute(sa.delete(SOURCES).where(which))

    def _is_wanted(self, source: Source, named: Collection[str]) -> bool:
        """Whether a source is named, or what led to it is; what is no source itself, as robots.txt, counts as named."""
        passed: set[str] = set()
        while source.url not in named and source.parent in self._sources and source.url not in passed:
            passed.add(source.url)
            source = self._sources[source.parent]
        return source.url in named or source.parent is not None

    def is_due(self, url: str) -> bool:
        """Whether a source is to be polled now by its own rhythm; one that nobody knows yet is."""
        source = self._sources.get(url)
        return source is None or source.next_poll is None or source.next_poll <= self._stamp() or self._is_ahead(source)

    def were_ahead(self) -> bool:
        """Whether a source was polled by a clock that was ahead, and was set back since."""
        return self._ahead_once or any(map(self._is_ahead, self))

    def _is_ahead(self, source: Source) -> bool:
        return source.polled is not None and source.polled > latest_believed(self._now())

    def is_buried(self, url: str) -> bool:
        """Whether a source is gone and not to be looked for again yet."""
        source = self._sources.get(url)
        return source is not None and source.dead is not None and not self.is_due(url)

    def due(self) -> list[Source]:
        """All that are to be polled now, longest first."""
        found = [source for source in self if self.is_due(source.url)]
        return sorted(found, key=lambda source: source.next_poll or "")

    def trusts(self, url: str) -> bool:
        """Whether a 304 of the source would be believed: its validators proved honest, and not only 304s came since."""
        source = self._sources.get(url)
        return source is not None and source.honesty == "honest" and source.confirmations < CONFIRMATIONS

    def polled(self, url: str, poll: Poll) -> bool:
        """Note what a poll brought; returns whether the source's window had overflowed since the one before."""
        source = self._sources.get(url) or self.find(url, poll.kind)
        now = self._now()
        source.kind = poll.kind
        overflowed = rhythm.overflows(source, poll.announced, poll.known)
        if overflowed:
            source.overflows, source.overflowed = source.overflows + 1, stamp(now)
        _learn_honesty(source, poll)
        new = poll.announced - poll.known
        source.peak = rhythm.peak_after(source, new, now)
        source.interval = rhythm.interval_after(
            source, poll.announced, poll.known, rhythm.bounds_of(source, self._polling)
        )
        source.announced, source.known = poll.announced, poll.known
        if new:
            source.lulls += source.news is not None
            source.lull, source.news = rhythm.lull_after(source, now), stamp(now)
        source.failures, source.problem, source.dead = 0, None, None
        source.polled, source.next_poll = stamp(now), stamp(rhythm.next_poll(source, now))
        self._put(source)
        return overflowed

    def failed(self, url: str, problem: str, *, gone: bool = False, rest: float | None = None) -> None:
        """Note that a source could not be had, or read; `rest`: seconds for which its server wants none to ask.

        One that was had is `gone` once it is said so often in a row. None that somebody named is left alone for long.
        """
        source = self._sources.get(url)
        if source is None:
            return
        now = self._now()
        source.failures, source.problem, source.polled = source.failures + 1, problem, stamp(now)
        source.confirmations = 0
        if gone and (source.digest is None or source.failures >= SURELY_GONE):
            source.dead = source.dead or stamp(now)
        if source.dead is not None and source.parent is not None:
            source.next_poll = stamp(now + rhythm.BURIED)
        else:
            bounds = rhythm.bounds_of(source, self._polling)
            source.next_poll = stamp(rhythm.retry_at(source, bounds, now, rest))
        self._put(source)

    def _put(self, *sources: Source) -> None:
        if not sources:
            return
        with self._database() as connection, connection.begin():
            connection.execute(upsert(self._engine, SOURCES, kept={"found"}), [one.as_row() for one in sources])

    def _stamp(self) -> str:
        return stamp(self._now())


def _forget_ahead(source: Source, believed: str, now: str) -> None:
    """Have nothing happen later than now: what was polled by a clock that was ahead is due, its lulls are unknown."""
    if source.polled is not None and source.polled > believed:
        source.polled, source.next_poll = now, None
    if source.news is not None and source.news > believed:
        source.news, source.lull, source.lulls = now, 0.0, 0


def _learn_honesty(source: Source, poll: Poll) -> None:
    """Compare the content's digest with the one before: other content under the same validator is a lie."""
    if poll.not_modified:
        source.confirmations += 1
        return
    source.confirmations = 0
    if source.digest is not None and poll.digest != source.digest and poll.validator and source.validator:
        if poll.validator == source.validator:
            source.honesty = "dishonest"
        elif source.honesty == "unknown":
            source.honesty = "honest"
    source.digest, source.validator = poll.digest, poll.validator
