"""The ledger: every announced URL is in exactly one state, and the states add up."""

import random
import string
import zlib
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from archives.database import open_database
from archives.errors import StorageFailed
from crawler.discovery import Announced
from crawler.discovery.url import clean_url, normalised
from crawler.frontier import BUDGET, Frontier, brief, read_entries
from crawler.frontier.entry import stamp
from crawler.frontier.tables import ANNOUNCEMENTS, LEDGER
from crawler.revisits import Revisits

FEED = "https://n.example/rss"
A, B, C = (f"https://n.example/2024/06/11/story-{name}-of-today" for name in "abc")


class Clock:
    def __init__(self):
        self.now = datetime(2024, 6, 11, 10, tzinfo=UTC)

    def __call__(self):
        return self.now

    def advance(self, **by):
        self.now += timedelta(**by)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def engine(database):
    engine = open_database(database, write=True)
    yield engine
    engine.dispose()


@pytest.fixture
def frontier(engine, clock):
    return Frontier(engine, site="n", now=clock)


def crawl_again(engine, clock):
    """The ledger as the next crawl opens it."""
    return Frontier(engine, site="n", now=clock)


def announce(frontier, *urls, source=FEED, judge=lambda _: None, date=None):
    found = [Announced(url=url, kind="feed", date=date) for url in urls]
    return [one.url for one in frontier.announce(found, source=source, judge=judge)]


def state(frontier, url):
    (entry,) = [entry for entry in frontier.entries() if entry.url == url]
    return entry.state, entry.reason


def take(frontier, *urls, source=FEED):
    for url in announce(frontier, *urls, source=source):
        assert frontier.ask(url)


def test_announced_urls_are_asked_for_once_a_crawl(frontier, clock, engine):
    assert announce(frontier, A, B) == [A, B]
    assert frontier.ask(A)
    assert not frontier.ask(A)
    clock.advance(seconds=1)
    assert announce(frontier, A, B, source="https://n.example/atom") == [B]
    with engine.connect() as connection:
        told = connection.execute(sa.select(ANNOUNCEMENTS).where(ANNOUNCEMENTS.c.url == A).order_by("first_announced"))
        assert [row.source for row in told] == [FEED, "https://n.example/atom"]


def lead_to(frontier, target, *urls):
    """What a crawl does where addresses redirect; whether the target was worth looking at for each."""
    wanted = []
    for url in urls:
        wanted.append(frontier.take(target))
        frontier.stories.follow(url, target)
        frontier.settle(url, "failed", f"redirects to {target}")
    return wanted


def announced(engine):
    """Row → the addresses that anybody announced for it."""
    found = defaultdict(set)
    with engine.connect() as connection:
        for url, entry in connection.execute(sa.select(ANNOUNCEMENTS.c.url, ANNOUNCEMENTS.c.entry)):
            found[entry].add(url)
    return found


def test_states_add_up_to_the_number_announced(frontier, engine):
    refused = Announced(url="https://n.example/xxxx", kind="feed", refused="URL of 20000 characters")
    frontier.announce([refused], source=FEED)
    take(frontier, A, B, C)
    announce(
        frontier,
        f"{A}/print",
        "https://elsewhere.example/x",
        judge=lambda one: "out of scope" if "else" in one.url else None,
    )
    frontier.settle(A, "captured", seen=True)
    frontier.settle(B, "failed", "time-out")
    assert frontier.counts() == {"captured": 1, "failed": 1, "pending": 1, "skipped": 2}
    assert sum(frontier.counts().values()) == len(announced(engine)) == 5
    reasons = [brief(entry.reason) for entry in frontier.entries() if entry.state == "skipped"]
    assert sorted(reasons) == ["URL of 20000 characters", "out of scope"]


def test_variants_of_one_story_meet_before_the_fetch(frontier, engine, clock):
    """Of forms announced together the plain one is asked for, whatever their order; all are in its row for good."""
    assert announce(frontier, f"{A}/print", f"{A}?ref=front", A) == [A]
    assert announce(crawl_again(engine, clock), f"{A}/amp", f"{A}/print") == []
    assert [entry.url for entry in frontier.entries()] == [A]
    assert announced(engine) == {A: {A, f"{A}/print", f"{A}?ref=front", f"{A}/amp"}}


def test_a_variant_counts_as_known(frontier, clock):
    """As anything does that others announced, or the source itself by the end of its last poll."""
    announce(frontier, A, f"{A}/print")
    polled = stamp(clock())
    assert frontier.known([A, f"{A}/print", B], source="https://n.example/atom", polled=None) == 2
    assert frontier.known([A, f"{A}/print", B], source=FEED, polled=polled) == 2
    clock.advance(minutes=1)
    announce(frontier, B)
    assert frontier.known([A, B], source=FEED, polled=polled) == 1, "its poll was not done when the crawl was killed"
    assert (frontier.announced, frontier.counts()) == (2, {"pending": 2})


def test_variants_that_are_announced_and_refused_together_are_one_row(frontier, engine, clock):
    announce(frontier, A, f"{A}/print")
    frontier.flush()
    again = crawl_again(engine, clock)
    assert announce(again, A, f"{A}/print", judge=lambda _: "rejected by the site file") == []
    assert state(again, A) == ("skipped", "rejected by the site file")
    assert crawl_again(engine, clock).due() == []


def test_of_a_story_one_address_is_asked_for(frontier, engine, clock):
    take(frontier, A)
    frontier.settle(A, "gone", "status 404", seen=True)
    frontier.flush()
    clock.advance(days=400)
    with engine.begin() as connection:
        connection.execute(sa.update(LEDGER).values(next_look=stamp(clock())))
    again = crawl_again(engine, clock)
    (asked,) = announce(again, A, f"{A}/print")
    assert again.ask(asked)
    again.settle(asked, "captured", seen=True)
    assert again.counts() == {"captured": 1}


def test_stories_of_two_sites_do_not_meet(engine, clock):
    sites = {name: Frontier(engine, site=name, now=clock) for name in ("n", "o")}
    take(sites["n"], A)
    sites["n"].settle(A, "captured", seen=True)
    sites["n"].flush()
    take(sites["o"], B)
    assert sites["o"].stories.known_address(B, A) is None
    sites["o"].stories.join(B, A)
    sites["o"].settle(B, "captured", seen=True)
    assert {name: one.counts() for name, one in sites.items()} == {"n": {"captured": 1}, "o": {"captured": 1}}


def test_variant_takes_over_when_the_first_form_is_lost(frontier, engine, clock):
    take(frontier, A)
    frontier.settle(A, "gone", "status 404", seen=True)
    assert announce(frontier, f"{A}/print") == [], "not before that is to be looked for again"
    clock.advance(days=1)
    assert announce(frontier, f"{A}/amp") == [f"{A}/amp"]
    assert frontier.ask(f"{A}/amp")
    frontier.settle(f"{A}/amp", "gone", "status 404", seen=True)
    assert announce(frontier, A) == []
    assert frontier.counts() == {"gone": 1}
    assert announced(engine) == {f"{A}/amp": {A, f"{A}/amp", f"{A}/print"}}


def test_a_variant_that_is_known_takes_over_once_what_is_lost_is_due(frontier, engine, clock):
    take(frontier, A)
    announce(frontier, f"{A}/amp")
    frontier.settle(A, "gone", "status 404", seen=True)
    frontier.flush()
    assert announce(crawl_again(engine, clock), A, f"{A}/amp") == []
    clock.advance(days=1)
    again = crawl_again(engine, clock)
    assert announce(again, A, f"{A}/amp") == [f"{A}/amp"]
    assert again.ask(f"{A}/amp")
    again.settle(f"{A}/amp", "captured", seen=True, changed=True)
    assert announced(engine) == {f"{A}/amp": {A, f"{A}/amp"}}
    assert again.counts() == {"captured": 1}


def test_a_plainer_form_that_is_announced_before_the_first_is_asked_for_is_asked_for(frontier):
    assert announce(frontier, f"{A}/amp") == [f"{A}/amp"]
    assert announce(frontier, A) == [A]
    assert [entry.url for entry in frontier.entries()] == [A]


def test_rows_that_become_one_keep_when_the_story_was_announced_and_had_first(frontier, engine, clock):
    take(frontier, A)
    frontier.settle(A, "captured", seen=True, changed=True)
    (before,) = frontier.entries()
    clock.advance(hours=1)
    take(frontier, B)
    lead_to(frontier, B, A)
    assert frontier.settle(B, "captured", seen=True) is False, "it is the same story"
    (after,) = frontier.entries()
    assert (after.url, after.first_announced, after.since) == (B, before.first_announced, before.since)


def test_story_is_found_by_its_canonical_url(frontier):
    take(frontier, A, B)
    frontier.settle(A, "captured", seen=True)
    assert frontier.stories.known_address(B, C) is None
    frontier.stories.stand(B, C)
    frontier.settle(B, "captured", seen=True)
    assert frontier.stories.known_address("https://n.example/other", C) == B
    assert frontier.stories.known_address(B, A) == A
    assert frontier.counts() == {"captured": 1}


@pytest.mark.parametrize("flushed", [False, True])
def test_what_the_fetch_found_to_be_a_variant_stays_one(frontier, engine, clock, flushed):
    """What it was announced by is the story's, and no later announcement has it fetched again."""
    take(frontier, A, B)
    if flushed:
        frontier.flush()
    frontier.settle(A, "captured", seen=True)
    frontier.stories.join(B, A)
    frontier.settle(B, "skipped", f"duplicate of {A}", seen=True)
    assert frontier.counts() == {"captured": 1}
    assert announce(frontier, B) == []
    clock.advance(days=1)
    again = crawl_again(engine, clock)
    assert announce(again, B, date="2024-07-01") == []
    assert again.due() == [A]
    assert not again.ask(B) or not again.ask(A), "they are one"
    again.flush()
    assert announced(engine) == {A: {A, B}}


def test_a_story_goes_by_the_address_that_its_old_one_leads_to(frontier, engine, clock):
    take(frontier, B)
    assert lead_to(frontier, A, B) == [True]
    frontier.settle(A, "captured", seen=True)
    assert (frontier.counts(), frontier.announced) == ({"captured": 1}, 1)
    assert announced(engine) == {A: {A, B}}
    take(frontier, C)
    assert lead_to(frontier, A, C) == [False], "it was asked for already"
    assert frontier.counts() == {"captured": 1}
    clock.advance(days=1)
    assert announce(crawl_again(engine, clock), A, B, C) == [A]


@pytest.mark.parametrize("outcome", [("skipped", "no article"), ("gone", "status 404"), ("failed", "status 503"), None])
@pytest.mark.parametrize("had", [False, True])
def test_stories_that_lead_to_what_is_none_keep_their_chances(frontier, engine, clock, outcome, had):
    """A page for all that cannot be had for a while takes nobody's place."""
    take(frontier, A, B, C)
    if had:
        for url in (A, B, C):
            frontier.settle(url, "captured", seen=True)
        clock.advance(days=1)
        frontier = crawl_again(engine, clock)
        take(frontier, A, B, C)
    assert lead_to(frontier, f"{A}-cannot-be-had-now", A, B, C) == [True, False, False]
    if outcome is not None:
        frontier.settle(f"{A}-cannot-be-had-now", *outcome, seen=True)
    assert frontier.counts() == {"failed": 3}
    clock.advance(days=1)
    again = crawl_again(engine, clock)
    assert set(again.due()) == {A, B, C}
    take(again, A, B, C)
    for url in (A, B, C):
        again.settle(url, "captured", seen=True)
    assert (again.counts(), again.announced) == ({"captured": 3}, 0)


def test_stories_that_lead_to_one_that_was_asked_for_are_one_with_it_once_it_is_had(frontier, engine):
    take(frontier, A, B, C)
    assert frontier.take(A), "its page has come"
    assert lead_to(frontier, A, B, C) == [False, False]
    assert frontier.counts() == {"failed": 2, "pending": 1}
    frontier.settle(A, "captured", seen=True)
    assert frontier.counts() == {"captured": 1}
    assert announced(engine) == {A: {A, B, C}}


def test_a_story_that_goes_by_another_address_is_pending_whenever_it_is_written(frontier, engine, clock, monkeypatch):
    take(frontier, A)
    frontier.settle(A, "captured", seen=True)
    monkeypatch.setattr("crawler.frontier.rows._FLUSH_SECONDS", 0)
    frontier.stories.join(A, B)
    assert [(entry.url, entry.state, entry.last_seen) for entry in read_entries(engine)] == [
        (B, "pending", stamp(clock()))
    ], "and that it was seen is known"


def test_two_addresses_that_name_each_other_are_one(frontier, engine):
    take(frontier, A)
    for url, other in ((A, B), (B, A), (A, B)):
        frontier.stories.join(url, other)
        assert frontier.counts() == {"pending": 1}
    frontier.stories.join(C, B)
    assert announce(frontier, A) == []
    assert [entry.url for entry in frontier.entries()] == [B]
    assert set(announced(engine)) == {B}


@pytest.mark.parametrize("is_begun", [False, True])
def test_variants_of_a_ledger_of_old_meet(engine, clock, is_begun):
    """They had rows of their own; one that leads nowhere keeps it, and is asked for. What was begun is finished."""
    ledger, lost = crawl_again(engine, clock), "https://n.example/login"
    urls = [*(f"https://n.example/2024/06/11/{name}" for name in ("one", "two", "three", "four", "five")), lost]
    announce(ledger, *urls)
    clock.advance(hours=1)
    announce(ledger, A)
    reasons = [
        f"duplicate of {A}", f"redirects to {urls[0]}", f"redirects to {urls[3]}", f"duplicate of {urls[2]}",
        f"redirects to {lost}", "not an article's address",
    ]  # fmt: skip
    with engine.begin() as connection:
        for url, reason in zip(urls, reasons, strict=True):
            row = {"state": "skipped", "reason": reason, "next_look": None}
            connection.execute(sa.update(LEDGER).where(LEDGER.c.url == url).values(row))
        connection.execute(sa.text("DROP INDEX announcements_entry"))
        connection.execute(sa.text("ALTER TABLE announcements DROP COLUMN entry"))
    assert [entry.url for entry in read_entries(engine, urls=[urls[0]])] == [urls[0]], (
        "who only reads takes it as it is"
    )
    if is_begun:  # an earlier version died at it
        with engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE announcements ADD COLUMN entry TEXT NOT NULL DEFAULT ''"))
    again = crawl_again(engine, clock)
    assert again.counts() == {"pending": 3, "skipped": 2}
    assert announced(engine) == {A: {A, *urls[:2]}, **{url: {url} for url in urls[2:]}}
    (entry,) = read_entries(engine, urls=[A])
    assert (entry.first_announced, entry.last_announced) == (stamp(clock() - timedelta(hours=1)), stamp(clock()))
    assert [entry.url for entry in read_entries(engine, urls=[urls[0]])] == [A]
    assert announce(again, *urls) == [urls[2], urls[4], lost]


def test_a_ledger_of_old_that_was_taken_over_half_way_is_taken_over_again(engine, clock, monkeypatch):
    announce(crawl_again(engine, clock), A, B)
    with engine.begin() as connection:
        row = {"state": "skipped", "reason": f"duplicate of {A}", "next_look": None}
        connection.execute(sa.update(LEDGER).where(LEDGER.c.url == B).values(row))
        connection.execute(sa.text("DROP INDEX announcements_entry"))
        connection.execute(sa.text("ALTER TABLE announcements DROP COLUMN entry"))
    with monkeypatch.context() as patched:
        patched.setattr("crawler.frontier.tables.join_rows", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            crawl_again(engine, clock)
    assert crawl_again(engine, clock).counts() == {"pending": 1}
    assert announced(engine) == {A: {A, B}}
    assert "announcements_entry" in {index["name"] for index in sa.inspect(engine).get_indexes("announcements")}


def long_address(seed):
    """As long as any that is asked for, and of letters that cannot be compressed."""
    return f"https://n.example/{seed}?" + "".join(random.Random(seed).choices(string.ascii_letters, k=2060))


@pytest.mark.parametrize("is_old", [False, True])
def test_addresses_may_be_long(engine, clock, is_old):
    """Also who announces them: two are more than PostgreSQL's B-trees take, and so is a query that is written out."""
    query = "https://n.example/?a=" + "".join(random.Random(1).choices("!$()*,/:;@|`'[]{}^<>", k=600))
    one, other, feed, written_out = *map(long_address, range(3)), normalised(clean_url(query))
    crawl_again(engine, clock)
    if is_old and engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(sa.text("DROP INDEX announcements_key, frontier_by_story"))
            connection.execute(sa.text("ALTER TABLE announcements ADD PRIMARY KEY (url, source)"))
            connection.execute(sa.text("CREATE INDEX frontier_story ON frontier (story)"))
    frontier = crawl_again(engine, clock)
    frontier.sources.find(feed, "feed")
    take(frontier, one, other, written_out, source=feed)
    frontier.flush()
    clock.advance(hours=1)
    announce(frontier, one, source=feed)
    announce(frontier, one, source=f"{feed}2")
    frontier.stories.join(one, other)
    frontier.settle(other, "captured", seen=True, changed=True)
    assert frontier.counts() == {"captured": 1, "pending": 1}
    assert announced(engine) == {other: {one, other}, written_out: {written_out}}
    with engine.connect() as connection:
        of_one = sa.select(ANNOUNCEMENTS.c.source, ANNOUNCEMENTS.c.first_announced).where(ANNOUNCEMENTS.c.url == one)
        told = {row.source: row.first_announced for row in connection.execute(of_one)}
    assert told == {feed: stamp(clock() - timedelta(hours=1)), f"{feed}2": stamp(clock())}
    assert announce(crawl_again(engine, clock), one) == []


def test_a_nul_in_an_address_is_part_of_it(frontier):
    assert announce(frontier, f"{A}%00", f"{A}%00") == [f"{A}%00"]
    assert frontier.counts() == {"pending": 1}


def look(engine, clock, state="unchanged", reason=None, *, date=None, changed=False):
    """A crawl that finds the article due; the hours until it is due again, None for never."""
    frontier = crawl_again(engine, clock)
    due = announce(frontier, A, date=date) or frontier.due()
    assert due == [A]
    assert frontier.ask(A)
    frontier.settle(A, state, reason, seen=True, changed=changed)
    (entry,) = frontier.entries()
    return entry.next_look and (datetime.fromisoformat(entry.next_look) - clock()) / timedelta(hours=1)


def test_articles_are_looked_at_at_set_times_after_their_first_capture(engine, clock):
    waits = [look(engine, clock, "captured", changed=True)]
    while waits[-1]:
        clock.advance(hours=waits[-1])
        waits.append(look(engine, clock))
    assert waits == [1, 5, 18, 48, 96, None]
    assert crawl_again(engine, clock).due() == []
    clock.advance(days=400)
    assert announce(crawl_again(engine, clock), A) == []


def test_looks_that_were_missed_are_made_up_for_by_one(engine, clock):
    look(engine, clock, "captured", changed=True)
    clock.advance(hours=30)
    assert look(engine, clock) == 42
    clock.advance(days=9)
    assert look(engine, clock) is None


def test_an_article_that_came_out_earlier_has_fewer_looks_left(engine, clock):
    """Of an archive's stories, which a sitemap lists, none is looked at again."""
    assert look(engine, clock, "captured", date="2024-06-11T12:00:00+03:00", changed=True) == 5
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM frontier"))
    assert look(engine, clock, "captured", date="2011-05-03", changed=True) is None


@pytest.mark.parametrize("date", ["2031-01-01", "0001-01-01T00:00:00+14:00", "once"])
def test_a_date_that_cannot_be_is_none(engine, clock, date):
    assert look(engine, clock, "captured", date=date, changed=True) == 1


def test_a_story_that_changed_starts_anew(engine, clock):
    look(engine, clock, "captured", changed=True)
    clock.advance(days=2)
    assert look(engine, clock, "captured", changed=True) == 1
    clock.advance(hours=1)
    assert look(engine, clock) == 5


def test_a_page_that_is_another_each_time_and_tells_the_same_does_not(engine, clock):
    look(engine, clock, "captured", changed=True)
    clock.advance(hours=1)
    assert look(engine, clock, "captured") == 5


def test_a_story_that_is_gone_is_looked_for_from_the_next_day_on(engine, clock):
    look(engine, clock, "captured", changed=True)
    clock.advance(hours=6)
    waits = [look(engine, clock, "gone")]
    while waits[-1]:
        clock.advance(hours=waits[-1])
        waits.append(look(engine, clock, "gone"))
    assert waits == [24, 48, 96, None]


@pytest.mark.parametrize(
    ("before", "reason"),
    [pytest.param("captured", "not an article: list", id="had"), pytest.param("skipped", "no body", id="unwritten")],
)
def test_a_page_that_tells_nothing_for_a_while_is_looked_at_on(engine, clock, before, reason):
    """What was an article may be one again, and what is announced first may be written later."""
    waits = [look(engine, clock, before, None if before == "captured" else reason, changed=before == "captured")]
    while waits[-1]:
        clock.advance(hours=waits[-1])
        waits.append(look(engine, clock, "skipped", reason, date="2011-05-03"))
    assert waits == [1, 5, 18, 48, 96, None]
    clock.advance(days=30)
    assert announce(crawl_again(engine, clock), A, date="2024-07-11") == [A]


def test_a_newer_announcement_makes_a_finished_article_due(engine, clock):
    look(engine, clock, "captured", date="2011-05-03", changed=True)
    clock.advance(days=30)
    assert announce(crawl_again(engine, clock), A, date="2011-05-03") == []
    assert announce(crawl_again(engine, clock), A, date="2024-07-11") == [A]


def test_times_that_were_extended_take_up_what_is_within_them(engine, clock):
    """What is due stays due; what came out longer ago has had its looks; and the same times take up nothing again."""
    take(crawl_again(engine, clock), B)
    clock.advance(days=20)
    frontier = crawl_again(engine, clock)
    take(frontier, A, C)
    for url in (A, B, C):
        frontier.settle(url, "captured", seen=True, changed=True)
    for url, days in ((A, 8), (B, 40), (C, 0)):
        with engine.begin() as connection:
            frontier.flush()
            since = {"since": stamp(clock() - timedelta(days=days)), "next_look": None if days else stamp(clock())}
            connection.execute(sa.update(LEDGER).where(LEDGER.c.url == url).values(since))
    looks = []
    for times in ("1 h, 7 d", "1 h, 7 d", "1 h, 7 d, 30 d", "1 h, 7 d, 30 d"):
        again = Frontier(engine, site="n", revisits=Revisits.parse(times), now=clock)
        again.plan_looks()
        planned = [entry.next_look and datetime.fromisoformat(entry.next_look) for entry in again.entries()]
        looks.append([look and (look - clock()) / timedelta(days=1) for look in planned])
        with engine.begin() as connection:
            connection.execute(sa.update(LEDGER).where(LEDGER.c.url == A, len(looks) > 2).values(next_look=None))
    assert looks == [[None, None, 0], [None, None, 0], [22, None, 0], [None, None, 0]]


def test_a_site_may_be_looked_at_in_each_crawl(engine, clock):
    frontier = Frontier(engine, site="n", revisits=Revisits.parse(0), now=clock)
    take(frontier, A)
    frontier.settle(A, "captured", seen=True, changed=True)
    assert crawl_again(engine, clock).due() == [A]


def test_what_is_announced_still_is_taken_up_by_a_site_that_is_looked_at_in_each_crawl_now(engine, clock):
    before = Frontier(engine, site="n", revisits=Revisits.parse("1 h"), now=clock)
    take(before, A, B)
    for url in (A, B):
        before.settle(url, "captured", seen=True, changed=True)
    before.flush()
    with engine.begin() as connection:
        connection.execute(sa.update(LEDGER).values(next_look=None))
    assert announce(Frontier(engine, site="n", revisits=Revisits.parse("1 h"), now=clock), A) == []
    assert announce(Frontier(engine, site="n", revisits=Revisits.parse(0), now=clock), A) == [A]


def test_a_ledger_of_old_is_taken_over(engine, clock):
    """It says when a URL was announced and is due; nothing of it is lost, and what was due stays due."""
    look(engine, clock, "captured", changed=True)
    before = list(read_entries(engine))
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE frontier DROP COLUMN since"))
        connection.execute(sa.text("ALTER TABLE frontier DROP COLUMN failures"))
    clock.advance(hours=25)
    (old,) = read_entries(engine)
    assert old == replace(before[0], since=None)
    assert look(engine, clock) == 47
    (entry,) = read_entries(engine)
    assert entry.since == entry.first_announced


def test_a_newer_announcement_makes_an_article_due(engine, clock):
    """A feed or sitemap that gives another date says that the story changed."""
    frontier = crawl_again(engine, clock)
    announce(frontier, A, date="2024-06-11")
    for _ in range(2):
        frontier.ask(A)
        frontier.settle(A, "unchanged", seen=True)
    frontier.flush()
    assert announce(crawl_again(engine, clock), A, date="2024-06-11") == []
    assert announce(crawl_again(engine, clock), A, date="2024-06-12") == [A]


@pytest.mark.parametrize(
    ("outcome", "due_at_once", "due_in_two_days"),
    [
        pytest.param(("failed", "time-out"), True, True, id="failed"),
        pytest.param(("gone", "status 410"), False, True, id="gone"),
        pytest.param(("skipped", BUDGET), True, True, id="over-budget"),
        pytest.param(("skipped", "robots.txt"), False, True, id="robots"),
        pytest.param(("skipped", "redirects to https://n.example/x"), False, False, id="redirect"),
        pytest.param(("skipped", "not an article: listing"), False, False, id="no-article"),
        pytest.param(("captured", None), False, True, id="captured"),
    ],
)
def test_when_an_outcome_is_looked_at_again(engine, clock, outcome, due_at_once, due_in_two_days):
    frontier = crawl_again(engine, clock)
    take(frontier, A)
    frontier.settle(A, *outcome, seen=True)
    frontier.flush()
    assert (crawl_again(engine, clock).due() == [A]) == due_at_once
    clock.advance(days=2)
    assert (crawl_again(engine, clock).due() == [A]) == due_in_two_days


def test_what_was_pending_is_asked_for_by_the_next_crawl(engine, clock):
    frontier = crawl_again(engine, clock)
    take(frontier, A)
    frontier.flush()
    assert crawl_again(engine, clock).due() == [A]


def test_skipped_url_is_judged_anew(engine, clock):
    """A mended site file lets in what the old one kept out."""
    frontier = crawl_again(engine, clock)
    assert announce(frontier, A, judge=lambda _: "not an article's address") == []
    frontier.flush()
    again = crawl_again(engine, clock)
    assert announce(again, A) == [A]
    assert state(again, A) == ("pending", None)


def test_captured_stays_captured_when_the_rules_change(engine, clock):
    frontier = crawl_again(engine, clock)
    take(frontier, A)
    frontier.settle(A, "captured", seen=True)
    announce(frontier, A, judge=lambda _: "rejected by the site file")
    assert state(frontier, A) == ("captured", None)


def test_sites_share_the_tables_and_not_their_rows(engine, clock):
    one, other = crawl_again(engine, clock), Frontier(engine, site="other", now=clock)
    take(one, A)
    take(other, B)
    other.flush()
    assert [entry.url for entry in one.entries()] == [A]
    assert one.counts() == {"pending": 1}
    assert [entry.url for entry in read_entries(engine)] == [A, B]


def test_nothing_to_read_before_the_first_crawl(engine):
    assert list(read_entries(engine)) == []


def test_ten_thousand_announcements_are_cheap(frontier, engine):
    """Rows are written together: a sitemap's worth takes a few statements, not one a row."""
    statements = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    urls = [f"https://n.example/2024/06/11/story-number-{number}" for number in range(10_000)]
    due = announce(frontier, *urls)
    for url in due:
        frontier.ask(url)
        frontier.settle(url, "captured", seen=True)
    frontier.flush()
    assert frontier.counts() == {"captured": 10_000}
    assert len(statements) < 500


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("duplicate of https://n.example/a", "duplicate"),
        ("redirects to https://n.example/a", "redirects"),
        ("status 500", "status 500"),
        (None, ""),
    ],
)
def test_brief_leaves_out_the_url(reason, expected):
    assert expected == brief(reason)


def test_a_resumed_job_asks_for_what_it_has_not_settled(engine, frontier, clock):
    """Captured or failed since the job began: done. Pending, or settled before it: still to be asked for."""
    take(frontier, A)
    frontier.settle(A, "captured", seen=True)
    clock.advance(minutes=70)
    began = clock()
    take(frontier, B, C)
    frontier.settle(B, "failed", "time-out")
    frontier.flush()
    clock.advance(minutes=30)
    resumed = Frontier(engine, site="n", began=began, now=clock)
    assert sorted(resumed.due()) == [A, C]
    assert sorted(announce(resumed, A, B, C)) == [A, C]
    assert sorted(crawl_again(engine, clock).due()) == [A, B, C]


def test_a_database_that_fails_is_told_and_costs_no_state(engine, clock):
    """What could not be written is written as soon as the database takes it."""
    told = []
    frontier = Frontier(engine, site="n", now=clock, on_fault=told.append)
    take(frontier, A)
    frontier.flush()
    frontier.settle(A, "captured", seen=True)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE frontier RENAME TO elsewhere"))
    with pytest.raises(StorageFailed, match=r'no such table: frontier; |"frontier" does not exist; ') as raised:
        frontier.flush()
    assert told == [raised.value]
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE elsewhere RENAME TO frontier"))
    assert state(frontier, A) == ("captured", None)


def test_states_are_written_behind_what_they_tell_of(engine, clock):
    """If the crawl dies in between, recovery looks for the article of a URL that is still pending."""
    there = []
    frontier = Frontier(engine, site="n", now=clock, before_writing=lambda: there.append(stored()))

    def stored():
        with engine.connect() as connection:
            return connection.execute(sa.text("SELECT state FROM frontier")).scalars().all()

    take(frontier, A)
    frontier.settle(A, "captured", seen=True)
    frontier.flush()
    assert (there[-1], stored()) == (["pending"], ["captured"])


def failed_look(engine, clock):
    frontier = crawl_again(engine, clock)
    (due,) = announce(frontier, A) or frontier.due()
    assert frontier.ask(due)
    frontier.settle(A, "failed", "status 500", seen=True)
    (entry,) = frontier.entries()
    return entry.next_look and (datetime.fromisoformat(entry.next_look) - clock()) / timedelta(hours=1)


def test_a_url_that_fails_is_tried_ever_later_and_never_given_up(engine, clock):
    """Within a day for a fortnight; then ever later, up to two months."""
    waits = [failed_look(engine, clock)]
    for _ in range(29):
        clock.advance(hours=waits[-1])
        waits.append(failed_look(engine, clock))
    assert waits[:9] == [0, 0.25, 0.5, 1, 2, 4, 8, 16, 24]
    assert [wait / 24 for wait in waits[9:]] == [1] * 11 + [2, 4, 8, 16, 32, 64, 64, 64, 64, 64]
    assert announce(crawl_again(engine, clock), A) == []
    assert announce(crawl_again(engine, clock), A, date="2024-07-01") == [A]


def test_what_came_again_after_failures_is_as_if_it_had_never_failed(engine, clock):
    failed_look(engine, clock)
    failed_look(engine, clock)
    clock.advance(hours=1)
    assert look(engine, clock, "captured", changed=True) == 1
    (entry,) = crawl_again(engine, clock).entries()
    assert entry.failures == 0


def test_what_a_clock_that_was_ahead_put_off_is_due_again(engine, clock):
    clock.advance(days=365)
    ahead = crawl_again(engine, clock)
    ahead.sources.find(FEED, "feed")
    ahead.sources.failed(FEED, "time-out")
    take(ahead, A, B, C)
    ahead.settle(A, "captured", seen=True, changed=True)
    for _ in range(2):
        ahead.settle(B, "failed", "time-out")
    ahead.flush()
    clock.advance(days=-365)
    again = crawl_again(engine, clock)
    again.plan_looks()
    assert sorted(again.due()) == [A, B, C]


def test_a_page_that_names_one_that_is_still_to_come_waits_for_it(frontier, engine):
    """If that is had they are one; if not, the page is to be had after all."""
    take(frontier, A, B)
    assert frontier.stories.known_address(B, A) is None
    assert frontier.stories.better_address(B, A) == A
    assert frontier.is_under_way(A)
    frontier.stories.follow(B, A, is_named=True)
    frontier.settle(B, "pending", f"duplicate of {A}", seen=True)
    assert frontier.stories.better_address(A, B) is None, "of two that name each other one stands"
    frontier.settle(A, "gone", "status 410", seen=True)
    assert frontier.stories.give_up(A, "gone", "status 410") == {B: ("failed", f"duplicate of {A}")}
    frontier.settle(B, "failed", f"duplicate of {A}")
    assert frontier.counts() == {"failed": 1, "gone": 1}
    frontier.settle(A, "captured", seen=True)
    assert frontier.counts() == {"captured": 1}
    assert announced(engine) == {A: {A, B}}


def test_one_site_does_not_judge_what_another_one_announces(engine, clock):
    """It takes over only what the other had refused; and leaves alone what is the other's."""
    mine, other = (Frontier(engine, site=name, now=clock) for name in ("n", "o"))
    announce(mine, A)
    mine.flush()
    announce(other, A, B, judge=lambda _: "out of scope")
    other.flush()
    assert crawl_again(engine, clock).due() == [A]
    assert announce(mine, B) == [B]
    assert (mine.counts(), other.counts()) == ({"pending": 2}, {})


def test_two_sources_that_date_a_story_differently_do_not_make_it_due_in_turn(engine, clock):
    look(engine, clock, "captured", date="2024-06-11T08:00:00Z", changed=True)
    for date in ("2024-06-11", "2024-06-11T10:00:00+02:00", "2024-06-10") * 2:
        assert announce(crawl_again(engine, clock), A, date=date) == []


def test_forms_that_are_new_each_time_do_not_undo_the_waiting(engine, clock):
    for _ in range(3):
        failed_look(engine, clock)
        clock.advance(hours=1)
    failed_look(engine, clock)
    for number in range(3):
        assert announce(crawl_again(engine, clock), f"{A}?share={number}") == []


def test_what_is_out_of_scope_by_now_is_put_aside(frontier, engine, clock):
    take(frontier, A, B)
    frontier.settle(A, "captured", seen=True, changed=True)
    for url in (A, B):
        frontier.put_aside(url, "out of scope")
    frontier.flush()
    clock.advance(days=1)
    again = crawl_again(engine, clock)
    assert again.due() == []
    assert (state(again, A), state(again, B)) == (("captured", None), ("skipped", "out of scope"))


def test_many_write_down_the_same_urls_at_once(postgres, clock):
    """Each in an order of its own: nobody waits for whoever waits for him, and the tables are made once."""
    database = postgres.database()
    urls = [f"https://n.example/{number}" for number in range(300)]

    def announce(writer):
        engine = open_database(database, write=True)
        ledger = Frontier(engine, site="n", now=clock)
        for turn in range(5):
            some = sorted(urls, key=lambda url: zlib.crc32(f"{writer} {turn} {url}".encode()))
            ledger.announce([Announced(url=url, kind="feed") for url in some], source=f"https://n.example/{writer}")
            ledger.flush()
        engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(announce, range(4)))
    engine = open_database(database, write=False)
    assert Frontier(engine, site="n", now=clock).counts() == {"pending": 300}
    engine.dispose()


def test_a_story_that_is_announced_before_its_page_is_there(engine, clock):
    """It is looked for again as what fails, as long as it is announced; then as what is gone."""
    waits = []
    for _ in range(4):
        waits.append(look(engine, clock, "gone"))
        clock.advance(hours=waits[-1])
    assert waits == [0.25, 0.5, 1, 2]
    clock.advance(days=30)
    frontier = crawl_again(engine, clock)
    assert frontier.due() == [A]
    frontier.ask(A)
    frontier.settle(A, "gone", "status 404", seen=True)
    assert [entry.next_look for entry in frontier.entries()] == [None]
