"""What a run amounts to that took several crawls."""

from pathlib import Path

from crawler.cli.crawl import as_row
from crawler.jobs.summary import RunSummary, joined


def said(job, **figures):
    """As `newswarc crawl --json` prints it."""
    folder = Path("paper", "reports", job)
    return as_row(RunSummary(job=job, collection=Path("paper"), items=None, log=folder, reports=folder, **figures))


def test_figures_are_of_all_crawls_and_the_end_is_of_the_last():
    first = said(
        "a",
        announced=20,
        articles=9,
        seconds=1.5,
        coverage={"title": 9, "byline": 0},
        outcomes={"captured": 9, "failed": 1},
        failed={"time-out": 1},
        ledger={"captured": 9, "pending": 10},
        sources_overflowed=("f",),
        finish_reason="shutdown",
    )
    second = said(
        "b",
        articles=11,
        seconds=2.25,
        coverage={"title": 11, "byline": 0},
        outcomes={"captured": 11},
        ledger={"captured": 20},
        sources_overflowed=("f", "g"),
        problem="g: status 404",
    )
    assert joined(first, second) == second | {
        "announced": 20,
        "articles": 20,
        "seconds": 3.75,
        "coverage": {"title": 20, "byline": 0},
        "outcomes": {"captured": 20, "failed": 1},
        "failed": {"time-out": 1},
        "sources_overflowed": ["f", "g"],
        "sources_unusable": [],
    }


def test_of_a_crawl_that_was_killed_nothing_is_known():
    first, second = said("a", articles=9), said("b", articles=11)
    assert joined(None, second) == second
    assert joined(None, None) is None
    killed = joined(first, None)
    assert killed == first | {"log": None}
    assert joined(killed, second)["articles"] == 20
