"""What happens to stories at set times of the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crawler.newsroom.clock import OPENING
from crawler.newsroom.plan import Plan

ChangeKind = Literal["headline", "correction", "silent", "cut", "closed", "gone", "missing", "published"]
Schedule = Sequence[tuple[int, ChangeKind, str, int]]
"""Hours after opening, what happens, and to which story: the family's newest, second newest …"""

SCHEDULE: Schedule = (
    (1, "headline", "courier", 1),
    (2, "correction", "courier", 2),
    (3, "silent", "wordpress", 1),
    (4, "gone", "courier", 3),
    (5, "missing", "microdata", 1),
)
"""What happens to the paper unless it is opened with another schedule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happens to one story at one time."""

    at: datetime
    kind: ChangeKind
    """`silent` edits and `cut`s state no update; of a `closed` story only the opening is left; `gone` answers 410 from
    then on, `missing` 404."""
    number: int


def changes(plans: Sequence[Plan], schedule: Schedule = SCHEDULE) -> tuple[Change, ...]:
    """Everything that will happen, in order of time."""
    found = []
    for hours, kind, family, newest in schedule:
        numbers = [plan.number for plan in plans if plan.family == family and plan.published <= OPENING]
        if len(numbers) >= newest:
            found.append(Change(at=OPENING + timedelta(hours=hours), kind=kind, number=numbers[-newest]))
    found += [
        Change(at=plan.published, kind="published", number=plan.number) for plan in plans if plan.published > OPENING
    ]
    return tuple(found)
