"""When sources are polled again: by overlap, by their busiest hours, and by how often they failed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from crawler.frontier import rhythm
from crawler.frontier.source import Source
from crawler.sites.polling import EACH_KIND, Bounds, Polling

NOW = datetime(2031, 3, 2, 8, tzinfo=UTC)
BOUNDS = Bounds(soonest=timedelta(minutes=10), latest=timedelta(hours=24))
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def source(kind="feed", **facts):
    earlier = (NOW - timedelta(hours=1)).isoformat()
    return Source(site="n", url="https://n.example/rss", kind=kind, found=earlier, **{"news": earlier, **facts})


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param(5, 20 * MINUTE, id="less-than-a-third-is-known"),
        pytest.param(15, 40 * MINUTE, id="about-half-is-known"),
        pytest.param(25, 60 * MINUTE, id="more-than-two-thirds-are-known"),
        pytest.param(0, 10 * MINUTE, id="nothing-is-known"),
    ],
)
def test_overlap_decides(known, expected):
    assert rhythm.interval_after(source(interval=40 * MINUTE), 30, known, BOUNDS) == expected


@pytest.mark.parametrize(
    ("interval", "known", "expected"),
    [
        pytest.param(12 * MINUTE, 1, 10 * MINUTE, id="never-sooner"),
        pytest.param(20 * HOUR, 30, 24 * HOUR, id="never-later"),
        pytest.param(0, 0, 10 * MINUTE, id="the-first-poll-says-nothing"),
    ],
)
def test_bounds_hold(interval, known, expected):
    assert rhythm.interval_after(source(interval=interval), 30, known, BOUNDS) == expected


def test_an_empty_feed_is_asked_later():
    assert rhythm.interval_after(source(interval=40 * MINUTE), 0, 0, BOUNDS) == 60 * MINUTE


def test_a_quiet_night_does_not_make_the_morning_be_missed():
    """Thirty entries that rolled over in an hour and a half at noon are looked at every 45 minutes at midnight, too."""
    noon = source(interval=30 * MINUTE, polled=(NOW - timedelta(minutes=30)).isoformat())
    noon.peak = rhythm.peak_after(noon, 10, NOW)
    assert noon.peak == pytest.approx(20)
    intervals = []
    for _ in range(5):
        noon.interval = rhythm.interval_after(noon, 30, 30, BOUNDS)
        intervals.append(noon.interval / MINUTE)
    assert intervals == [45] * 5
    later = datetime.fromisoformat(noon.polled) + timedelta(days=6)
    assert rhythm.peak_after(noon, 0, later) == pytest.approx(5)


def test_a_sitemap_that_is_no_window_may_wait_long():
    bounds = rhythm.bounds_of(source("sitemap"), EACH_KIND)
    archive = source("sitemap", interval=6 * DAY, peak=500.0)
    assert rhythm.interval_after(archive, 1_000, 1_000, bounds) == 7 * DAY
    assert not rhythm.overflows(archive, 100, 0)


@pytest.mark.parametrize("kind", ["feed", "news_sitemap"])
def test_a_window_without_anything_known_has_overflowed(kind):
    assert rhythm.overflows(source(kind), 30, 0)
    assert not rhythm.overflows(source(kind), 30, 1)
    assert not rhythm.overflows(source(kind, news=None), 30, 0)
    assert rhythm.overflows(source(kind, news=None, announced=30), 30, 0), "all of which another one had announced"


def test_a_poll_is_due_a_little_early():
    """A schedule that polls every ten minutes must not miss a source that was polled seconds after the run began."""
    assert rhythm.next_poll(source(interval=600), NOW) == NOW + timedelta(seconds=540)


def test_sub_sitemaps_are_spread():
    urls = [f"https://n.example/sitemap/{number}.xml" for number in range(100)]
    found = [Source(site="n", url=url, kind="sitemap", found="", interval=DAY) for url in urls]
    waits = sorted((rhythm.next_poll(one, NOW) - NOW) / timedelta(days=1) for one in found)
    assert 0.9 <= waits[0] < 0.92
    assert 1.08 < waits[-1] <= 1.1
    assert all(later - sooner < 0.02 for sooner, later in pairwise(waits))


def test_failing_feeds_are_tried_linearly_later_and_then_daily_for_ever():
    waits = [rhythm.retry_at(source(failures=n), BOUNDS, NOW) - NOW for n in (1, 2, 3, 144, 1_000)]
    assert [wait / timedelta(minutes=1) for wait in waits] == [10, 20, 30, 1_440, 1_440]


def test_a_server_that_wants_rest_gets_it():
    assert rhythm.retry_at(source(failures=1), BOUNDS, NOW, 3_600) == NOW + timedelta(hours=1)
    assert rhythm.retry_at(source(failures=1), BOUNDS, NOW, 10**9) == NOW + timedelta(hours=24)


def test_kinds_have_bounds_of_their_own():
    polling = Polling(feeds=BOUNDS)
    assert rhythm.bounds_of(source("news_sitemap"), polling) is BOUNDS
    assert rhythm.bounds_of(source("section"), polling) is polling.sections
    assert rhythm.bounds_of(source("index"), polling).latest == BOUNDS.latest
