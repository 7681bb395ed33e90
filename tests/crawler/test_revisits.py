"""Times at which articles are looked at again, as people write them."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.revisits import DEFAULT, Revisits

CAME_OUT = datetime(2024, 6, 11, 10, tzinfo=UTC)


@pytest.mark.parametrize("wanted", ["1 h, 6h,24 h , 3 d,7d", ["1 h", "6 h", "24 h", "3 d", "1 w"], DEFAULT])
def test_forms(wanted):
    assert Revisits.parse(wanted) == DEFAULT


@pytest.mark.parametrize("wanted", [0, "0", ["0"]])
def test_in_each_crawl(wanted):
    assert Revisits.parse(wanted).next(CAME_OUT, CAME_OUT + timedelta(days=900)) == CAME_OUT + timedelta(days=900)


@pytest.mark.parametrize("wanted", ["", []])
def test_never(wanted):
    assert Revisits.parse(wanted).next(CAME_OUT, CAME_OUT) is None


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(-5, 1), (0, 1), (0.9, 1), (1, 6), (5.9, 6), (6, 24), (30, 72), (167.9, 168), (168, None), (9_000, None)],
)
def test_the_next_time(hours, expected):
    found = DEFAULT.next(CAME_OUT, CAME_OUT + timedelta(hours=hours))
    assert found == (None if expected is None else CAME_OUT + timedelta(hours=expected))


@pytest.mark.parametrize("wanted", [3600, 1.5, "1 year", "soon", "6 h, 1 h", "1 h, 1 h", "0, 1 h", "-1 h", "9999999 d"])
def test_what_is_none(wanted):
    with pytest.raises(ValueError, match=r"is no time|each is to be longer|alone does not say when to stop"):
        Revisits.parse(wanted)
