"""What is found wrong with a site, against its own past."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.frontier.source import Source
from crawler.jobs.alerts.checks import findings, waiting
from crawler.jobs.runs import Run
from crawler.jobs.summary import UNKNOWN, joined
from crawler.sites import Schedule

NOW = datetime(2031, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = "https://n.example/rss"


def run(hours_ago, *, state="done", status=0, problem=None, **summary):
    """A run that ended so long ago; without anything else, one that found ten whole articles."""
    moment = (NOW - hours_ago * HOUR).isoformat()
    told = {"articles": 10, "outcomes": {"captured": 10}, "sources_polled": 2, "failed": {}} | summary
    told.setdefault("coverage", dict.fromkeys(("title", "byline"), told["articles"]))
    return Run(
        id=1_000 - hours_ago,
        site="n",
        collection="n",
        cause="schedule",
        state=state,
        due=moment,
        started=moment,
        ended=moment,
        attempts=1,
        status=status,
        problem=problem,
        summary=told,
    )


def source(**facts):
    return Source(site="n", url=FEED, found=NOW.isoformat(), **{"kind": "feed", "polled": NOW.isoformat(), **facts})


def kinds(runs=(), sources=(), since=None):
    return [(found.kind, found.subject) for found in findings(list(runs), sources, NOW, since=since)]


def test_nothing_is_wrong_with_a_site_that_goes_on_as_ever():
    assert kinds([run(n) for n in range(20)], [source()]) == []
    assert kinds() == []


def test_a_run_that_failed_is_told_until_one_ends_well():
    died = run(1, state="failed", status=-9, problem="died 5 times: without a word")
    assert kinds([died, run(2)]) == [("failed", "")]
    assert kinds([run(0), died]) == []


@pytest.mark.parametrize(
    ("schedule", "minutes", "told"),
    [
        pytest.param(Schedule(every=2 * HOUR), 121, True, id="the-next-one-is-due"),
        pytest.param(Schedule(cron="30 8 * * *"), 20 * 60, False, id="not-yet"),
        pytest.param(Schedule(cron="30 7 * * *"), 20 * 60, True, id="by-a-cron"),
        pytest.param(Schedule(every=HOUR / 4), 59, False, id="a-short-interval"),
        pytest.param(Schedule(every=HOUR / 4), 61, True, id="a-short-interval-an-hour-later"),
        pytest.param(None, 59, False, id="asked-for"),
        pytest.param(None, 61, True, id="asked-for-long-ago"),
    ],
)
def test_a_run_that_still_waits_when_the_next_one_is_due_is_told(schedule, minutes, told):
    """From when it was put into the queue, or back: it may have been at work for hours before."""
    queued = NOW - timedelta(minutes=minutes)
    waits = replace(run(99, state="queued"), queued=queued.isoformat())
    found = [(one.kind, one.text.partition(";")[0]) for one in waiting(waits, schedule, NOW)]
    assert found == [("waiting", f"run 901 waits since {queued.isoformat()[:16]}")] * told


def test_a_run_that_comes_to_nothing_is_told():
    nothing = {"articles": 0, "outcomes": {"failed": 3}, "sources_polled": 0, "sources_failed": 1}
    assert kinds([run(0, status=1, problem="connection refused", **nothing)]) == [("nothing", "")]
    assert kinds([run(0, **nothing | {"outcomes": {"failed": 10}, "sources_failed": 0})]) == [("nothing", "")]
    assert kinds([run(0, finish_reason="nothing due", **nothing | {"outcomes": {}, "sources_failed": 0})]) == []


def test_a_run_that_only_tried_a_few_again_that_fail_is_not_nothing():
    """Or one story that never comes is an alert, and over, as often as it is tried."""
    assert kinds([run(0, articles=0, outcomes={"failed": 1}, sources_polled=0)]) == []


def test_a_run_that_only_saw_that_pages_have_moved_is_not_nothing():
    assert kinds([run(0, articles=0, outcomes={"skipped": 3}, sources_polled=0)]) == []


def test_a_run_that_finds_nothing_new_is_everyday_life():
    assert kinds([run(0, articles=0, outcomes={}, sources_polled=3)]) == []


def test_a_field_that_is_missing_suddenly_is_told_by_name():
    redesigned = [run(n, coverage={"title": 10, "byline": 2}) for n in range(3)]
    before = [run(n) for n in range(3, 9)]
    assert kinds([*redesigned, *before]) == [("coverage", "byline")]


def test_a_redesign_stays_wrong_however_many_runs_follow():
    """What came since is no past to compare with."""
    redesigned = [run(n, coverage={"title": 10, "byline": 2}) for n in range(200)]
    before = [run(n) for n in range(201, 240)]
    opened = (NOW - 200 * HOUR).isoformat()
    assert kinds([*redesigned, *before]) == []
    assert kinds([*redesigned, *before], since={("coverage", "byline"): opened}) == [("coverage", "byline")]
    mended = [run(0), *redesigned[1:], *before]
    assert kinds(mended, since={("coverage", "byline"): opened}) == []


def test_a_field_that_was_never_the_rule_is_not_missed():
    assert kinds([run(0, coverage={"byline": 0}), *(run(n, coverage={"byline": 5}) for n in range(1, 9))]) == []


def test_runs_of_which_nothing_is_known_say_nothing():
    redesigned = [run(n, coverage={"title": 10, "byline": 2}) for n in range(3)]
    before = [run(n) for n in range(3, 9)]
    lost = replace(run(0), summary=joined(run(0).summary, UNKNOWN))
    assert kinds([lost]) == []
    assert kinds([lost, *redesigned, lost, *before, lost]) == [("coverage", "byline")]


def test_few_articles_say_nothing():
    one = run(0, articles=1, coverage={"title": 0}, outcomes={"captured": 1})
    assert kinds([one, run(1), run(2)]) == []


@pytest.mark.parametrize(
    "outcomes",
    [
        pytest.param({"outcomes": {"skipped": 10}, "skipped": {"no body": 10}}, id="hidden-text"),
        pytest.param({"outcomes": {"captured": 6, "gone": 5}}, id="moved"),
        pytest.param({"outcomes": {"unchanged": 3, "failed": 7}, "failed": {"status 500": 7}}, id="broken"),
    ],
)
def test_pages_that_come_to_no_article_any_more_are_told(outcomes):
    unread = [run(n, **{"articles": 0, **outcomes}) for n in range(3)]
    assert kinds([*unread, *(run(n) for n in range(3, 9))]) == [("unread", "")]
    assert kinds(unread) == [], "it never was otherwise"
    assert kinds([unread[0], *(run(n) for n in range(3, 12))]) == [], "one run may be unlucky"


def test_what_was_left_or_is_told_elsewhere_was_not_unread():
    left = {"outcomes": {"captured": 10, "skipped": 90}, "skipped": {"budget": 80, "duplicate": 10}}
    assert kinds([run(0, **left), *(run(n) for n in range(1, 9))]) == []


@pytest.mark.parametrize("reason", ["challenge", "consent wall", "status 403", "status 429"])
def test_a_rising_share_of_challenges_is_told(reason):
    walled = run(0, outcomes={"captured": 5, "failed": 5}, failed={reason: 5})
    assert kinds([walled, *(run(n) for n in range(1, 9))]) == [("challenges", "")]


def test_a_site_that_always_had_walls_has_no_rising_share():
    walled = [run(n, outcomes={"captured": 5, "failed": 5}, failed={"challenge": 5}) for n in range(9)]
    assert kinds(walled) == []


@pytest.mark.parametrize(
    ("lull", "lulls", "silent_for", "told"),
    [
        pytest.param(2 * HOUR, 9, 3 * HOUR, False, id="hardly-longer-than-ever"),
        pytest.param(2 * HOUR, 9, 7 * HOUR, True, id="much-longer-than-ever"),
        pytest.param(HOUR / 6, 9, 5 * HOUR, False, id="not-before-six-hours"),
        pytest.param(60 * HOUR, 9, 62 * HOUR, False, id="a-weekend"),
        pytest.param(60 * HOUR, 9, 121 * HOUR, True, id="two-weekends"),
        pytest.param(HOUR, 2, 99 * HOUR, False, id="too-new-to-tell"),
    ],
)
def test_silence_is_measured_by_the_source_s_own_past(lull, lulls, silent_for, told):
    found = source(lull=lull.total_seconds(), lulls=lulls, news=(NOW - silent_for).isoformat())
    assert kinds([], [found]) == ([("silent", FEED)] if told else [])


def test_a_source_that_nobody_polls_is_not_silent():
    stopped = (NOW - 100 * HOUR).isoformat()
    assert kinds([], [source(lull=3_600, lulls=9, news=stopped, polled=stopped)]) == []


def test_sources_that_cannot_be_had_are_told():
    assert kinds([], [source(failures=4, problem="time-out")]) == []
    assert kinds([], [source(failures=5, problem="time-out")]) == [("source", FEED)]
    dead = source(dead=NOW.isoformat(), failures=1, problem="status 410")
    assert kinds([], [dead]) == [("source", FEED)]


def test_a_sub_sitemap_that_is_gone_is_nobody_s_business():
    assert kinds([], [source(kind="sitemap", parent="https://n.example/index.xml", dead=NOW.isoformat())]) == []


def test_an_overflow_is_told_until_a_poll_has_overlap():
    assert kinds([], [source(overflows=1, overflowed=NOW.isoformat())]) == [("overflow", FEED)]
    assert kinds([], [source(overflows=1, overflowed=(NOW - HOUR).isoformat())]) == []
