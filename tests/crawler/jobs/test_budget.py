"""What is left of a run's budget for the crawl that goes on with it."""

from datetime import timedelta

import pytest

from crawler.jobs.budget import left_of
from crawler.jobs.summary import UNKNOWN, joined
from crawler.sites import Schedule


def left(done, **budget):
    """Pages, bytes and minutes that are left."""
    schedule = left_of(Schedule(every=timedelta(hours=1), **budget), done)
    return schedule.max_pages, schedule.max_bytes, schedule.max_minutes


BUDGET = {"max_pages": 20, "max_bytes": 1000, "max_minutes": 10.0}
DONE = {"outcomes": {"captured": 7, "failed": 1, "skipped": 5}, "skipped": {"budget": 5}, "bytes": 300, "seconds": 90}


def test_what_earlier_crawls_of_the_run_did_is_taken_away():
    assert left(DONE, **BUDGET) == (12, 700, 8.5)
    assert left(joined(DONE, DONE), **BUDGET) == (4, 400, 7.0)


def test_a_crawl_can_always_end_well():
    much = {"outcomes": {"captured": 30}, "bytes": 5000, "seconds": 6000}
    assert left(much, **BUDGET) == (0, 1, 0.5)
    assert left(much, max_minutes=0.1) == (None, None, 0.1)


@pytest.mark.parametrize("unknown", [None, {}, UNKNOWN, joined(DONE, UNKNOWN)], ids=["none", "{}", "lost", "joined"])
def test_what_is_not_known_takes_nothing_away(unknown):
    assert left(unknown, **BUDGET) == (20, 1000, 10.0)


def test_without_a_budget_there_is_none():
    assert left(DONE) == (None, None, None)
