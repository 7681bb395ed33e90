"""What was taken down and blocked is not asked for again."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured

from archives.errors import ArchiveError
from archives.notices import Standing, standing
from crawler.capture.collection import CrawlCollection
from crawler.capture.handler import target_uri


class TakenDown(IgnoreRequest):
    """A request was for a URL that this collection must not capture."""


class Blocked:
    """Downloader middleware: refuses requests for URLs that are blocked in the crawl's collection, also redirected."""

    def __init__(self, keeper: CrawlCollection) -> None:
        self._keeper = keeper
        self._standing: Standing | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the crawl's collection."""
        keeper = crawler.get_extension(CrawlCollection)
        if keeper is None:
            raise NotConfigured
        return cls(keeper)

    def process_request(self, request: Request) -> None:
        """Raise TakenDown for a blocked URL; nobody blocks any while the crawl holds the collection."""
        try:
            if self._standing is None:
                self._standing = standing(self._keeper.collection.layout)
        except ArchiveError as exc:
            raise IgnoreRequest(str(exc)) from exc
        if self._standing.blocks(target_uri(request)):
            raise TakenDown(f"{request.url} was taken down from this collection")
