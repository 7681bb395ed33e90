"""What happens to requests and items goes into the frontier: the wiring between Scrapy's signals and the ledger."""

import logging
from datetime import datetime
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem, IgnoreRequest
from scrapy.http import Response

from crawler.capture.collection import CrawlCollection, repeats_last
from crawler.capture.conditional import HELD, validator_of
from crawler.discovery.url import address_of, is_front_page
from crawler.frontier import BUDGET, HAD, Frontier, State, brief
from crawler.items import Article
from crawler.revisits import Revisits
from crawler.spiders.resuming import job_began
from crawler.spiders.site_settings import revisits_of

logger = logging.getLogger(__name__)

COVERED = ("title", "byline", "date_published", "body")
"""Fields of articles of which it is counted in how many they are: if one is missing suddenly, pages were redesigned."""


class PageDropped(DropItem):
    """A page that becomes no item, with the state that its URL ends in."""

    def __init__(self, reason: str, *, state: State = "skipped") -> None:
        super().__init__(reason, log_level="INFO")
        self.state = state


class Ledger:
    """Extension: opens the frontier for the crawl and settles URLs as their pages go through."""

    def __init__(self, crawler: Crawler, *, revisits: Revisits, began: datetime | None = None) -> None:
        self._crawler = crawler
        self._revisits = revisits
        self._began = began
        self._frontier: Frontier | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        settings = crawler.settings
        began = job_began(settings)
        extension = cls(crawler, revisits=revisits_of(settings), began=began)
        connect = crawler.signals.connect
        connect(extension.spider_opened, signals.spider_opened)
        connect(extension.spider_closed, signals.spider_closed)
        connect(extension.request_scheduled, signals.request_scheduled)
        connect(extension.request_dropped, signals.request_dropped)
        connect(extension.request_left_downloader, signals.request_left_downloader)
        connect(extension.item_scraped, signals.item_scraped)
        connect(extension.item_dropped, signals.item_dropped)
        connect(extension.item_error, signals.item_error)
        return extension

    def spider_opened(self, spider: Spider) -> None:
        """Open the tables beside the catalog of the collection that the crawl writes to."""
        keeper = self._crawler.get_extension(CrawlCollection)
        if keeper is None:
            raise CloseSpider("no_collection")
        keeper.spider_opened()  # closes the crawl with one line, if the collection cannot be opened
        catalog = keeper.collection.catalog
        with keeper.opening():
            self._frontier = Frontier(
                catalog.engine,
                site=spider.name,
                revisits=self._revisits,
                polling=spider.site.polling,  # type: ignore[attr-defined]  # NewsSpider's
                began=self._began,
                on_fault=keeper.fail,
                before_writing=catalog.flush,
                on_move=keeper.move_article,
            )
            self._frontier.plan_looks()
        keeper.distrusted = self._frontier.hosts.distrusted
        spider.ledger, spider.frontier = self, self._frontier  # type: ignore[attr-defined]  # NewsSpider's

    def spider_closed(self) -> None:
        """Write what is left, and tell the statistics how the ledger stands."""
        if self._frontier is None:
            return
        self.flush()
        for state, count in self._frontier.counts().items():
            self._crawler.stats.set_value(f"ledger/state/{state}", count)

    def flush(self) -> None:
        """Tell the statistics how much was announced, and write down what is not written yet."""
        if self._frontier is not None:
            self._crawler.stats.set_value("ledger/announced", self._frontier.announced)
            self._frontier.flush()

    def settle(self, url: str, state: State, reason: str | None = None, response: Response | None = None) -> None:
        """Write down what became of a URL that was asked for."""
        if self._frontier is None:
            return
        keeper = self._crawler.get_extension(CrawlCollection)
        if state == "gone" and keeper is not None:
            keeper.note_removal(url, response.meta.get("capture") if response else None, reason or "")
        changed = state == "captured" and keeper is not None and keeper.shows_change(response)
        is_first = self._frontier.settle(url, state, reason, seen=response is not None, changed=changed)
        if changed:
            self._doubt(url, response)
        if is_first is not None and changed:
            self._crawler.stats.inc_value("articles/new" if is_first else "articles/changed")
        if is_first is not None and state != "pending":
            self._crawler.stats.inc_value("/".join(filter(None, ("outcome", state, brief(reason)))))
        if state not in (*HAD, "pending"):
            self.give_up(url, state, reason)

    def leave(self, url: str) -> None:
        """Leave a URL that is due to the next crawl, for want of budget."""
        if self._frontier is not None and self._frontier.leave(url):
            self._crawler.stats.inc_value(f"outcome/skipped/{BUDGET}")

    def lead_on(self, url: str, target: str) -> None:
        """A redirect leads to what this crawl has asked for, or looked at: its outcome is that of the URL, too."""
        if self._frontier is None:
            return
        is_under_way = self._frontier.is_under_way(target)
        self._frontier.stories.follow(url, target)
        if not is_under_way:
            self.settle(url, *self._frontier.stories.lost_with(target))

    def give_up(self, target: str, state: State, reason: str | None) -> None:
        """Settle what led to a page that is not to be had, and waits for it."""
        if self._frontier is not None:
            for url, outcome in self._frontier.stories.give_up(target, state, reason).items():
                self.settle(url, *outcome)

    def _doubt(self, url: str, response: Response | None) -> None:
        """If a changed page has the validator that it had before, its host's are not believed any more."""
        held = response.meta.get(HELD) if response is not None else None
        if self._frontier is not None and response is not None and held is not None and held == validator_of(response):
            logger.warning("%s changed under the same validator: its host's are not believed any more", url)
            self._frontier.distrust(response.url)

    def request_scheduled(self, request: Request, spider: Spider) -> None:
        """A redirect may not lead out of the site."""
        url = request.meta.get("announced")
        scope = spider.site.scope  # type: ignore[attr-defined]
        if url and request.meta.get("redirect_urls") and not scope.covers(request.url):
            state: State = "failed" if "consent" in request.url.lower() else "skipped"
            reason = "consent wall" if state == "failed" else "redirects out of scope"
            self.settle(url, state, reason)
            raise IgnoreRequest(reason)

    def request_dropped(self, request: Request) -> None:
        """A redirect led to a page that was asked for already, or back to where it came from."""
        url, passed = request.meta.get("announced"), request.meta.get("redirect_urls")
        if url and passed and request.url in passed:
            self.settle(url, "failed", "redirects without end")
        elif url and passed and is_front_page(request.url):
            self.settle(url, "gone", "redirects to the front page")
        elif url and passed:
            self.lead_on(url, address_of(request.url))

    def request_left_downloader(self, request: Request) -> None:
        """Count what was archived, torn exchanges too."""
        capture = request.meta.get("capture")
        if capture is not None:
            self._crawler.stats.inc_value("archive/captures")
            self._crawler.stats.inc_value("archive/revisits", int(capture.kind == "revisit"))

    def item_scraped(self, item: object, response: Response | None) -> None:
        """An article was committed."""
        for field in COVERED if isinstance(item, Article) else ():
            self._crawler.stats.inc_value(f"coverage/{field}", int(bool(getattr(item, field))))
        if response is not None and "announced" in response.meta:
            self.settle(response.meta["announced"], self._state_of(response), response=response)

    def _state_of(self, response: Response) -> State:
        keeper, capture = self._crawler.get_extension(CrawlCollection), response.meta.get("capture")
        if keeper is None or capture is None or self._frontier is None:
            return "captured"
        was_had = self._frontier.was_had(response.meta["announced"])
        repeats = was_had and repeats_last(keeper.collection, capture) and not keeper.shows_change(response)
        return "unchanged" if repeats else "captured"

    def item_dropped(self, response: Response | None, exception: DropItem) -> None:
        """A page turned out to be no article, or no new one."""
        if response is not None and "announced" in response.meta:
            state: State = exception.state if isinstance(exception, PageDropped) else "skipped"
            self.settle(response.meta["announced"], state, str(exception.args[0]), response)

    def item_error(self, response: Response | None, failure: Any) -> None:  # noqa: ANN401  # a Twisted Failure
        """A pipeline failed on the page: its bytes are safe, the article is not."""
        keeper = self._crawler.get_extension(CrawlCollection)
        if keeper is not None and keeper.failure is not None:
            return  # the archive failed and not the page, which stays pending for the next crawl
        if response is not None and "announced" in response.meta:
            self.settle(response.meta["announced"], "failed", f"error: {failure.type.__name__}", response)
