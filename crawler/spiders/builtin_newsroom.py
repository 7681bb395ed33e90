"""The site `newsroom` works by itself: where nothing listens at its address, the built-in newspaper is started."""

import logging
import socket
from typing import Self
from urllib.parse import urlsplit

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
"""Where the newspaper can be served."""


class BuiltInNewsroom:
    """Extension: serves the demo newspaper for the length of a crawl of the site `newsroom`."""

    def __init__(self, port: int) -> None:
        from crawler.newsroom import Newsroom  # a whole newspaper, which no other crawl has to import

        self._newsroom = Newsroom(port=port)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it; not configured for any other site or host, nor where one listens already."""
        site = getattr(crawler.spider, "site", None)
        if site is None or site.name != "newsroom":
            raise NotConfigured
        address = urlsplit(site.origin)
        host, port = address.hostname, address.port or 80
        if host != LOOPBACK or _listens(host, port):
            raise NotConfigured
        extension = cls(port)
        crawler.signals.connect(extension.spider_opened, signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        return extension

    def spider_opened(self, spider: Spider) -> None:
        """Start the newspaper."""
        self._newsroom.__enter__()
        logger.info("Built-in newsroom started at %s", self._newsroom.url, extra={"spider": spider})

    def spider_closed(self) -> None:
        """Stop it."""
        self._newsroom.stop()


def _listens(host: str, port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1.0)
        return client.connect_ex((host, port)) == 0
