"""The measures, on examples that can be counted by hand."""

import pytest

from tests.scoring import measures
from tests.scoring.score import related_scores, score

GOLD = "one two three four five six"


@pytest.mark.parametrize(
    ("got", "precision", "recall"),
    [
        pytest.param(GOLD, 1, 1, id="the same"),
        pytest.param("one two three four", 1, 1 / 3, id="a third of the runs"),
        pytest.param(f"{GOLD} seven", 3 / 4, 1, id="a word too much"),
        pytest.param("One, two: three -- four! five six", 2 / 3, 2 / 3, id="punctuation is nothing, case is something"),
        pytest.param("six five", 0, 0, id="shorter than a run"),
        pytest.param("", 0, 0, id="nothing"),
    ],
)
def test_body(got, precision, recall):
    overlap, exact = measures.body([GOLD], got)
    assert (overlap.precision, overlap.recall, exact) == (pytest.approx(precision), pytest.approx(recall), got == GOLD)


def test_body_is_held_against_the_nearest_of_two():
    overlap, exact = measures.body([f"zero {GOLD}", GOLD], GOLD)
    assert (overlap.f1, exact) == (1, True)


def test_two_empty_bodies_agree():
    overlap, exact = measures.body([""], None)
    assert (overlap.f1, exact) == (1, True)


@pytest.mark.parametrize(
    ("got", "exact", "shown"),
    [
        pytest.param("Council ‘asks’ for  lamps", True, True, id="quotation marks, case and space"),
        pytest.param("Harbour council wants lamps", False, True, id="printed, where the known one is not"),
        pytest.param("council wants lamps", False, True, id="printed behind a kicker"),
        pytest.param("lamps", False, False, id="too short to be sure"),
        pytest.param(None, False, False, id="none"),
    ],
)
def test_title(got, exact, shown):
    gold, headings = "Council 'Asks' for Lamps", ["Harbour council wants lamps"]
    assert (measures.title_exact(gold, got), measures.title_shown(gold, got, headings)) == (exact, shown)


def test_where_the_known_title_is_printed_no_other_will_do():
    assert not measures.title_shown("Council asks", "Harbour council wants", ["Council asks", "Harbour council wants"])


@pytest.mark.parametrize(
    ("gold", "got", "day", "instant"),
    [
        ("2031-03-02T08:00:00+01:00", "2031-03-02T07:00:30Z", True, True),
        ("2031-03-02T00:30:00+01:00", "2031-03-01T23:30:00Z", True, True),
        ("2031-03-02T08:00:00+01:00", "2031-03-02T08:00:00", True, False),
        ("2031-03-02T08:00:00", "2031-03-02T08:00:00+05:00", True, True),
        ("2031-03-02T08:00:00+01:00", "2031-03-02", True, False),
        ("2031-03-02", "2031-03-02T08:00:00Z", True, None),
        ("2031-03-02", None, False, None),
        ("2031-03-02T08:00:00Z", "soon", False, False),
    ],
    ids=["same", "another day elsewhere", "zone lost", "no zone known", "day alone", "day known", "none", "no date"],
)
def test_dates(gold, got, day, instant):
    assert (measures.same_day(gold, got), measures.same_instant(gold, got)) == (day, instant)


def test_page_without_item_scores_nothing():
    row = {"url": "https://news.example/a", "dataset": "news", "title": "Lamps", "authors": [], "body": GOLD}
    found = score([row], {})["news"]
    assert found["title_exact"] == found["body_recall"] == 0
    assert found["authors_exact"] == 1


def test_kinds_of_pages():
    rows = [
        {"url": f"https://news.example/{kind}", "dataset": "web", "page_type": kind, "body": "a b c"}
        for kind in ("article", "listing", "forum")
    ]
    items = {row["url"]: {"kind": "other", "body": "c b a"} for row in rows[:2]}
    found = score(rows, items)["web"]
    assert found == {"kind_ok_article": 0, "kind_ok_listing": 1, "kind_ok_forum": 1, "word_f1": 1}


def test_related_links_are_pooled():
    """Host and path tell a link; what is only recommended is neither a hit nor a miss."""
    base = "https://news.example/"
    known = [("a", "in_body"), ("b", "end_of_article"), ("c", "recommended"), ("d", "in_body")]
    rows = [{"url": base, "related": [{"url": base + path, "kind": kind} for path, kind in known]}]
    found = [("a?from=x", "in_body"), ("b/", "in_body"), ("c", "in_body"), ("e", "in_body")]
    items = {base: {"related_links": [{"url": base + path, "kind": kind} for path, kind in found]}}
    scores = related_scores(rows, items)
    assert scores == {
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "f1": pytest.approx(2 / 3),
        "kind": 1 / 2,
    }
