"""A crawl that has received as many bytes as it may ends; what is pending is left to the next one."""

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.defer import deferred_from_coro

from crawler.spiders.watch import Watch

_TICK = 0.2
"""Seconds between two looks at what has come: so much later a crawl ends, at most."""


class ByteBudget:
    """Extension: closes the crawl once NEWSWARC_MAX_BYTES came. They are counted as received, requisites included."""

    def __init__(self, crawler: Crawler, most: int) -> None:
        self._crawler = crawler
        self._most = most
        self._watch = Watch(crawler, self._look, tick=_TICK)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it; nothing to do without a limit."""
        most = crawler.settings.getint("NEWSWARC_MAX_BYTES")
        if not most:
            raise NotConfigured
        return cls(crawler, most)

    def _look(self) -> None:
        if self._crawler.stats.get_value("downloader/response_bytes", 0) >= self._most and self._watch.running:
            self._watch.stop()
            deferred_from_coro(self._crawler.engine.close_spider_async(reason="bytes_up"))
