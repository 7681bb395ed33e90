"""How often a site's sources may be polled."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from crawler.sites.schedule import length_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Between two polls of a source."""

    soonest: timedelta
    latest: timedelta

    @classmethod
    def parse(cls, soonest: str, latest: str) -> Self:
        """From two lengths as '10 min' and '24 h'; ValueError, if they are none or do not rise."""
        bounds = cls(soonest=length_of(soonest), latest=length_of(latest))
        if bounds.soonest > bounds.latest:
            raise ValueError(f"{soonest!r} is longer than {latest!r}")
        return bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """The bounds by kind of source. Within them a source's own overlap decides."""

    feeds: Bounds = Bounds(soonest=timedelta(minutes=10), latest=timedelta(hours=24))
    """Of news sitemaps, too: both are windows that roll over."""
    sitemaps: Bounds = Bounds(soonest=timedelta(hours=1), latest=timedelta(days=7))
    sections: Bounds = Bounds(soonest=timedelta(minutes=20), latest=timedelta(hours=24))
    """And front pages."""


EACH_KIND = Polling()
"""Where a site file says nothing else."""
