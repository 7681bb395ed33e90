"""What is wrong with a site's sources: a line in the log, and in the statistics, where the summary finds it."""

import logging
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector

from crawler.discovery import Unreadable
from crawler.discovery.url import looks_like_article
from crawler.sites import Site
from crawler.spiders.outcomes import outcome_of_failure

logger = logging.getLogger(__name__)

_ADVICE = {
    "too large": "too large, or a bomb; leave this source out of the site file",
    "time-out": "no answer in time; try again later, or raise timeout under [limits] in its site file",
    "no such host": "no such host; check the spelling of the address, and the network",
    "connection refused": "connection refused; check that a server listens there, and the port",
    "not captured": "not in the collection that is replayed, or not whole; name another, or another day",
    "robots.txt": "forbidden by robots.txt; ask the publisher, or name other sources in a site file",
}


class SourceFaults:
    """Notes the faults of one site's sources. Only those that somebody named are told to a person."""

    def __init__(self, site: Site, stats: StatsCollector) -> None:
        self._site = site
        self._stats = stats

    def lost(self, request: Request, error: BaseException | None) -> None:
        """A source could not be had. A guess that fails is no fault, nor is what the end of the crawl cut off."""
        state, reason = outcome_of_failure(error)
        if request.meta.get("guessed") or state == "pending":
            return
        self._stats.inc_value("sources/unreadable" if reason == "too large" else "sources/failed")
        line = f"{request.url}: {_what(error, reason, request.url)}"
        if request.meta.get("named") or reason == "too large":
            self._tell(line)
        logger.warning("%s", line)

    def unreadable(self, response: Response, fault: Unreadable) -> None:
        """What came is no source."""
        if response.meta.get("guessed"):
            return
        self._stats.inc_value("sources/unreadable")
        self._tell(f"{response.url}: {fault}")
        logger.warning("%s: %s", response.url, fault)

    def overflowed(self, url: str) -> None:
        """A source's window had rolled over since it was asked for last."""
        line = f"{url}: feed window overflowed: nothing in it was known, so that some of it may have been missed"
        told: tuple[str, ...] = self._stats.get_value("sources/overflowed", ())
        self._stats.set_value("sources/overflowed", (*told, url))
        logger.warning("%s; poll it more often: soonest under [polling], and every under [schedule]", line)

    def elsewhere(self, url: str) -> bool:
        """Whether a link leads to an article out of scope. It is counted: a site may have moved to another host."""
        if self._site.scope.covers(url) or not looks_like_article(url):
            return False
        self._stats.inc_value(f"elsewhere/{urlsplit(url).netloc}")
        return True

    def _tell(self, line: str) -> None:
        told: tuple[Any, ...] = self._stats.get_value("sources/unusable", ())
        self._stats.set_value("sources/unusable", (*told, line))


def _what(error: BaseException | None, reason: str | None, url: str) -> str:
    """What happened, and what next."""
    if isinstance(error, IgnoreRequest) and reason == "private address":
        return str(error)
    if reason in _ADVICE:
        return _ADVICE[reason]
    if reason in ("connection failed", "cut off") and url.startswith("https:"):
        return f"{reason}; check that the server speaks https at this port"
    return f"{reason}; check the address in the site file"
