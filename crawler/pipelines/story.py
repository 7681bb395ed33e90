"""One story, many addresses: a page that only repeats an article under another address becomes no second item."""

from typing import Self

from scrapy.crawler import Crawler

from crawler.discovery.url import clean_url, form_rank, normalised
from crawler.items import Article
from crawler.spiders.ledger import PageDropped
from crawler.spiders.news import NewsSpider


class StoryPipeline:
    """Compares what the page says its address is with what the ledger knows."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        if not isinstance(crawler.spider, NewsSpider):
            raise TypeError(f"{crawler.spider} keeps no ledger; derive it from NewsSpider")
        return cls(crawler.spider)

    def process_item(self, item: object) -> object:
        """Drop the article if its story is known under another address."""
        if not isinstance(item, Article) or item.canonical_url in {None, item.url}:
            return item
        canonical = clean_url(item.canonical_url)
        if canonical is None:
            return item
        url, canonical = normalised(item.url), normalised(canonical)
        if canonical != url and self._spider.is_article(canonical):
            self._meet(url, canonical)
        return item

    def _meet(self, url: str, canonical: str) -> None:
        frontier = self._spider.frontier
        other = frontier.story_of(canonical, url)
        if other is not None:
            frontier.meet(url, other)
            raise PageDropped(f"duplicate of {other}")
        if form_rank(url) > form_rank(canonical):
            frontier.meet(url, canonical)  # makes way for the plain form
            if self._spider.ask_for(canonical, source=url):
                raise PageDropped(f"duplicate of {canonical}")
            frontier.meet(canonical, url)
        frontier.same_story(url, canonical)
