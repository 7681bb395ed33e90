"""One story, many addresses: a page that only repeats an article under another address becomes no second item.

What a page names as its address is believed where the page there tells its story; templates that name one address for
all stories are an old fault.
"""

from collections.abc import Callable, Mapping
from typing import Any, Self

from scrapy.crawler import Crawler

from archives.seen import tell_one_story
from crawler.capture.collection import CrawlCollection
from crawler.discovery.url import address_of, clean_url, normalised, story_key
from crawler.frontier.stories import Stories
from crawler.items import Article, as_item
from crawler.spiders.ledger import PageDropped
from crawler.spiders.news import NewsSpider

ArticleAt = Callable[[str], Mapping[str, Any] | None]
"""What the catalog has of a URL's story."""


class StoryPipeline:
    """Compares what the page says its address is with what the ledger knows."""

    def __init__(self, spider: NewsSpider, article_at: ArticleAt = lambda _: None) -> None:
        self._spider = spider
        self._article_at = article_at
        self._waiting: dict[str, Mapping[str, Any]] = {}
        """Address → what its page tells, which is dropped once the address that it names is had."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        if not isinstance(crawler.spider, NewsSpider):
            raise TypeError(f"{crawler.spider} keeps no ledger; derive it from NewsSpider")
        keeper = crawler.get_extension(CrawlCollection)
        return cls(crawler.spider) if keeper is None else cls(crawler.spider, keeper.article)

    def process_item(self, item: object) -> object:
        """Drop the article if its story is known under another address, or may be had under a better one."""
        if not isinstance(item, Article):
            return item
        stories, url = self._spider.frontier.stories, address_of(item.url)
        self._part_others(item, url)
        named = named_address(item, self._spider.is_article)
        if named is not None and tells_another_story(item, named, stories, self._article_at):
            named = None
        canonical = named or (url if stories.led_to(url) else None)
        if canonical is not None:
            self._give_way(item, url, canonical)
            stories.stand(url, canonical)
        return item

    def _part_others(self, item: Article, url: str) -> None:
        """Have those wait no more for this page that name it and tell another story: the next crawl asks for them."""
        stories = self._spider.frontier.stories
        for other in stories.led_to(url):
            waiting = self._waiting.pop(other, None)
            if waiting is not None and not tell_one_story(waiting, as_item(item)):
                stories.part(other)

    def _give_way(self, item: Article, url: str, canonical: str) -> None:
        """PageDropped, if the story with the canonical address was had elsewhere, or may be had at a better address."""
        stories = self._spider.frontier.stories
        other = stories.known_address(url, canonical)
        if other is not None:
            raise PageDropped(f"duplicate of {other}")
        better = stories.better_address(url, canonical)
        if better is not None and self._spider.ask_for(better, source=url):
            self._waiting[url] = {"title": item.title, "body": item.body}
            raise PageDropped(f"duplicate of {better}", state="pending")  # until that is had


def tells_another_story(article: Article, canonical: str, stories: Stories, article_at: ArticleAt) -> bool:
    """Whether the address that a page names is known, and what was had of that is another story."""
    addresses = {canonical, *stories.had_elsewhere(address_of(article.url), canonical)}
    found = [item for item in map(article_at, addresses) if item is not None]
    return bool(found) and not any(tell_one_story(item, as_item(article)) for item in found)


def named_address(article: Article, is_article: Callable[[str], bool]) -> str | None:
    """The address that a page names as its story's own, if that is not its own, and is one of the site's articles.

    So it is where it is the plain form of the page's own, whatever folder that lies in.
    """
    canonical = clean_url(article.canonical_url or "")
    if canonical is None or normalised(canonical) == address_of(article.url):
        return None
    is_form = story_key(canonical) == story_key(article.url)
    return normalised(canonical) if is_form or is_article(normalised(canonical)) else None
