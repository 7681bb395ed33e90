"""Items as typed columns, whatever their captures' dates are: anyone's WARC files have some that are none."""

import json
from datetime import UTC, datetime

import pytest

pytest.importorskip("pyarrow", reason="pyarrow is not installed")

from crawler.export.columns import table_of

DATES = {
    "2031-03-02T08:00:00Z": datetime(2031, 3, 2, 8, tzinfo=UTC),
    "2031-03-02T08:00:00.123456789Z": datetime(2031, 3, 2, 8, 0, 0, 123456, tzinfo=UTC),
    "2031-03-02T09:00:00+01:00": datetime(2031, 3, 2, 8, tzinfo=UTC),
    "2031-03-02T08:00:00": datetime(2031, 3, 2, 8, tzinfo=UTC),
    "2016-12-31T23:59:60Z": None,
    "2031-02-30T08:00:00Z": None,
    "0000-00-00T00:00:00Z": None,
    "2 March 2031": None,
    "": None,
}


def dates(*texts: str) -> list[datetime | None]:
    lines = [json.dumps({"url": "http://news.example/a", "capture": {"date": text}}).encode() for text in texts]
    return [row["date"] for row in table_of(lines)["capture"].to_pylist()]


def test_a_date_that_is_none_is_null_and_costs_no_other_row():
    assert dates(*DATES) == list(DATES.values())


@pytest.mark.parametrize("text", DATES)
def test_a_date_is_the_same_whatever_stands_beside_it(text):
    assert dates(text) == [DATES[text]]
