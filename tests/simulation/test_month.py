"""Newspapers that publish, edit, redesign, fall silent, refuse, move and lie, and are crawled by a schedule for a time.

In the everyday tests it is a paper of each habit, for hours in which more happens; a month of thirty is for the soak.
"""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from archives.collection import Collection
from archives.verify import verify
from crawler.frontier.entry import stamp
from crawler.frontier.tables import ANNOUNCEMENTS
from crawler.jobs.alerts.checks import KINDS
from crawler.jobs.ledger import SiteLedger
from tests.simulation.newspaper import HABITS, Newspaper
from tests.simulation.service import Service, service

BEGIN = datetime(2031, 3, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
DELAY = 0.02
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
UNCHANGED_SHARE = 0.1
"""So many of the answers, at most, bring in full what was brought before."""


@contextmanager
def simulate(
    folder,
    papers: int,
    days: float,
    *,
    hours: int = 1,
    seldom: int = 24,
    kills: float = 0.0,
    pace: float = 4.75,
    delay: float = DELAY,
    concurrency: int = 1,
):
    """A service after some days with so many newspapers, each with the next habit, crawled every so many hours."""
    with service(folder, BEGIN, step=HOUR * hours / 4, kills=kills) as opened:
        for number in range(papers):
            base, publish = opened.press.open(number)
            habit, end = HABITS[number % len(HABITS)], BEGIN + timedelta(days=days)
            paper = Newspaper(number, base, habit, BEGIN, end, busy=2 * HOUR * hours, pace=pace)
            publish(paper)
            opened.papers.append(paper)
            manners = {"delay": delay, "concurrency": concurrency, "hours": hours, "seldom": seldom}
            text = SITE.format(host=base.removeprefix("http://"), feed=paper.feed, **manners)
            (folder / "sites" / f"{paper.name}.toml").write_text(text)
        opened.pass_by(timedelta(days=days))
        opened.crawl_all()
        yield opened


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    folder = tmp_path_factory.mktemp("days")
    with simulate(folder, papers=len(HABITS), days=0.7, seldom=2, kills=0.1, pace=1.3) as opened:
        yield opened


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    with simulate(tmp_path_factory.mktemp("month"), papers=30, days=30, hours=6, kills=0.03) as opened:
        yield opened


@pytest.fixture(params=["days", pytest.param("month", marks=[pytest.mark.soak, pytest.mark.timeout(4 * 3_600)])])
def lived(request) -> Service:
    return request.getfixturevalue(request.param)


def revisions_of(lived: Service, paper: Newspaper):
    """Address → the headlines that were seen there."""
    found = {}
    with Collection.open(lived.home / paper.name) as collection:
        for item in collection.catalog.articles(latest=False):
            found.setdefault(item["url"], set()).add(item["title"])
    return found


def was_visible(paper: Newspaper, end: datetime, length: timedelta):
    """The stories that were in the feed for at least so long, of the service's time."""
    grid = [paper.begin + length * step / 4 for step in range(int((end - paper.begin) / length * 4))]
    seen: dict = {}
    for moment in grid:
        for story in paper.window(moment):
            seen.setdefault(story.number, []).append(moment)
    return [paper.stories[number - 1] for number, moments in seen.items() if moments[-1] - moments[0] >= length]


def test_every_announced_story_is_in_exactly_one_state(lived):
    """What the ledger says was announced is what was: neither more nor less than the papers' servers have sent."""
    for paper in lived.papers:
        with Collection.open(lived.home / paper.name) as collection:
            sums = SiteLedger(collection.catalog.engine, paper.name).sums(stamp(lived.now))
            with collection.catalog.engine.connect() as connection:
                announced = connection.execute(sa.select(ANNOUNCEMENTS)).all()
        by_feed = {row.url for row in announced if row.source == paper.feed}
        assert by_feed == lived.press.announced[paper.name], (paper.name, paper.habit)
        assert sum(sums.states.values()) == sums.announced == len({row.entry for row in announced})
        assert "pending" not in sums.states, (paper.name, paper.habit)


def test_what_was_visible_long_enough_is_captured(lived):
    wanted, missed = 0, []
    for paper in lived.papers:
        captured = revisions_of(lived, paper).keys()
        for story in was_visible(paper, lived.now - lived.interval, lived.interval):
            wanted += 1
            if not paper.addresses(story) & captured:
                missed.append((paper.name, paper.habit, story.number, str(story.published)))
    assert wanted > 5 * len(lived.papers)
    assert len(missed) <= 0.005 * wanted, missed


def look_after_edit(story, interval):
    """When a story that got another headline is looked at next; None, if that never was, or it is gone by then."""
    looks = [story.published + HOUR * hours for hours in (1, 6, 24, 72, 168)]
    look = next((moment for moment in looks if story.edited and story.edited < moment), None)
    return None if look is None or (story.gone and story.gone < look + 2 * interval) else look


def test_every_headline_change_that_lasts_longer_than_its_look_is_seen(lived):
    changes, missed = 0, []
    for paper in lived.papers:
        seen = revisions_of(lived, paper)
        for story in paper.stories:
            look = look_after_edit(story, lived.interval)
            if look is None or story.published < paper.begin or paper.is_busy(look):
                continue
            if look + 2 * lived.interval > lived.now or not paper.addresses(story) & lived.press.announced[paper.name]:
                continue
            changes += 1
            titles = set().union(*(seen.get(url, set()) for url in paper.addresses(story)))
            if story.title_at(look) not in titles:
                missed.append((paper.name, paper.habit, story.number, str(story.edited), titles))
    assert changes >= 3
    assert missed == []


def most_ahead(moments, gap):
    """How many requests at most came before their time, where one may come each so many seconds."""
    most = ahead = 0.0
    for sooner, at in pairwise((moments[0], *moments)):
        ahead = max(0.0, ahead - (at - sooner) / gap) + 1
        most = max(most, ahead)
    return most


def hurry(lived, paper, delay=DELAY):
    """How many requests a paper got before their time: half of the delay is the least that Scrapy's jitter leaves."""
    return most_ahead([one.at for one in lived.press.served[paper.name]], delay / 2)


def test_no_host_is_asked_more_often_than_allowed(lived):
    found = {paper.name: hurry(lived, paper) for paper in lived.papers}
    assert max(found.values()) <= AHEAD, found


@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_crawl_that_does_not_wait_is_found_out(tmp_path, concurrency):
    """By a host that wants a second between two requests: nothing else makes the crawl wait so long."""
    with simulate(tmp_path / "moment", papers=1, days=0, delay=0.0, concurrency=concurrency) as lived:
        assert hurry(lived, lived.papers[0], delay=1.0) > AHEAD


def test_little_is_fetched_that_is_known(lived):
    for paper in lived.papers:
        pages = [one for one in lived.press.served[paper.name] if one.path not in ("/robots.txt", "/rss")]
        repeated = sum(one.repeats for one in pages)
        assert repeated <= UNCHANGED_SHARE * len(pages) + 2, (paper.name, paper.habit)


def test_kills_lose_nothing(lived):
    """Each kill counts that the exit status of a process tells of."""
    kills = {"crawls": lived.crawl_kills, "schedulers": lived.scheduler_kills}
    print(f"{lived.now}: killed {kills}")  # shown by -rP
    assert min(kills.values()) >= len(lived.papers) // 3, kills
    assert {run.state for run in lived.runs.recent(limit=10**6)} <= {"done", "failed"}
    for paper in lived.papers:
        assert [str(fault) for fault in verify(lived.home / paper.name)] == []


WANTED = {
    "too many requests": {"nothing", "failed", "challenges"},
    "redesigned": {"coverage"},
    "silent": {"silent"},
}
"""Habit → kinds of incidents of which there is one at least."""
UNWANTED = {
    "steady": set(KINDS),
    "lying tag": set(KINDS),
    "gone": set(KINDS),
    "moved": set(KINDS) - {"overflow"},  # its feed shows nothing that is known
}
"""Habit → kinds of which there is none."""


def test_habits_are_noticed_and_what_is_as_ever_is_not(lived):
    incidents = lived.incidents.recent(10**6)
    for paper in lived.papers:
        kinds = {one.kind for one in incidents if one.site == paper.name}
        assert not kinds & UNWANTED.get(paper.habit, set()), (paper.habit, kinds)
        assert paper.habit not in WANTED or kinds & WANTED[paper.habit], (paper.habit, kinds)
    sites = {one.site for one in incidents}
    assert {site for site in sites if not any(site in message["title"] for message in lived.told)} == set()
