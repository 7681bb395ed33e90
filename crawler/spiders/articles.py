"""How a spider asks for what is announced: each URL once, if it may be an article, and as far as the budget goes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse
from scrapy.settings import BaseSettings
from scrapy.utils.url import url_is_from_any_domain
from twisted.python.failure import Failure

from archives.tracking import untracked
from crawler.capture import capture_ref
from crawler.capture.conditional import DOUBTED, UNCONDITIONAL
from crawler.capture.crawl_log import Finder
from crawler.discovery import Announced
from crawler.discovery.url import (
    LONGEST,
    address_of,
    article_likeness,
    is_front_page,
    looks_like_article,
    month_in_url,
    normalised,
)
from crawler.frontier import Frontier
from crawler.sites import Site, require_start
from crawler.spiders.ledger import Ledger
from crawler.spiders.outcomes import content_type, outcome_of_failure
from crawler.spiders.pages import FetchedPage
from crawler.spiders.politeness import rest_wanted
from crawler.spiders.site_settings import apply_site, count_of, origin_of, told_in_one_line
from crawler.spiders.source_faults import SourceFaults

_PRIORITY = {"feed": 3, "news_sitemap": 3, "seed": 2, "section": 2, "sitemap": 1, "redirect": 3}


class ArticleSpider(Spider):
    """Asks for a site's articles, whoever finds them. Arguments: `max_pages`, `base` (another origin for addresses)."""

    site: Site
    frontier: Frontier
    """Every URL that was ever announced for the site, and its sources; set when the crawl opens."""
    ledger: Ledger
    """What becomes of them; set when the crawl opens."""

    def __init__(self, *, base: str | None = None, max_pages: str | int | None = None, **kwargs: str) -> None:
        super().__init__(**kwargs)
        require_start(self.site)
        if base is not None:
            self.site = self.site.rebased(origin_of(base))
        self.allow_private = self.site.allow_private
        self.allowed_domains = [domain.partition(":")[0] for domain in self.site.domains]
        self._pages_left = None if max_pages in (None, "") else count_of(max_pages)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401  # Scrapy's signature
        """As Scrapy makes it; an argument that cannot be meant ends the command with one line."""
        with told_in_one_line():
            return super().from_crawler(crawler, *args, **kwargs)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """A site's politeness and limits are settings of its spider: the command line still wins."""
        super().update_settings(settings)
        apply_site(cls.site, settings)

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Whether the request is for a page of the site."""
        return url_is_from_any_domain(request.url, [domain.partition(":")[0] for domain in cls.site.domains])

    @cached_property
    def source_faults(self) -> SourceFaults:
        """Who is told what is wrong with the sources."""
        return SourceFaults(self.site, self.crawler.stats)

    # What is asked for

    def look_again(self) -> Iterator[Request]:
        """Requests for what earlier crawls left to be looked at."""
        due = []
        for url in self.frontier.due():
            if self.site.scope.covers(url):
                due.append(url)
            else:
                self.frontier.put_aside(url, "out of scope")
        announcers = self.frontier.announcers(due)
        for url in due:
            source, kind = announcers.get(url, (None, "sitemap"))
            for request in self._articles([Announced(url=url, kind="sitemap")], Finder(source)):
                request.meta.update(Finder(source).hop(kind))
                yield request

    def announce(self, found: Iterable[Announced], source: Finder) -> Iterator[Request]:
        """Write down at once what a source announces; gives the requests for what is to be asked for now.

        A source counts as polled only once all that it announces is in the ledger.
        """
        plain = [replace(one, url=untracked(one.url)) for one in found]
        for one in plain:
            self.source_faults.elsewhere(one.url)
        due = self.frontier.announce(plain, source=normalised(source.url or ""), judge=self._fault)
        return self._articles(due, source)

    def _articles(self, due: Iterable[Announced], source: Finder) -> Iterator[Request]:
        for one in due:
            if self._pages_left == 0:
                self.ledger.leave(one.url)
            elif self.frontier.ask(one.url) and self._is_within_budget():
                yield self._article(one, source)

    def _is_within_budget(self) -> bool:
        """Whether one more page may be asked for, which counts from now on."""
        if self._pages_left == 0:
            return False
        self._pages_left = None if self._pages_left is None else self._pages_left - 1
        self.crawler.stats.inc_value("ledger/asked")
        return True

    def _article(self, one: Announced, source: Finder) -> Request:
        return Request(
            one.url,
            callback=self.parse_article,
            errback=self.article_failed,
            priority=_PRIORITY[one.kind],
            meta={
                "announced": one.url,
                UNCONDITIONAL: not self.frontier.was_seen(one.url),
                DOUBTED: self.frontier.doubts(one.url),
                **source.hop(one.kind),
            },
        )

    def _fault(self, one: Announced) -> str | None:
        """Why an announced URL is not asked for; None if it is."""
        if not self.site.scope.covers(one.url):
            return "out of scope"
        if any(pattern.matches(one.url) for pattern in self.site.reject):
            return "rejected by the site file"
        if one.kind in ("sitemap", "news_sitemap") and self.is_too_old(one):
            return "too old"
        if self.site.articles:
            likely = any(pattern.matches(one.url) for pattern in self.site.articles)
        elif one.kind in ("sitemap", "section"):
            likely = looks_like_article(one.url)
        else:
            likely = article_likeness(one.url) > 0.0
        return None if likely else "not an article's address"

    def is_too_old(self, one: Announced) -> bool:
        """Whether what a sitemap names changed last in a month before the days that the site file wants."""
        if self.site.limits.sitemap_age is None:
            return False
        changed = one.date or month_in_url(one.url)
        oldest = datetime.now(UTC) - timedelta(days=self.site.limits.sitemap_age)
        return changed is not None and changed[:7] < oldest.isoformat()[:7]

    def is_article(self, url: str) -> bool:
        """Whether a link's address alone makes it one of the site's articles."""
        return self._fault(Announced(url=url, kind="section")) is None

    def is_listed(self, url: str) -> bool:
        """Whether a link in a listing is announced as an article; one that leads elsewhere is counted."""
        return not self.source_faults.elsewhere(url) and self.is_article(url)

    def ask_for(self, url: str, *, source: str) -> bool:
        """Have a page wait for another of its story's addresses, which is asked for; False if nothing comes of it."""
        if not self.frontier.is_under_way(url):
            if not self._is_within_budget() or not self.frontier.ask_instead(url):
                return False
            self.crawler.engine.crawl(self._article(Announced(url=url, kind="redirect"), Finder(source)))
        self.frontier.stories.follow(source, url, is_named=True)
        return True

    # What came

    def lone_article(self, response: Response) -> Iterator[FetchedPage]:
        """The one article that was asked for has come: nothing is asked for again."""
        ways = map(address_of, (response.url, *reversed(response.meta.get("redirect_urls", ()))))
        one = Announced(url=next(url for url in ways if len(url) <= LONGEST), kind="seed")
        self.frontier.announce([one], source=one.url, judge=self._fault)
        if self._fault(one) is None and self.frontier.ask(one.url):
            self.crawler.stats.inc_value("ledger/asked")
            response.meta["announced"] = one.url
            yield from self.parse_article(response)

    def parse_article(self, response: Response) -> Iterator[FetchedPage]:
        """What came for an announced URL goes to the pipelines, which tell articles from other pages."""
        target = address_of(response.url)
        if target == response.meta["announced"]:
            self.frontier.take(target)
        elif not self._arrived(response, target):
            return
        kind = content_type(response)
        if not isinstance(response, TextResponse) and not re.search(r"html|text", kind or "html"):
            self.ledger.settle(response.meta["announced"], "skipped", f"not a page: {kind}", response)
            return
        capture = response.meta.get("capture")
        yield FetchedPage(
            url=response.url,
            content=response.body,
            content_type=kind,
            rules=self.site.rules(None if capture is None else date.fromisoformat(capture.date[:10])),
            capture=None if capture is None else capture_ref(capture),
        )

    def _arrived(self, response: Response, target: str) -> bool:
        """Whether a redirect led to a page that is worth looking at and was not looked at yet."""
        announced = response.meta["announced"]
        if is_front_page(target):
            self.ledger.settle(announced, "gone", "redirects to the front page", response)
            return False
        if self._fault(Announced(url=target, kind="redirect")) is not None:
            self.ledger.settle(announced, "failed", f"redirects to {target}")
            return False
        if not self.frontier.take(target):
            self.ledger.lead_on(announced, target)
            return False
        if len(target) <= LONGEST:  # a story may lie at a longer address, and goes by the one that leads there
            self.frontier.stories.follow(announced, target)
            response.meta["announced"] = target
        return True

    def article_failed(self, failure: Failure) -> None:
        """An announced URL could not be had: the ledger says why."""
        request: Request = failure.request  # type: ignore[attr-defined]
        state, reason = outcome_of_failure(failure.value)
        response: Response | None = getattr(failure.value, "response", None)
        if state != "pending":
            self.ledger.settle(request.meta["announced"], state, reason, response)
            if response is not None:
                self.ledger.give_up(address_of(response.url), state, reason)
        if (rest := rest_wanted(failure.value)) is not None:
            self.frontier.postpone(request.meta["announced"], rest)
