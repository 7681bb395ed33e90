"""One story, many addresses: a page that only repeats an article under another address becomes no second item."""

from collections.abc import Callable
from typing import Self

from scrapy.crawler import Crawler

from crawler.discovery.url import address_of, clean_url, normalised, story_key
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
        """Drop the article if its story is known under another address, or may be had under a better one."""
        if not isinstance(item, Article):
            return item
        stories, url = self._spider.frontier.stories, address_of(item.url)
        canonical = named_address(item, self._spider.is_article) or (url if stories.led_to(url) else None)
        if canonical is None:
            return item
        other = stories.known_address(url, canonical)
        if other is not None:
            raise PageDropped(f"duplicate of {other}")
        better = stories.better_address(url, canonical)
        if better is not None and self._spider.ask_for(better, source=url):
            raise PageDropped(f"duplicate of {better}", state="pending")  # until that is had
        stories.stand(url, canonical)
        return item


def named_address(article: Article, is_article: Callable[[str], bool]) -> str | None:
    """The address that a page names as its story's own, if that is not its own, and is one of the site's articles.

    So it is where it is the plain form of the page's own, whatever folder that lies in.
    """
    canonical = clean_url(article.canonical_url or "")
    if canonical is None or normalised(canonical) == address_of(article.url):
        return None
    is_form = story_key(canonical) == story_key(article.url)
    return normalised(canonical) if is_form or is_article(normalised(canonical)) else None
