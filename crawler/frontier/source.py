"""One source of a site: a feed, sitemap or listing page, and what its polls have shown."""

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["feed", "news_sitemap", "sitemap", "index", "section"]
Honesty = Literal["unknown", "honest", "dishonest"]


@dataclass(slots=True, kw_only=True)
class Source:
    """One row of the table of sources. Moments are as the ledger has them."""

    site: str
    url: str
    kind: Kind
    """By its content, once it was read; before, as what it was announced."""
    found: str
    parent: str | None = None
    """The sitemap index or page that announced it; None, if the site file names it."""
    lastmod: str | None = None
    """When it changed last, as its index says."""
    polled: str | None = None
    """When it was asked for last, whatever came."""
    next_poll: str | None = None
    """When to ask again; None: as soon as may be."""
    interval: float = 0.0
    """Seconds between two polls, as overlap has it now; 0 before the first."""
    announced: int = 0
    """URLs in it, at the last poll that could be read."""
    known: int = 0
    """Of these, how many were in the ledger already."""
    peak: float = 0.0
    """New URLs an hour at its busiest, which is forgotten by and by."""
    news: str | None = None
    """When it announced something new last."""
    lull: float = 0.0
    """The longest time without news, in seconds, which is forgotten by and by: what silence is measured by."""
    lulls: int = 0
    """How many such times were seen."""
    digest: str | None = None
    """Of the content that came last."""
    validator: str | None = None
    """The ETag, or else the Last-Modified, under which that content came."""
    honesty: Honesty = "unknown"
    """Whether validators change when the content does: `honest` once that was seen, `dishonest` if once not."""
    confirmations: int = 0
    """304s in a row."""
    failures: int = 0
    """Polls in a row that failed."""
    problem: str | None = None
    """Why the last one failed."""
    dead: str | None = None
    """Since when it is gone; a tombstone keeps what an index or a page led to from being asked for with each poll."""
    overflows: int = 0
    """How often its window had rolled over between two polls, so that something may have been missed."""
    overflowed: str | None = None
    """When it had last."""

    def as_row(self) -> dict[str, Any]:
        """Column → value."""
        return {name: getattr(self, name) for name in Source.__slots__}
