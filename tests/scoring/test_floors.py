"""The project's own pages are read at least as well as floors.toml promises: one test id for each measure."""

from functools import cache

import pytest

from tests.scoring.__main__ import OWN, floors, scores_of_own
from tests.scoring.score import under


@cache
def scores(name):
    return scores_of_own(name)


def cases():
    for name in OWN:
        for dataset, wanted in floors()[name].items():
            for measure, floor in wanted.items():
                yield pytest.param(name, dataset, measure, floor, id=f"{name}-{dataset}-{measure}")


@pytest.mark.parametrize(("name", "dataset", "measure", "floor"), list(cases()))
def test_floor(name, dataset, measure, floor):
    """`python -m tests.scoring` prints the whole table."""
    assert under(scores(name), {dataset: {measure: floor}}) == []


def test_a_measure_under_its_floor_or_missing_is_told():
    told = under({"news": {"body_f1": 0.91}}, {"news": {"body_f1": 0.92, "title_exact": 0.5}})
    assert told == [
        "news body_f1: 0.9100, at least 0.92 wanted",
        "news title_exact: 0.0000, at least 0.5 wanted",
    ]
