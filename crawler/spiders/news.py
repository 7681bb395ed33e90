"""The one spider: from a site's sources to announced URLs to articles."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse
from scrapy.settings import BaseSettings
from scrapy.utils.url import url_is_from_any_domain
from twisted.python.failure import Failure

from archives.tracking import untracked
from crawler.capture import capture_ref
from crawler.capture.crawl_log import SEED, Finder
from crawler.discovery import (
    Announced,
    Unreadable,
    looks_like_feed,
    looks_like_sitemap,
    read_feed,
    read_listing,
    read_sitemap,
)
from crawler.discovery.url import article_likeness, looks_like_article, month_in_url, normalised
from crawler.frontier import BUDGET, Frontier
from crawler.sites import Site
from crawler.spiders.ledger import Ledger
from crawler.spiders.outcomes import content_type, outcome_of_failure
from crawler.spiders.pages import FetchedPage
from crawler.spiders.site_settings import apply_site, count_of, origin_of, told_in_one_line
from crawler.spiders.source_faults import SourceFaults

_GUESSES = ("/sitemap.xml", "/sitemap_index.xml", "/feed", "/rss", "/rss.xml", "/atom.xml", "/index.xml")
"""Where sites that advertise nothing often have a feed or sitemap."""
_MOST_SECTIONS, _MOST_SITEMAPS = 12, 500
_PRIORITY = {"source": 10, "feed": 3, "news_sitemap": 3, "seed": 2, "section": 2, "sitemap": 1, "redirect": 3}


class NewsSpider(Spider):
    """Crawls one site. Arguments: `max_pages`, `base` (another origin for the site's addresses)."""

    site: Site
    ledger: Ledger
    """Set when the crawl opens."""
    frontier: Frontier
    """Every URL that was ever announced for the site; set when the crawl opens."""

    def __init__(self, *, base: str | None = None, max_pages: str | int | None = None, **kwargs: str) -> None:
        super().__init__(**kwargs)
        if base is not None:
            self.site = self.site.rebased(origin_of(base))
        self.allow_private = self.site.allow_private
        self.allowed_domains = [domain.partition(":")[0] for domain in self.site.domains]
        self._pages_left = None if max_pages in (None, "") else count_of(max_pages)
        self._sources: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401  # Scrapy's signature
        """As Scrapy makes it; an argument that cannot be meant ends the command with one line."""
        with told_in_one_line():
            spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.robots_parsed, signals.robots_parsed)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """A site's politeness and limits are settings of its spider: the command line still wins."""
        super().update_settings(settings)
        apply_site(cls.site, settings)

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Whether the request is for a page of the site."""
        return url_is_from_any_domain(request.url, [domain.partition(":")[0] for domain in cls.site.domains])

    @property
    def _is_lone_article(self) -> bool:
        """Whether all that was asked for is one article."""
        sources = (*self.site.feeds, *self.site.sitemaps, *self.site.sections, *self.site.seeds)
        return len(sources) == 1 and sources == self.site.seeds and looks_like_article(sources[0])

    @property
    def _finds_sources(self) -> bool:
        return not (self.site.feeds or self.site.sitemaps or self._is_lone_article)

    # Sources

    @cached_property
    def source_faults(self) -> SourceFaults:
        """Who is told what is wrong with the sources."""
        return SourceFaults(self.site, self.crawler.stats)

    async def start(self) -> AsyncIterator[Any]:
        """The site's sources, then what earlier crawls left to be looked at; of one article, nothing but itself."""
        named = [(url, self.parse_feed) for url in self.site.feeds]
        named += [(url, self.parse_sitemap) for url in self.site.sitemaps]
        named += [(url, self.parse_seed) for url in self.site.seeds]
        named += [(url, self.parse_section) for url in self.site.sections]
        for url, callback in named:
            for request in self._source(url, callback, named=True, announces=not self._is_lone_article, **SEED):
                yield request
        for request in () if self._is_lone_article else self._due_again():
            yield request

    @property
    def seeds(self) -> tuple[str, ...]:
        """What the site's crawl starts from."""
        site = self.site
        return tuple(map(normalised, (*site.feeds, *site.sitemaps, *site.seeds, *site.sections)))

    def _source(self, url: str, callback: Any, *, guessed: bool = False, **meta: Any) -> Iterator[Request]:  # noqa: ANN401  # Scrapy's meta
        url = normalised(url)
        if url in self._sources:
            return
        self._sources.add(url)
        yield Request(
            url,
            callback=callback,
            errback=self.source_failed,
            dont_filter=True,
            priority=_PRIORITY["source"],
            meta={"announces": True, **({"guessed": True, "max_retry_times": 0} if guessed else {}), **meta},
        )

    def _due_again(self) -> Iterator[Request]:
        due = [url for url in self.frontier.due() if self.site.scope.covers(url)]
        announcers = self.frontier.announcers(due)
        for url in due:
            source, kind = announcers.get(url, (None, "sitemap"))
            for request in self._articles([Announced(url=url, kind="sitemap")], Finder(source)):
                request.meta.update(Finder(source).hop(kind))
                yield request

    def robots_parsed(self, robotparser: Any, request: Request) -> None:  # noqa: ANN401  # Scrapy's wrapper around Protego
        """A site that nobody configured is asked for the sitemaps that its robots.txt names."""
        if not self._finds_sources or not self.site.scope.covers(request.url):
            return
        for url in list(getattr(robotparser.rp, "sitemaps", ()))[:20]:
            hop = Finder.of(request).hop("sitemap")
            for source in self._source(urljoin(request.url, url), self.parse_sitemap, **hop):
                self.crawler.engine.crawl(source)

    def parse_feed(self, response: Response) -> Iterator[Request]:
        """A feed announces its entries."""
        try:
            yield from self._announce(read_feed(response.body, response.url), Finder.of(response))
        except Unreadable as exc:
            self.source_faults.unreadable(response, exc)

    def parse_sitemap(self, response: Response) -> Iterator[Request]:
        """A sitemap announces its pages, newest first, or further sitemaps."""
        try:
            sitemap = read_sitemap(response.body, response.url)
        except Unreadable as exc:
            self.source_faults.unreadable(response, exc)
            return
        for child in sorted(sitemap.children, key=_age_key, reverse=True)[:_MOST_SITEMAPS]:
            depth = response.meta.get("sitemap_depth", 0) + 1
            if depth <= 3 and not child.refused and self._is_recent(child):
                hop = Finder.of(response).hop("sitemap")
                yield from self._source(child.url, self.parse_sitemap, sitemap_depth=depth, **hop)
        pages = [page for page in sitemap.pages if self._is_recent(page)]
        yield from self._announce(sorted(pages, key=_age_key, reverse=True), Finder.of(response))

    def _is_recent(self, one: Announced) -> bool:
        if self.site.limits.sitemap_age is None:
            return True
        changed = one.date or month_in_url(one.url)
        oldest = datetime.now(UTC) - timedelta(days=self.site.limits.sitemap_age)
        return changed is None or changed[:7] >= oldest.isoformat()[:7]

    def parse_seed(self, response: Response) -> Iterator[Any]:
        """The address that a site starts from: a front page, but also a feed, a sitemap or a single article."""
        if looks_like_feed(response.body):
            yield from self.parse_feed(response)
        elif looks_like_sitemap(response.body):
            yield from self.parse_sitemap(response)
        elif self._is_lone_article:
            yield from self._seed_article(response)
        else:
            yield from self.parse_section(response)

    def _seed_article(self, response: Response) -> Iterator[FetchedPage]:
        """The one article that was asked for has come: nothing is asked for again."""
        one = Announced(url=normalised(response.url), kind="seed")
        self.frontier.announce([one], source=one.url, judge=self._fault)
        if self._fault(one) is None and self.frontier.ask(one.url):
            self.crawler.stats.inc_value("ledger/asked")
            response.meta["announced"] = one.url
            yield from self.parse_article(response)

    def parse_section(self, response: Response) -> Iterator[Request]:
        """A listing announces the articles that it links to, and leads on to further pages."""
        listing = read_listing(response.body, response.url, content_type(response), is_article=self._is_listed)
        yield from self._announce(listing.articles, Finder.of(response))
        page = response.meta.get("paging", 1)
        for url in listing.next_pages if page < self.site.limits.paging else ():
            if self.site.scope.covers(url):
                yield from self._source(url, self.parse_section, paging=page + 1, **Finder.of(response).hop("section"))
        if self._finds_sources and page == 1 and not response.meta.get("section"):
            yield from self._found_sources(response, listing.feeds, listing.sections)

    def _found_sources(self, response: Response, feeds: Iterable[str], sections: Iterable[str]) -> Iterator[Request]:
        before = len(self._sources)
        finder = Finder.of(response)
        for url in feeds:
            yield from self._source(url, self.parse_feed, **finder.hop("section"))
        if len(self._sources) == before and not any(re.search(r"sitemap|\.xml", url) for url in self._sources):
            for guess in _GUESSES:
                callback = self.parse_sitemap if "sitemap" in guess else self.parse_feed
                yield from self._source(urljoin(response.url, guess), callback, guessed=True, **finder.hop("guess"))
        for url in [url for url in sections if self.site.scope.covers(url)][:_MOST_SECTIONS]:
            yield from self._source(url, self.parse_section, section=True, **finder.hop("section"))

    def source_failed(self, failure: Failure) -> None:
        """A source that cannot be had is one line in the log, and counted."""
        self.source_faults.lost(failure.request, failure.value)  # type: ignore[attr-defined]

    # Articles

    def _announce(self, found: Iterable[Announced], source: Finder) -> Iterator[Request]:
        plain = [replace(one, url=untracked(one.url)) for one in found]
        for one in plain:
            self.source_faults.elsewhere(one.url)
        due = self.frontier.announce(plain, source=normalised(source.url or ""), judge=self._fault)
        yield from self._articles(due, source)

    def _articles(self, due: Iterable[Announced], source: Finder) -> Iterator[Request]:
        for one in due:
            if not self.frontier.ask(one.url):
                continue
            if self._pages_left == 0:
                self.ledger.settle(one.url, "skipped", BUDGET)
            else:
                self._pages_left = None if self._pages_left is None else self._pages_left - 1
                self.crawler.stats.inc_value("ledger/asked")
                yield Request(
                    one.url,
                    callback=self.parse_article,
                    errback=self.article_failed,
                    priority=_PRIORITY[one.kind],
                    meta={"announced": one.url, **source.hop(one.kind)},
                )

    def _fault(self, one: Announced) -> str | None:
        """Why an announced URL is not asked for; None if it is."""
        if not self.site.scope.covers(one.url):
            return "out of scope"
        if any(pattern.matches(one.url) for pattern in self.site.reject):
            return "rejected by the site file"
        if self.site.articles:
            likely = any(pattern.matches(one.url) for pattern in self.site.articles)
        elif one.kind in ("sitemap", "section", "redirect"):
            likely = looks_like_article(one.url)
        else:
            likely = article_likeness(one.url) > 0.0
        return None if likely else "not an article's address"

    def is_article(self, url: str) -> bool:
        """Whether a link's address alone makes it one of the site's articles."""
        return self._fault(Announced(url=url, kind="section")) is None

    def _is_listed(self, url: str) -> bool:
        return not self.source_faults.elsewhere(url) and self.is_article(url)

    def ask_for(self, url: str, *, source: str) -> bool:
        """Ask for a URL that a page named as its story's own address; False if that is not to be."""
        requests = list(self._announce([Announced(url=url, kind="redirect")], Finder(source)))
        for request in requests:
            self.crawler.engine.crawl(request)
        return bool(requests)

    def parse_article(self, response: Response) -> Iterator[FetchedPage]:
        """What came for an announced URL goes to the pipelines, which tell articles from other pages."""
        target = normalised(response.url)
        if target != response.meta["announced"] and not self._arrived(response, target):
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
        """Whether a redirect led to a page that is worth looking at and was not asked for yet."""
        announced = response.meta["announced"]
        if urlsplit(target).path in ("", "/"):
            self.ledger.settle(announced, "gone", "redirects to the front page", response)
            return False
        self.ledger.settle(announced, "skipped", f"redirects to {target}", response)
        one = Announced(url=target, kind="redirect")
        self.frontier.announce([one], source=announced, judge=self._fault)
        response.meta["announced"] = target
        return self._fault(one) is None and self.frontier.ask(target)

    def article_failed(self, failure: Failure) -> None:
        """An announced URL could not be had: the ledger says why."""
        request: Request = failure.request  # type: ignore[attr-defined]
        state, reason = outcome_of_failure(failure.value)
        if state != "pending":
            self.ledger.settle(request.meta["announced"], state, reason, getattr(failure.value, "response", None))


def _age_key(one: Announced) -> str:
    return one.date or month_in_url(one.url) or ""
