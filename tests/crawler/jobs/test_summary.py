"""What a run amounts to that took several crawls."""

from pathlib import Path

from crawler.jobs.summary import UNKNOWN, RunSummary, as_row, joined


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


def test_of_a_crawl_that_did_nothing_there_is_no_summary():
    first, second = said("a", articles=9), said("b", articles=11)
    for nothing in (None, {}):
        assert joined(nothing, second) == second
        assert joined(nothing, nothing) is None
        stopped = joined(first, nothing)
        assert stopped == first | {"log": None}
        assert joined(stopped, second)["articles"] == 20


def test_what_is_not_known_of_one_crawl_is_not_known_of_the_run():
    lost = joined(said("a", articles=9, failed={"time-out": 1}), UNKNOWN)
    told = joined(lost, said("b", articles=11, finish_reason="finished", ledger={"captured": 20}))
    assert [told[name] for name in ("articles", "new", "bytes", "failed", "outcomes", "coverage")] == [None] * 6
    assert (told["finish_reason"], told["ledger"]) == ("finished", {"captured": 20})


def test_figures_that_are_no_less_than_so_much_stay_that():
    killed = {**said("a", articles=9), "at_least": True}
    assert "at_least" not in joined(said("a"), said("b"))
    assert [joined(*two)["at_least"] for two in ((killed, said("b")), (said("b"), killed))] == [True, True]
