"""A configured outlet: where its news is announced, what its articles look like, and how to treat its servers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from crawler.items import SiteRules
from crawler.revisits import Revisits
from crawler.sites.patterns import UrlPattern
from crawler.sites.polling import EACH_KIND, Polling
from crawler.sites.schedule import Schedule

Requisites = Literal["all", "images", "none"]
_PORT = re.compile(r":(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Politeness:
    """How to treat a site's servers."""

    delay: float | None = None
    """Seconds between two requests to one host; None for the crawl's own setting. A longer Crawl-delay wins."""
    concurrency: int | None = None
    """Requests at one time to one host; None for the crawl's own setting."""
    obey_robots: bool = True
    contact: str | None = None
    """URL or e-mail address for the User-Agent, where the site should see another than the usual one."""
    user_agent: str | None = None
    """The whole User-Agent, where the site has agreed to one."""
    recheck_after: Revisits | None = None
    """When articles are looked at again; None for the crawl's own setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far to go."""

    timeout: float | None = None
    """Seconds for one response; None for the crawl's own setting."""
    max_bytes: int | None = None
    """Of one response; None for the crawl's own setting."""
    paging: int = 3
    """How many pages of one section are read: what keeps an endless calendar finite."""
    sitemap_age: int | None = None
    """Days: sitemaps that say they are older are left alone; None reads all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InBrowser:
    """How pages are rendered; None for the crawl's own setting."""

    timeout: float | None = None
    """Seconds after which a page that still asks for something is taken as it is."""
    requests: int | None = None
    """That one page may make."""
    scroll: int | None = None
    """Screens that a page is scrolled down, for what loads only on sight."""
    screenshot: bool | None = None
    """Whether a picture of each page is archived."""
    posts: bool | None = None
    """Whether its scripts may ask by POST, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectorVariant:
    """The CSS selectors that hold until a day: templates age, and old captures must still parse."""

    selectors: dict[str, tuple[str, ...]]
    valid_until: date | None = None
    """The last day on which the site used this template; None for today's."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The hosts whose pages belong to a site."""

    domains: tuple[str, ...]
    """Host names, which cover their subdomains; with a port, exactly that address."""

    def covers(self, url: str) -> bool:
        """Whether the URL belongs to the site."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            return False
        if parts.scheme not in ("http", "https"):
            return False
        literal = f"[{host}]" if ":" in host else host  # RFC 3986, 3.2.2
        names = (literal, f"{literal}:{port}")
        return any(name == domain or name.endswith(f".{domain}") for domain in self.domains for name in names if name)

    def meets(self, other: "Scope") -> bool:
        """Whether some address may belong to both."""
        return any(_overlap(one, its) for one in self.domains for its in other.domains)


NOWHERE = Scope(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One outlet, as its TOML file describes it."""

    name: str
    """What `scrapy list` shows, e.g. 'themoscowtimes'."""
    title: str = ""
    publisher: str | None = None
    domains: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    """Front pages: read for links to articles."""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    """Listing pages: read for links to articles, and paged through."""
    articles: tuple[UrlPattern, ...] = ()
    """What article URLs look like; none: judged by general likeness."""
    reject: tuple[UrlPattern, ...] = ()
    """What is never asked for, whatever else it looks like."""
    timezone: str | None = None
    language: str | None = None
    allow_private: bool = False
    """Whether its servers may have loopback or private addresses."""
    render: bool | None = None
    """Whether its pages are opened in a browser, and read once their scripts have run; None for the crawl's setting."""
    browser: InBrowser = field(default_factory=InBrowser)
    politeness: Politeness = field(default_factory=Politeness)
    limits: Limits = field(default_factory=Limits)
    requisites: Requisites | None = None
    """What is archived of what its articles need to look right; None for the crawl's own setting."""
    schedule: Schedule | None = None
    """When it is crawled by itself; None: only when somebody asks for it."""
    polling: Polling = EACH_KIND
    """How often its sources are polled by the runs of its schedule."""
    variants: tuple[SelectorVariant, ...] = ()
    digest: str = ""
    """Of the file's bytes: items say which site file gave them."""

    @property
    def collection(self) -> str:
        """Name of the collection that its scheduled runs archive into."""
        return (self.schedule and self.schedule.collection) or self.name

    @property
    def scope(self) -> Scope:
        """The hosts that belong to the site."""
        return Scope(self.domains)

    @property
    def starts(self) -> tuple[str, ...]:
        """The addresses from which a crawl of it starts; none, if only its pages are read."""
        return (*self.seeds, *self.feeds, *self.sitemaps, *self.sections)

    @property
    def origin(self) -> str:
        """Scheme, host and port of the site's first address, e.g. 'https://www.example.org'."""
        parts = urlsplit(self.starts[0] if self.starts else f"https://{self.domains[0]}/")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def reach(self) -> Scope:
        """The hosts that are asked for its sake as far as is known before: its own, and those of its sources."""
        return Scope(tuple(sorted({*self.domains, *map(_authority, self.starts)})))

    def rules(self, on: date | None = None) -> SiteRules:
        """What extraction may know of the site, for a page captured on that day (None: today's template)."""
        return SiteRules(name=self.name, timezone=self.timezone, selectors=self._selectors(on), digest=self.digest)

    def _selectors(self, on: date | None) -> dict[str, tuple[str, ...]]:
        ending_first = sorted(self.variants, key=lambda variant: variant.valid_until or date.max)
        for variant in ending_first:
            if (on is None and variant.valid_until is None) or (on and on <= (variant.valid_until or date.max)):
                return variant.selectors
        return {}

    def rebased(self, base: str) -> "Site":
        """The same site at another origin, e.g. a copy of it on 'http://127.0.0.1:8765', and nowhere else."""
        target = urlsplit(base)
        own = self.origin

        def moved(urls: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(
                urlunsplit(urlsplit(url)._replace(scheme=target.scheme, netloc=target.netloc))
                if url.startswith(own)
                else url
                for url in urls
            )

        return replace(
            self,
            domains=(target.netloc.lower(),),
            seeds=moved(self.seeds),
            feeds=moved(self.feeds),
            sitemaps=moved(self.sitemaps),
            sections=moved(self.sections),
        )


def site_for_url(sites: Iterable[Site], url: str) -> Site | None:
    """The site that a URL belongs to, the one whose covering domain is the longest; None if none covers it."""
    covering = [(domain, site) for site in sites for domain in site.domains if Scope((domain,)).covers(url)]
    return max(covering, key=lambda one: len(one[0]), default=(None, None))[1]


def site_at(url: str, *, name: str | None = None) -> Site:
    """A site that nobody configured, known only by the address of a page of it; it is left to find its own sources."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    netloc = _authority(url)
    domain = netloc if urlsplit(url).port or ":" in host else host
    return Site(
        name=name or re.sub(r"[^a-z0-9]+", "-", domain.lower().replace("[::", "0-")).strip("-"),
        title=host,
        domains=(domain,),
        seeds=(url,),
    )


def _authority(url: str) -> str:
    """Host and port of an address, as written there (RFC 3986, 3.2), without a user."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _overlap(one: str, other: str) -> bool:
    (host, port), (its, its_port) = _parted(one), _parted(other)
    is_within = host == its or host.endswith(f".{its}") or its.endswith(f".{host}")
    return is_within and (port == its_port or None in (port, its_port))


def _parted(domain: str) -> tuple[str, str | None]:
    found = _PORT.search(domain)
    host = domain[: found.start()] if found else domain
    return host.rstrip("."), found and found[1]
