"""When a source is polled again: by the overlap of what it announces with what is known, or by how often it failed.

A source whose every poll brings little that is new is asked less and less often; one that brings much, more often. It
is never left for longer than half the time in which its window would roll over at the rate of its busiest hours, so
that a quiet night does not make the morning's news be missed.
"""

import zlib
from datetime import datetime, timedelta

from crawler.frontier.source import Source
from crawler.sites.polling import Bounds, Polling

LITTLE, MUCH = 1 / 3, 2 / 3
"""Shares of known URLs below which a source is polled sooner, and above which later."""
_SOONER, _LATER = 0.5, 1.5
_PEAK_HALVES = timedelta(days=3)
"""After so long the rate of busy hours counts half."""
_LULL_HALVES = timedelta(days=30)
"""After so long the longest lull counts half."""
_SURE = 3
"""So few new URLs say nothing about a rate."""
BURIED = timedelta(days=30)
"""After so long a source that is gone is looked for once more."""
_EARLY = 0.1
"""Of an interval. Sub-sitemaps that were found together are spread by twice as much, and so not asked together."""


def bounds_of(source: Source, polling: Polling) -> Bounds:
    """The bounds for a source's kind."""
    match source.kind:
        case "feed" | "news_sitemap":
            return polling.feeds
        case "section":
            return polling.sections
        case "index":  # what changes in it are the dates of its sitemaps
            return Bounds(soonest=polling.sitemaps.soonest, latest=polling.feeds.latest)
        case _:
            return polling.sitemaps


def is_window(source: Source) -> bool:
    """Whether the source shows the newest stories only, so that what is not polled in time is missed."""
    return source.kind in ("feed", "news_sitemap")


def overflows(source: Source, announced: int, known: int) -> bool:
    """Whether a poll shares nothing with those before, though there was something: its window had rolled over."""
    had_something = source.news is not None or source.announced > 0
    return is_window(source) and had_something and announced > 0 and known == 0


def interval_after(source: Source, announced: int, known: int, bounds: Bounds) -> float:
    """Seconds to the next poll, given that the last one found so many URLs, of which so many were known before.

    `source` is as it was before, but for its `peak`.
    """
    soonest, latest = bounds.soonest.total_seconds(), bounds.latest.total_seconds()
    if overflows(source, announced, known):
        return soonest
    if not source.interval:
        return latest if source.lastmod else soonest  # its index says when it changes
    share = known / announced if announced else 1.0
    factor = _SOONER if share < LITTLE else _LATER if share > MUCH else 1.0
    wanted = source.interval * factor
    if is_window(source) and source.peak and announced:
        wanted = min(wanted, announced / source.peak * 3600 / 2)
    return max(soonest, min(wanted, latest))


def peak_after(source: Source, new: int, now: datetime) -> float:
    """New URLs an hour at the source's busiest, given that so many were new since its last poll."""
    if source.polled is None or source.news is None:
        return 0.0
    passed = max(now - datetime.fromisoformat(source.polled), timedelta(minutes=1))
    faded: float = source.peak * 0.5 ** (passed / _PEAK_HALVES)
    return max(faded, new / (passed / timedelta(hours=1)) if new >= _SURE else 0.0)


def lull_after(source: Source, now: datetime) -> float:
    """The source's longest time without news in seconds, given that there is some now."""
    if source.news is None:
        return 0.0
    gap = max(now - datetime.fromisoformat(source.news), timedelta(0))  # clocks of several machines differ
    faded: float = source.lull * 0.5 ** (gap / _LULL_HALVES)
    return max(faded, gap.total_seconds())


def next_poll(source: Source, now: datetime) -> datetime:
    """When a source with this interval is due: a little early, so that a schedule's next run does not just miss it.

    What is no window is spread around that, each source always in the same way.
    """
    part = 0.0 if is_window(source) else zlib.crc32(source.url.encode()) / 2**32
    return now + timedelta(seconds=source.interval * (1 - _EARLY + 2 * _EARLY * part))


def retry_at(source: Source, bounds: Bounds, now: datetime, asked_for: float | None = None) -> datetime:
    """When a source that failed so often in a row is tried again: linearly later, and in the end now and then for ever.

    `asked_for`: seconds of rest that the server wants.
    """
    wait = min(bounds.soonest * source.failures, bounds.latest)
    return now + max(wait, timedelta(seconds=min(asked_for or 0.0, bounds.latest.total_seconds())))
