"""Newspapers that publish, edit, redesign, fall silent, refuse, move and lie, and are crawled by a schedule for a time.

In the everyday tests it is a paper of each bad habit, for hours in which more happens; a month of thirty is for the
soak.
"""

from collections.abc import Iterable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from archives.collection import Collection
from archives.history import Cursor
from archives.tracking import untracked
from archives.verify import verify
from crawler.frontier.entry import stamp
from crawler.frontier.tables import ANNOUNCEMENTS
from crawler.jobs.changes import changes
from crawler.jobs.ledger import SiteLedger
from tests.simulation.expected import (
    HOUR,
    lasting_headlines,
    looks_agreed,
    most_ahead,
    stories_told_apart,
    visible_for,
)
from tests.simulation.newspaper import HABITS, MAINTENANCE, SHORT, Newspaper
from tests.simulation.service import Service, service

BEGIN = datetime(2031, 3, 2, 6, tzinfo=UTC)
DELAY, LONG_DELAY = 0.02, 0.3
"""Seconds between two requests: less than an answer takes, and, of each eighth paper, much more."""
AHEAD = 3
"""So many requests at most reach a host before their time: one that was held up on its way, the next one of the same
crawl, and what a killed crawl had under way. However long the host stands still, no more can gather before it."""
SITE = """domains = ["{host}"]
allow_private = true
feeds = ["{feed}"]
requisites = "none"

[politeness]
delay = {delay}
concurrency = {concurrency}

[polling]
feeds = ["{hours} h", "{seldom} h"]

[schedule]
every = "{hours} h"
"""
pytestmark = pytest.mark.timeout(900)
REPEATED_SHARE = 0.1
"""So many of the pages, at most, are brought in full though they were brought before."""
LATE = 1.1
"""So many times as often as agreed are they found unchanged, in full or not, as a crawl that was killed looks again."""


def delay_of(number):
    """What a paper's site file says."""
    return LONG_DELAY if number % 8 == 0 else DELAY


@contextmanager
def simulate(
    folder,
    papers: Iterable[int],
    days: float,
    *,
    hours: int = 1,
    seldom: int = 24,
    kills: float = 0.0,
    pace: float = 4.75,
    delay: float | None = None,
    concurrency: tuple[int, ...] = (1,),
):
    """A service after some days with newspapers of these numbers, each with the next habit, crawled every few hours."""
    with service(folder, BEGIN, step=HOUR * hours / 4, kills=kills) as opened:
        for number in papers:
            base, publish = opened.press.open(number)
            habit, end = HABITS[number % len(HABITS)], BEGIN + timedelta(days=days)
            busy, varies = 2 * HOUR * hours, number % 3 == 1
            paper = Newspaper(number, base, habit, BEGIN, end, busy=busy, pace=pace, varies=varies)
            publish(paper)
            opened.papers.append(paper)
            wait = delay_of(number) if delay is None else delay
            latest = seldom if number % 2 else hours
            together = concurrency[number % len(concurrency)]
            manners = {"delay": wait, "concurrency": together, "hours": hours, "seldom": latest}
            text = SITE.format(host=base.removeprefix("http://"), feed=paper.feed, **manners)
            (folder / "sites" / f"{paper.name}.toml").write_text(text)
        opened.pass_by(timedelta(days=days))
        opened.crawl_all()
        yield opened


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    folder = tmp_path_factory.mktemp("days")
    with simulate(folder, papers=range(1, len(HABITS)), days=0.625, seldom=2, kills=0.1, pace=1.3) as opened:
        yield opened


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    with simulate(tmp_path_factory.mktemp("month"), papers=range(30), days=30, hours=6, kills=0.03) as opened:
        yield opened


@pytest.fixture(params=["days", pytest.param("month", marks=[pytest.mark.soak, pytest.mark.timeout(4 * 3_600)])])
def lived(request) -> Service:
    return request.getfixturevalue(request.param)


def revisions_of(lived: Service, paper: Newspaper):
    """Address → the headlines that were seen there."""
    found = {}
    with Collection.open(lived.home / paper.name) as collection:
        for item in collection.catalog.articles(latest=False):
            found.setdefault(untracked(item["url"]), set()).add(item["title"])
    return found


def test_every_announced_story_is_in_exactly_one_state(lived):
    """What the ledger says was announced is what was: neither more nor less than the papers' servers have sent."""
    for paper in lived.papers:
        with Collection.open(lived.home / paper.name) as collection:
            sums = SiteLedger(collection.catalog.engine, paper.name).sums(stamp(lived.now))
            with collection.catalog.engine.connect() as connection:
                announced = connection.execute(sa.select(ANNOUNCEMENTS)).all()
        by_feed = {row.url for row in announced if row.source == paper.feed}
        sent = {url for urls in lived.press.announced[paper.name].values() for url in urls}
        plain = {url.partition("?")[0] for url in sent}  # without the marks of a click
        assert by_feed == plain, (paper.name, paper.habit)
        assert sums.announced == stories_told_apart(lived.press, paper), (paper.name, paper.habit)
        assert sum(sums.states.values()) == sums.announced == len({row.entry for row in announced})
        assert "pending" not in sums.states, (paper.name, paper.habit)


def test_addresses_of_one_story_meet(lived):
    """However many it is announced at, each story is captured under its own address only."""
    for paper in lived.papers:
        announced = lived.press.announced[paper.name].values()
        assert any(len(urls) > 2 for urls in announced) == paper.varies
        own = {address for story in paper.stories for address in paper.addresses(story)}
        assert revisions_of(lived, paper).keys() <= own, (paper.name, paper.habit)


def test_maintenance_loses_no_story(lived):
    shut = [paper for paper in lived.papers if paper.habit == "maintenance"]
    for paper in shut:
        answers = {(one.path, one.status) for one in lived.press.served[paper.name] if not one.path.startswith(SHORT)}
        assert min(sum(status == refusal for _, status in answers) for refusal in (302, 503)) > 1
        captured = revisions_of(lived, paper).keys()
        told = [paper.stories[number - 1] for number in lived.press.announced[paper.name]]
        assert [story.number for story in told if not paper.addresses(story) & captured] == []
        with Collection.open(lived.home / paper.name) as collection:
            sums = SiteLedger(collection.catalog.engine, paper.name).sums(stamp(lived.now))
        assert set(sums.states) <= {"captured", "unchanged"}, (paper.name, sums)
    assert shut


def test_what_was_visible_long_enough_is_captured(lived):
    wanted, missed = 0, []
    for paper in lived.papers:
        captured = revisions_of(lived, paper).keys()
        for story in visible_for(paper, lived.now - lived.interval, lived.interval):
            wanted += 1
            if not paper.addresses(story) & captured:
                missed.append((paper.name, paper.habit, story.number, str(story.published)))
    assert wanted > 5 * len(lived.papers)
    assert len(missed) <= 0.005 * wanted, missed


def first_titles(collection):
    """Address → when the first capture there was, and its headline."""
    found = {}
    for item in collection.catalog.articles(latest=False):
        date = datetime.fromisoformat(item["capture"]["date"])
        url, first = untracked(item["url"]), (date, item["title"])
        found[url] = min(found.get(url, first), first)
    return found


def test_every_headline_change_that_lasts_longer_than_its_look_is_seen(lived):
    """Of all stories that were captured with the first one: each is told as a change, and none that never was."""
    slack = 2 * lived.interval
    wanted, back, missed, made_up, too_late = 0, 0, [], [], []
    for paper in lived.papers:
        with Collection.open(lived.home / paper.name) as collection:
            first = first_titles(collection)
            told = list(changes(collection, Cursor(), kinds={"headline"}))
        for story in paper.stories:
            addresses = paper.addresses(story)
            titles = [one["title"] for one in told if one["url"] in addresses]
            captured, old = min((first[url] for url in addresses & first.keys()), default=(lived.now, None))
            of_story = (paper.name, paper.habit, story.number, str(story.edited), str(story.restored), titles)
            if titles not in ([], [story.title], [story.edited_title], [story.edited_title, story.title]):
                made_up.append(of_story)
            lasting = list(lasting_headlines(paper, story, lived.now, slack))
            if not lasting or story.edited is None or story.number not in lived.press.announced[paper.name]:
                continue
            if old != story.title or captured >= story.edited:
                too_late += [of_story] * (max(story.published, paper.begin) + slack < story.edited)
                continue
            wanted += len(lasting)
            back += story.title in lasting
            missed += [of_story] * (not set(lasting) <= set(titles))
    print(f"{wanted} headlines, {back} of them those of before")  # shown by -rP
    assert missed == made_up == []
    length = (lived.now - BEGIN) / timedelta(days=1)
    assert wanted >= len(lived.papers) * max(1.5, length / 3)
    assert back >= max(1.0, len(lived.papers) * length / 20)
    assert len(too_late) <= 0.1 * wanted, too_late


def hurry(lived, paper):
    """How many requests a paper got before their time: half of the delay is the least that Scrapy's jitter leaves."""
    return most_ahead([one.at for one in lived.press.served[paper.name]], LONG_DELAY / 2)


def test_no_host_is_asked_more_often_than_allowed(lived):
    """Of those that want to be asked less often than they can answer."""
    slow = [paper for paper in lived.papers if delay_of(paper.number) > DELAY]
    found = {paper.name: hurry(lived, paper) for paper in slow}
    assert all(len(lived.press.served[name]) > 10 * AHEAD for name in found)
    assert 1 <= max(found.values()) <= AHEAD, found


def test_crawls_that_do_not_wait_are_found_out(tmp_path):
    with simulate(tmp_path / "moment", papers=range(2), days=0, delay=0.0, concurrency=(8, 1)) as lived:
        assert min(hurry(lived, paper) for paper in lived.papers) > AHEAD


def test_little_is_fetched_that_is_known(lived):
    for paper in lived.papers:
        no_stories = ("/robots.txt", "/rss", MAINTENANCE)
        pages = [one for one in lived.press.served[paper.name] if one.path not in no_stories]
        repeated = sum(one.repeats for one in pages)
        unchanged = sum(one.status == 304 for one in pages)
        had = sum(one.status == 200 for one in pages) + unchanged
        agreed = looks_agreed(paper, lived.now)
        print(f"{paper.name}: {had} had, {repeated} repeated, {unchanged} unchanged, {agreed} agreed")  # shown by -rP
        assert repeated <= REPEATED_SHARE * had, (paper.name, paper.habit)
        assert repeated + unchanged <= LATE * agreed, (paper.name, paper.habit)


def test_kills_lose_nothing(lived):
    """Each kill counts that the exit status of a process tells of."""
    kills = {"crawls": lived.crawl_kills, "schedulers": lived.scheduler_kills}
    print(f"{lived.now}: killed {kills}")  # shown by -rP
    assert min(kills.values()) >= len(lived.papers) // 3, kills
    assert {run.state for run in lived.runs.recent(limit=10**6)} <= {"done", "failed"}
    for paper in lived.papers:
        assert [str(fault) for fault in verify(lived.home / paper.name)] == []


WANTED = {
    "short window": {"overflow"},
    "too many requests": {"nothing", "failed", "challenges"},
    "redesigned": {"coverage"},
    "silent": {"silent"},
}
"""Habit → kinds of incidents of which there is one at least."""
BORNE = {
    "moved": {"overflow", "unread"},  # its feed shows nothing that is known
    "unsteady": {"failed", "nothing", "source", "unread"},
    "maintenance": {"nothing", "unread"},  # where a run looks at old stories only
}
"""Habit → kinds of which there may be some; of all others there are none."""


def test_habits_are_noticed_and_what_is_as_ever_is_not(lived):
    incidents = lived.incidents.recent(10**6)
    for paper in lived.papers:
        kinds = {one.kind for one in incidents if one.site == paper.name}
        wanted = WANTED.get(paper.habit, set())
        assert kinds <= wanted | BORNE.get(paper.habit, set()), (paper.name, paper.habit, kinds)
        assert not wanted or kinds & wanted, (paper.name, paper.habit, kinds)
    sites = {one.site for one in incidents}
    assert {site for site in sites if not any(site in message["title"] for message in lived.told)} == set()
