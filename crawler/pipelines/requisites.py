"""What an article's page needs to look right is asked for, once the page has turned out to be an article."""

from collections.abc import Iterable
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.capture.collection import CrawlCollection
from crawler.discovery.requisites import of_page
from crawler.extraction import Page, finish
from crawler.items import Article
from crawler.spiders.requisites import Requisites


class RequisitesPipeline:
    """Looks through the parsed page, and asks for what it names and what that leads to; nothing of it is an item."""

    def __init__(self, crawler: Crawler, keeper: CrawlCollection, requisites: Requisites) -> None:
        self._crawler = crawler
        self._keeper = keeper
        self._requisites = requisites

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it; not needed where none are wanted, nothing is kept, or a browser asks for them itself."""
        keeper, settings = crawler.get_extension(CrawlCollection), crawler.settings
        if keeper is None or settings.get("NEWSWARC_REQUISITES") == "none" or settings.getbool("NEWSWARC_RENDER"):
            raise NotConfigured
        requisites = Requisites.of_settings(crawler.settings, held=keeper, stats=crawler.stats)
        return cls(crawler, keeper, requisites)

    def process_item(self, item: object) -> object:
        """Ask for what a page needs that is an article; every item passes."""
        if isinstance(item, Page) and isinstance(finish(item), Article) and item.article.capture:
            document = item.document
            is_new = self._keeper.shows_news(item.article.capture.record_id)
            found = of_page(document.root, document.base_url)
            for request in self._requests(self._requisites.of_page(document.url, found, is_new=is_new)):
                self._crawler.engine.crawl(request)
        return item

    def _arrived(self, response: Response) -> Iterable[Request]:
        return self._requests(self._requisites.arrived(response))

    def _failed(self, failure: Failure) -> Iterable[Request]:
        request = failure.request  # type: ignore[attr-defined]  # Scrapy's
        return self._requests(self._requisites.failed(request, failure.value))

    def _requests(self, asked: Iterable[dict[str, Any]]) -> list[Request]:
        return [Request(**one, callback=self._arrived, errback=self._failed) for one in asked]
