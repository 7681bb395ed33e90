"""The article is committed: as a new revision, if an earlier one differs, also where its story moved since."""

from dataclasses import replace
from typing import Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.capture.collection import CrawlCollection
from crawler.discovery.url import address_of
from crawler.items import Article, as_item
from crawler.spiders.news import NewsSpider


class CatalogPipeline:
    """Commits articles to the catalog of the crawl's collection."""

    def __init__(self, keeper: CrawlCollection, spider: Spider | None) -> None:
        self._keeper = keeper
        self._spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it; without a collection there is nothing to commit to."""
        keeper = crawler.get_extension(CrawlCollection)
        if keeper is None:
            raise NotConfigured("the extension CrawlCollection is off")
        return cls(keeper, crawler.spider)

    def process_item(self, item: object) -> object:
        """Commit an article, with the revision that it turns out to be; any other item passes."""
        if not isinstance(item, Article):
            return item
        formerly = self._former_addresses(item)
        return replace(item, revision=self._keeper.take_article(as_item(item), formerly=formerly))

    def _former_addresses(self, article: Article) -> tuple[str, ...]:
        """Those that led to the article's own: under them its story may be in the catalog already."""
        if not isinstance(self._spider, NewsSpider):
            return ()
        return self._spider.frontier.stories.led_to(address_of(article.url))
