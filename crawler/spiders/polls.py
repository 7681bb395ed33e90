"""The sources that a crawl asks for: each once, in its own rhythm where the crawl is one of a schedule's."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector
from twisted.python.failure import Failure

from archives.tracking import untracked
from crawler.capture.conditional import ANNOUNCES, NOT_MODIFIED_FLAG, TRUSTED, validator_of
from crawler.discovery import Announced, Unreadable
from crawler.discovery.url import normalised
from crawler.frontier import Frontier
from crawler.frontier.source import Kind, Source
from crawler.frontier.sources import Poll
from crawler.spiders.outcomes import outcome_of_failure
from crawler.spiders.politeness import rest_wanted
from crawler.spiders.source_faults import SourceFaults

SOURCE = "source"
"""Key of request.meta: the address by which a source is known, also behind redirects."""

_TOGETHER = 20
"""So many sub-sitemaps that are new in an index are polled at once by a crawl of a schedule; the rest bit by bit."""


class Polls:
    """Asks for sources, and writes down what came. With `due_only` those that are not due are left alone."""

    def __init__(self, frontier: Frontier, faults: SourceFaults, stats: StatsCollector, *, due_only: bool) -> None:
        self._frontier = frontier
        self._sources = frontier.sources
        self._faults = faults
        self._stats = stats
        self._due_only = due_only
        self._asked: set[str] = set()

    @property
    def asked(self) -> frozenset[str]:
        """Addresses of the sources that this crawl has asked for or left alone."""
        return frozenset(self._asked)

    @property
    def due_only(self) -> bool:
        """Whether sources are asked for in their own rhythm."""
        return self._due_only

    def takes(self, url: str, kind: Kind, *, parent: str | None) -> bool:
        """Whether a source is to be asked for; `parent` is what led to it, None: somebody named it."""
        if url in self._asked:
            return False
        self._asked.add(url)
        if self._sources.is_buried(url) and (self._due_only or parent is not None):
            return False
        if self._due_only and not self._sources.is_due(url):
            return False
        self._sources.find(url, kind, parent=parent)
        return True

    def takes_page(self, url: str) -> bool:
        """Whether a further page of a listing is to be asked for; it has no rhythm of its own."""
        if url in self._asked:
            return False
        self._asked.add(url)
        return True

    def meta(self, url: str) -> dict[str, Any]:
        """What a request for a source carries."""
        return {SOURCE: url, ANNOUNCES: True, TRUSTED: self._sources.trusts(url)}

    def left_due(self) -> list[Source]:
        """What earlier crawls found and is due; nothing, if this crawl reads all that it finds."""
        return [source for source in self._sources.due() if source.url not in self._asked] if self._due_only else []

    def read_index(self, response: Response, children: Sequence[Announced]) -> None:
        """Note what a sitemap index announces. Of many that are new, the first are due now, the others bit by bit."""
        sitemaps = {child.url: child.date for child in children}
        at_once = _TOGETHER if self._due_only else None
        unchanged = self._sources.find_together(sitemaps, index=response.url, at_once=at_once)
        self.read(response, "index", len(sitemaps), unchanged)

    def overlap(self, response: Response, urls: Iterable[str]) -> tuple[int, int]:
        """How many URLs a source announces, and how many were known before this poll, as long as it is not noted."""
        source = self._sources.get(response.meta.get(SOURCE, ""))
        polled, plain = None if source is None else source.polled, set(map(untracked, urls))
        return len(plain), self._frontier.known(plain, source=normalised(response.url), polled=polled)

    def read(self, response: Response, kind: Kind, announced: int, known: int) -> bool:
        """Note that a source announces so much, of which so much was known; returns whether anything of it is new.

        A crawl that is killed before has the source polled again by the next one. So all else that comes of the poll is
        written down first.
        """
        if (url := response.meta.get(SOURCE)) is None:
            return True
        poll = Poll(
            kind=kind,
            announced=announced,
            known=known,
            digest=hashlib.sha256(response.body).hexdigest(),
            validator=validator_of(response),
            not_modified=NOT_MODIFIED_FLAG in response.flags,
        )
        self._stats.inc_value("sources/polled")
        self._stats.inc_value("sources/announced", poll.announced)
        if self._sources.polled(url, poll):
            self._faults.overflowed(url)
        return poll.announced > poll.known

    def unreadable(self, response: Response, fault: Unreadable) -> None:
        """What came is no source."""
        self._faults.unreadable(response, fault)
        if (url := response.meta.get(SOURCE)) is not None:
            self._sources.failed(url, str(fault), gone=bool(response.meta.get("guessed")))

    def lost(self, failure: Failure) -> None:
        """A source could not be had."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy's
        self._faults.lost(request, failure.value)
        state, reason = outcome_of_failure(failure.value)
        rest = rest_wanted(failure.value)
        if (url := request.meta.get(SOURCE)) is None or (state == "pending" and rest is None):
            return
        gone = state == "gone" or bool(request.meta.get("guessed"))
        self._sources.failed(url, reason or str(failure.value), gone=gone, rest=rest)
