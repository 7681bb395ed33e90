"""The article is committed: as a new revision, if an earlier one differs."""

from dataclasses import replace
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.capture.collection import CrawlCollection
from crawler.items import Article, as_item


class CatalogPipeline:
    """Commits articles to the catalog of the crawl's collection."""

    def __init__(self, keeper: CrawlCollection) -> None:
        self._keeper = keeper

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it; without a collection there is nothing to commit to."""
        keeper = crawler.get_extension(CrawlCollection)
        if keeper is None:
            raise NotConfigured("the extension CrawlCollection is off")
        return cls(keeper)

    def process_item(self, item: object) -> object:
        """Commit an article, with the revision that it turns out to be; any other item passes."""
        if not isinstance(item, Article):
            return item
        return replace(item, revision=self._keeper.take_article(as_item(item)))
