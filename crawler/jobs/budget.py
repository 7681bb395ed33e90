"""What a run may still do of what its schedule lets it, where it was cut off and is gone on with."""

from dataclasses import replace
from typing import TypeVar

from crawler.frontier import BUDGET
from crawler.jobs.run_row import Summary
from crawler.jobs.summary import figures_of
from crawler.sites import Schedule

Amount = TypeVar("Amount", int, float)

LEAST_MINUTES = 0.5
"""So long a crawl has at least, if its schedule gives it as much: a shorter one might come to no page, and so fail."""


def left_of(schedule: Schedule, done: Summary | None) -> Schedule:
    """The schedule with what is left of its budget, after what a run's earlier crawls did.

    What nobody knows of them takes nothing away. With no page left a crawl asks for no story, and its sources still
    say what there is; with no byte left it ends with the first response.
    """
    known = figures_of(done)
    return replace(
        schedule,
        max_pages=_left(schedule.max_pages, _settled(known), 0),
        max_bytes=_left(schedule.max_bytes, known.get("bytes", 0), 1),
        max_minutes=_left(schedule.max_minutes, known.get("seconds", 0) / 60, LEAST_MINUTES),
    )


def _left(whole: Amount | None, used: Amount, least: Amount) -> Amount | None:
    return None if whole is None else min(whole, max(whole - used, least))


def _settled(known: Summary) -> int:
    """How many stories were asked for to the end: what was only begun is asked for again."""
    settled = sum(known.get("outcomes", {}).values())
    return int(settled - known.get("skipped", {}).get(BUDGET, 0))
