"""What is written down of sources: when they are due, whether their validators are honest, and when they are dead."""

from datetime import UTC, datetime, timedelta

import pytest

from archives.database import open_database
from crawler.discovery import Announced
from crawler.frontier import Frontier
from crawler.frontier.due import is_due
from crawler.frontier.entry import stamp
from crawler.frontier.sources import CONFIRMATIONS, SURELY_GONE, Poll
from crawler.sites import read_site

FEED, INDEX = "https://n.example/rss", "https://n.example/sitemap.xml"
SITE = read_site(b'domains = ["n.example"]\nfeeds = ["https://n.example/rss"]', "n.toml")


class World:
    def __init__(self, engine):
        self.engine, self.now = engine, datetime(2031, 3, 2, 8, tzinfo=UTC)

    @property
    def sources(self):
        """As the next crawl opens them."""
        return Frontier(self.engine, site="n", now=lambda: self.now).sources

    def pass_by(self, **length):
        self.now += timedelta(**length)

    def poll(self, url=FEED, *, kind="feed", announced=20, known=10, digest="a", validator="v1", not_modified=False):
        facts = {"announced": announced, "known": known, "digest": digest, "validator": validator}
        return self.sources.polled(url, Poll(kind=kind, not_modified=not_modified, **facts))


@pytest.fixture
def world(database):
    engine = open_database(database, write=True)
    yield World(engine)
    engine.dispose()


def test_a_source_that_nobody_knows_is_due_and_then_in_its_rhythm(world):
    assert world.sources.is_due(FEED)
    world.poll(known=0)
    assert not world.sources.is_due(FEED)
    world.pass_by(minutes=8)
    assert not world.sources.is_due(FEED)
    world.pass_by(minutes=1)
    assert [source.url for source in world.sources.due()] == [FEED]


def lull_seen(world, polls):
    """The longest lull in hours, once there was news each hour so often."""
    for _ in range(polls):
        world.pass_by(hours=1)
        world.poll()
    return world.sources.get(FEED).lull / 3600


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(days=365)], ids=["a-little", "a-year"])
def test_a_clock_that_was_ahead_makes_no_source_silent_for_ever(world, ahead):
    """What it saw is forgotten: how long the source may be silent is learned anew."""
    assert lull_seen(world, 10) == pytest.approx(1)
    world.now += ahead
    world.poll()
    world.now -= ahead
    assert lull_seen(world, 10) == pytest.approx(1, abs=0.1)
    source = world.sources.get(FEED)
    assert source.lulls >= 9
    assert max(source.news, source.polled) == stamp(world.now)


def test_an_overflow_is_told_and_remembered(world):
    assert not world.poll(known=0)
    world.pass_by(minutes=40)
    assert world.poll(known=0)
    source = world.sources.get(FEED)
    assert (source.overflows, source.overflowed) == (1, stamp(world.now))


@pytest.mark.parametrize(
    ("polls", "trusted"),
    [
        pytest.param([("a", "v1")], False, id="seen-once"),
        pytest.param([("a", "v1"), ("a", "v1")], False, id="never-changed"),
        pytest.param([("a", "v1"), ("b", "v2")], True, id="changed-with-its-validator"),
        pytest.param([("a", "v1"), ("b", "v1")], False, id="changed-under-its-validator"),
        pytest.param([("a", "v1"), ("b", "v1"), ("c", "v2"), ("d", "v3")], False, id="lied-once"),
        pytest.param([("a", "v1"), ("b", "v2"), ("c", "v2")], False, id="lied-later"),
        pytest.param([("a", None), ("b", None)], False, id="without-validators"),
    ],
)
def test_a_304_is_trusted_where_validators_proved_honest(world, polls, trusted):
    for digest, validator in polls:
        world.poll(digest=digest, validator=validator)
    assert world.sources.trusts(FEED) == trusted


def test_after_many_304s_the_source_is_asked_for_in_full(world):
    world.poll(digest="a", validator="v1")
    world.poll(digest="b", validator="v2")
    for _ in range(CONFIRMATIONS):
        assert world.sources.trusts(FEED)
        world.poll(digest="b", validator="v2", not_modified=True)
    assert not world.sources.trusts(FEED)
    world.poll(digest="b", validator="v2")
    assert world.sources.trusts(FEED)


def test_a_source_that_somebody_named_is_looked_for_each_day_for_ever(world):
    """A feed that is not there for a minute, as while its site is deployed, is not to be missed for a month."""
    world.poll()
    waits = []
    sources = world.sources
    for _ in range(200):
        sources.failed(FEED, "status 404", gone=True)
        found = sources.get(FEED)
        waits.append(datetime.fromisoformat(found.next_poll) - world.now)
        assert (found.dead is not None) is (len(waits) >= SURELY_GONE)
        world.now += waits[-1]
    assert waits[:3] == [timedelta(minutes=minutes) for minutes in (10, 20, 30)]
    assert max(waits) == timedelta(days=1)


def test_a_source_that_was_had_is_gone_once_that_is_sure(world):
    world.sources.find(FEED, "sitemap", parent=INDEX)
    world.poll(kind="sitemap")
    for times in range(1, SURELY_GONE + 1):
        world.sources.failed(FEED, "status 404", gone=True)
        assert world.sources.is_buried(FEED) is (times == SURELY_GONE)


def test_a_source_that_something_led_to_and_never_was_is_left_alone_for_a_month(world):
    world.sources.find(FEED, "feed", parent="https://n.example/")
    world.sources.failed(FEED, "status 404", gone=True)
    died = stamp(world.now)
    world.pass_by(days=29)
    assert world.sources.is_buried(FEED)
    world.pass_by(days=1)
    assert not world.sources.is_buried(FEED)
    world.sources.failed(FEED, "status 404", gone=True)
    assert world.sources.get(FEED).dead == died
    world.poll()
    assert world.sources.get(FEED).dead is None


def test_of_an_index_each_sitemap_is_due_once_if_not_at_once(world):
    """Archives of years have thousands of them."""
    named = {f"https://n.example/{number}.xml": None for number in range(5_000)}
    assert world.sources.find_together(named, index=INDEX, at_once=20) == 0
    sources = world.sources
    due = [len(sources.due())]
    while due[-1] < 5_000:
        world.pass_by(hours=1)
        due.append(len(sources.due()))
    assert due == list(range(20, 5_001, 20))
    assert world.sources.find_together({**named, INDEX: "2031-03-01"}, index=FEED, at_once=20) == 5_000


def test_a_dead_sitemap_whose_index_says_that_it_changed_is_asked_for(world):
    world.sources.find(INDEX, "sitemap", parent=FEED, lastmod="2031-03-01")
    world.sources.failed(INDEX, "status 410", gone=True)
    world.sources.find(INDEX, "sitemap", lastmod="2031-03-01")
    assert world.sources.is_buried(INDEX)
    world.sources.find(INDEX, "sitemap", lastmod="2031-03-02")
    assert not world.sources.is_buried(INDEX)
    assert world.sources.is_due(INDEX)


def test_a_failing_source_is_tried_ever_later(world):
    world.sources.find(FEED, "feed")
    waits = []
    for _ in range(3):
        world.sources.failed(FEED, "time-out")
        waits.append(datetime.fromisoformat(world.sources.get(FEED).next_poll) - world.now)
    assert [wait / timedelta(minutes=1) for wait in waits] == [10, 20, 30]
    world.poll()
    assert world.sources.get(FEED).failures == 0


def test_a_source_that_is_named_no_more_is_forgotten_with_what_it_led_to(world):
    robots = "https://n.example/robots.txt"
    for url, parent in ((FEED, None), (INDEX, None), ("child", INDEX), ("grandchild", "child"), ("found", robots)):
        world.sources.find(url, "sitemap", parent=parent)
    world.sources.keep_only([FEED, "https://n.example/other"])
    assert {source.url for source in world.sources} == {FEED, "found"}
    world.sources.keep_only([FEED])
    assert {source.url for source in world.sources} == {FEED, "found"}


def is_anything_due(world):
    with world.engine.connect() as connection:
        return is_due(connection, SITE, stamp(world.now))


def test_a_site_is_due_as_long_as_anything_of_it_is(world):
    assert is_anything_due(world)
    world.poll(known=0)
    assert not is_anything_due(world)
    frontier = Frontier(world.engine, site="n", now=lambda: world.now)
    frontier.announce([Announced(url="https://n.example/2031/a-story", kind="feed")], source=FEED)
    assert is_anything_due(world)
    frontier.ask("https://n.example/2031/a-story")
    frontier.settle("https://n.example/2031/a-story", "captured", seen=True)
    frontier.flush()
    assert not is_anything_due(world)
    world.pass_by(minutes=9)
    assert is_anything_due(world)


def test_a_feed_that_was_added_to_the_site_file_is_due(world):
    world.poll("https://n.example/other", known=0)
    assert is_anything_due(world)


def test_what_was_polled_by_a_clock_that_was_ahead_is_due(world):
    """A few minutes are nothing: two machines' clocks differ by that."""
    world.poll(known=0)
    world.pass_by(minutes=-5)
    assert not is_anything_due(world)
    assert not world.sources.is_due(FEED)
    world.pass_by(days=-365)
    assert is_anything_due(world)
    assert world.sources.is_due(FEED)
    world.poll(known=0)
    assert not is_anything_due(world)
