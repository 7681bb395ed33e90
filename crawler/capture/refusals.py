"""Requests that are refused before anything is sent have their lines in the crawl log, too."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured

from archives.crawl_log import BLOCKED, ROBOTS
from crawler.capture.addresses import PrivateAddress
from crawler.capture.blocked import TakenDown
from crawler.capture.crawl_log import RunLog

_ROBOTS_SAYS = "Forbidden by robots.txt"
"""The whole message of Scrapy's middleware, whose error has no type of its own."""


class Refusals:
    """Downloader middleware, outside of those that refuse: robots.txt, takedowns, private addresses."""

    def __init__(self, log: RunLog) -> None:
        self._log = log

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the run's log."""
        log = crawler.get_extension(RunLog)
        if log is None:
            raise NotConfigured
        return cls(log)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Note a refusal."""
        if isinstance(exception, PrivateAddress | TakenDown):
            self._log.unanswered(request, BLOCKED)
        elif isinstance(exception, IgnoreRequest) and str(exception) == _ROBOTS_SAYS:
            self._log.unanswered(request, ROBOTS)
