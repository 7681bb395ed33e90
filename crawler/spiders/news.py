"""The one spider: reads a site's sources (feeds, sitemaps, front pages, sections), each as what it turns out to be."""

import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, Self
from urllib.parse import urljoin

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.capture.crawl_log import SEED, Finder
from crawler.discovery import (
    Announced,
    Sitemap,
    Unreadable,
    looks_like_feed,
    looks_like_sitemap,
    read_feed,
    read_listing,
    read_sitemap,
)
from crawler.discovery.url import looks_like_article, month_in_url, normalised
from crawler.frontier.source import Kind
from crawler.spiders.articles import ArticleSpider
from crawler.spiders.outcomes import content_type
from crawler.spiders.polls import Polls

_GUESSES = ("/sitemap.xml", "/sitemap_index.xml", "/feed", "/rss", "/rss.xml", "/atom.xml", "/index.xml")
"""Where sites that advertise nothing often have a feed or sitemap."""
_MOST_SECTIONS = 12
_MOST_SITEMAPS = 500
"""Of one index, for a crawl that reads all at once."""
_PRIORITY = 10
Read = Callable[[Response], Iterator[Any]]


class NewsSpider(ArticleSpider):
    """Crawls one site: from its sources to announced URLs to articles."""

    polls: Polls
    """Which sources are asked for; set when the crawl starts."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401  # Scrapy's signature
        """As Scrapy makes it."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.robots_parsed, signals.robots_parsed)
        return spider

    @property
    def is_lone_article(self) -> bool:
        """Whether all that was asked for is one article."""
        sources = (*self.site.feeds, *self.site.sitemaps, *self.site.sections, *self.site.seeds)
        return len(sources) == 1 and sources == self.site.seeds and looks_like_article(sources[0])

    @property
    def finds_sources(self) -> bool:
        """Whether the site is left to tell its sources itself."""
        return not (self.site.feeds or self.site.sitemaps or self.is_lone_article)

    @property
    def seeds(self) -> tuple[str, ...]:
        """What the site's crawl starts from."""
        site = self.site
        return tuple(map(normalised, (*site.feeds, *site.sitemaps, *site.seeds, *site.sections)))

    # Requests

    async def start(self) -> AsyncIterator[Any]:
        """The site's sources, then what earlier crawls left to be looked at; of one article, nothing but itself."""
        due_only = self.crawler.settings.getbool("NEWSWARC_DUE_ONLY")
        self.polls = Polls(self.frontier, self.source_faults, self.crawler.stats, due_only=due_only)
        if self.polls.due_only and not self.is_lone_article:
            self.frontier.sources.keep_only(self.seeds)
        for request in self._named_sources():
            yield request
        for source in self.polls.left_due():
            known_as = Finder(source.parent).hop("sitemap" if source.kind != "section" else "section")
            for request in self._source(source.url, self._reader(source.kind), source.kind, source.parent, **known_as):
                yield request
        for request in () if self.is_lone_article else self.look_again():
            yield request

    def _named_sources(self) -> Iterator[Request]:
        site = self.site
        if self.is_lone_article:
            yield self._ask(site.seeds[0], self.parse_seed, **SEED)
            return
        named: list[tuple[str, Read, Kind]] = [(url, self.parse_feed, "feed") for url in site.feeds]
        named += [(url, self.parse_sitemap, "sitemap") for url in site.sitemaps]
        named += [(url, self.parse_seed, "section") for url in site.seeds]
        named += [(url, self.parse_section, "section") for url in site.sections]
        for url, read, kind in named:
            yield from self._source(url, read, kind, named=True, **SEED)

    def _reader(self, kind: Kind) -> Read:
        return {"feed": self.parse_feed, "section": self.parse_section}.get(kind, self.parse_sitemap)

    def _source(
        self,
        url: str,
        read: Read,
        kind: Kind,
        parent: str | None = None,
        **meta: Any,  # noqa: ANN401  # Scrapy's
    ) -> Iterator[Request]:
        url = normalised(url)
        if self.polls.takes(url, kind, parent=parent):
            yield self._ask(url, read, **self.polls.meta(url), **meta)

    def _ask(self, url: str, read: Read, **meta: Any) -> Request:  # noqa: ANN401  # Scrapy's
        return Request(
            normalised(url),
            callback=read,
            errback=self.source_failed,
            dont_filter=True,
            priority=_PRIORITY,
            meta={**({"max_retry_times": 0} if meta.get("guessed") else {}), **meta},
        )

    def robots_parsed(self, robotparser: Any, request: Request) -> None:  # noqa: ANN401  # Scrapy's wrapper around Protego
        """A site that nobody configured is asked for the sitemaps that its robots.txt names."""
        if not self.finds_sources or not self.site.scope.covers(request.url):
            return
        for url in list(getattr(robotparser.rp, "sitemaps", ()))[:20]:
            hop = Finder.of(request).hop("sitemap")
            for source in self._source(urljoin(request.url, url), self.parse_sitemap, "sitemap", request.url, **hop):
                self.crawler.engine.crawl(source)

    # What came

    def parse_feed(self, response: Response) -> Iterator[Request]:
        """A feed announces its entries. What is a sitemap is read as one, whatever it was called."""
        if looks_like_sitemap(response.body):
            yield from self._read_sitemap(response)
        else:
            yield from self._read_feed(response)

    def parse_sitemap(self, response: Response) -> Iterator[Request]:
        """A sitemap announces its pages, newest first, or further sitemaps. What is a feed is read as one."""
        if looks_like_feed(response.body):
            yield from self._read_feed(response)
        else:
            yield from self._read_sitemap(response)

    def parse_section(self, response: Response) -> Iterator[Request]:
        """A listing announces the articles that it links to. What is a feed or sitemap is read as one."""
        if looks_like_feed(response.body):
            yield from self._read_feed(response)
        elif looks_like_sitemap(response.body):
            yield from self._read_sitemap(response)
        else:
            yield from self._read_listing(response)

    def parse_seed(self, response: Response) -> Iterator[Any]:
        """The address that a site starts from: a front page, but also a feed, a sitemap or a single article."""
        is_source = looks_like_feed(response.body) or looks_like_sitemap(response.body)
        if self.is_lone_article and not is_source:
            yield from self.lone_article(response)
        else:
            yield from self.parse_section(response)

    def _read_feed(self, response: Response) -> Iterator[Request]:
        try:
            entries = read_feed(response.body, response.url)
        except Unreadable as exc:
            self.polls.unreadable(response, exc)
            return
        overlap = self.polls.overlap(response, (one.url for one in entries))
        requests = self.announce(entries, Finder.of(response))
        self.polls.read(response, "feed", *overlap)
        yield from requests

    def _read_sitemap(self, response: Response) -> Iterator[Request]:
        try:
            sitemap = read_sitemap(response.body, response.url)
        except Unreadable as exc:
            self.polls.unreadable(response, exc)
            return
        overlap = self.polls.overlap(response, (page.url for page in sitemap.pages))
        requests = self.announce(sorted(sitemap.pages, key=_age_key, reverse=True), Finder.of(response))
        if sitemap.children:
            yield from self._sub_sitemaps(response, sitemap.children)
        else:
            self.polls.read(response, _kind_of(sitemap), *overlap)
        yield from requests

    def _sub_sitemaps(self, response: Response, children: Iterable[Announced]) -> Iterator[Request]:
        depth = response.meta.get("sitemap_depth", 0) + 1
        newest_first = sorted(children, key=_age_key, reverse=True)
        wanted = [one for one in newest_first if depth <= 3 and not one.refused and not self.is_too_old(one)]
        if not self.polls.due_only and len(wanted) > _MOST_SITEMAPS:
            told = "%s names %s sitemaps: the newest %s are read; the crawls of a schedule read all, bit by bit"
            self.logger.warning(told, response.url, f"{len(wanted):,}", _MOST_SITEMAPS)
            wanted = wanted[:_MOST_SITEMAPS]
        self.polls.read_index(response, wanted)
        hop = Finder.of(response).hop("sitemap")
        for one in wanted:
            yield from self._source(one.url, self.parse_sitemap, "sitemap", response.url, sitemap_depth=depth, **hop)

    def _read_listing(self, response: Response) -> Iterator[Request]:
        """Its articles, then the pages and sections that it leads on to."""
        listing = read_listing(response.body, response.url, content_type(response), is_article=self.is_listed)
        page = response.meta.get("paging", 1)
        overlap = self.polls.overlap(response, (one.url for one in listing.articles))
        requests = self.announce(listing.articles, Finder.of(response))
        is_news = self.polls.read(response, "section", *overlap) if page == 1 else True
        yield from requests
        if page < self.site.limits.paging and (is_news or not self.polls.due_only):
            yield from self._further_pages(response, listing.next_pages, page + 1)
        if self.finds_sources and page == 1 and not response.meta.get("section"):
            yield from self._found_sources(response, listing.feeds, listing.sections)

    def _further_pages(self, response: Response, urls: Iterable[str], page: int) -> Iterator[Request]:
        for url in map(normalised, urls):
            if self.site.scope.covers(url) and self.polls.takes_page(url):
                hop = Finder.of(response).hop("section")
                yield self._ask(url, self.parse_section, announces=True, paging=page, **hop)

    def _found_sources(self, response: Response, feeds: Iterable[str], sections: Iterable[str]) -> Iterator[Request]:
        parent, finder = response.url, Finder.of(response)
        before = len(self.polls.asked)
        for url in feeds:
            yield from self._source(url, self.parse_feed, "feed", parent, **finder.hop("section"))
        if len(self.polls.asked) == before and not any(re.search(r"sitemap|\.xml", url) for url in self.polls.asked):
            for guess in _GUESSES:
                read, kind = (self.parse_sitemap, "sitemap") if "sitemap" in guess else (self.parse_feed, "feed")
                url = urljoin(response.url, guess)
                yield from self._source(url, read, kind, parent, guessed=True, **finder.hop("guess"))  # type: ignore[arg-type]
        for url in [url for url in sections if self.site.scope.covers(url)][:_MOST_SECTIONS]:
            yield from self._source(url, self.parse_section, "section", parent, section=True, **finder.hop("section"))

    def source_failed(self, failure: Failure) -> None:
        """A source that cannot be had is one line in the log, and counted."""
        self.polls.lost(failure)


def _kind_of(sitemap: Sitemap) -> Kind:
    return "news_sitemap" if any(page.kind == "news_sitemap" for page in sitemap.pages) else "sitemap"


def _age_key(one: Announced) -> str:
    return one.date or month_in_url(one.url) or ""
