"""What happens to stories at set times of the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crawler.newsroom.clock import OPENING
from crawler.newsroom.plan import Plan

ChangeKind = Literal["headline", "correction", "silent", "gone", "missing", "published"]

SCHEDULE: tuple[tuple[int, ChangeKind, str, int], ...] = (
    (1, "headline", "courier", 1),
    (2, "correction", "courier", 2),
    (3, "silent", "wordpress", 1),
    (4, "gone", "courier", 3),
    (5, "missing", "microdata", 1),
)
"""Hours after opening, what happens, and to which story: the family's newest, second newest …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happens to one story at one time."""

    at: datetime
    kind: ChangeKind
    """`gone` answers 410 from then on, `missing` 404."""
    number: int


def changes(plans: Sequence[Plan]) -> tuple[Change, ...]:
    """Everything that will happen, in order of time."""
    found = []
    for hours, kind, family, newest in SCHEDULE:
        numbers = [plan.number for plan in plans if plan.family == family and plan.published <= OPENING]
        if len(numbers) >= newest:
            found.append(Change(at=OPENING + timedelta(hours=hours), kind=kind, number=numbers[-newest]))
    found += [
        Change(at=plan.published, kind="published", number=plan.number) for plan in plans if plan.published > OPENING
    ]
    return tuple(found)
