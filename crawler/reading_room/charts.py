"""Small charts: figures → places of bars, which a template draws as SVG."""

import calendar
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from archives.cdxj import Capture

DAYS, FEWEST = 90, 30
HEIGHT, BAR, GAP = 96, 7, 2
"""In the units of the drawing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars side by side."""

    bars: list[Bar]
    width: int
    height: int
    most: int

    @property
    def total(self) -> int:
        """The sum of all bars."""
        return sum(bar.count for bar in self.bars)

    @property
    def outline(self) -> str:
        """All bars as one path, which takes a tenth of the room (https://www.w3.org/TR/SVG2/paths.html#PathData)."""
        return "".join(f"M{bar.x} {self.height}V{bar.y:g}h{bar.width}V{self.height}z" for bar in self.bars if bar.count)


def by_day(counts: Mapping[str, int], *, most_days: int = DAYS) -> BarChart | None:
    """A bar a day, up to the last one with any, of thirty days or more; None, if there is none."""
    days = [day for text in counts if (day := _day(text))]
    if not days:
        return None
    last = max(days)
    ago = min(max((last - min(days)).days, FEWEST - 1), most_days - 1, (last - date.min).days)
    first = last - timedelta(days=ago)
    span = [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]
    highest = max(counts.get(day, 0) for day in span) or 1
    bars = []
    for number, label in enumerate(span):
        count = counts.get(label, 0)
        height = round(HEIGHT * count / highest, 1)
        bars.append(Bar(number * (BAR + GAP), HEIGHT - height, BAR, height, label, count))
    return BarChart(bars, max(len(span) * (BAR + GAP) - GAP, 1), HEIGHT, highest)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def shares(counts: Mapping[str, int], order: Sequence[str] = ()) -> list[Bar]:
    """Parts of a whole, one behind the other, in a drawing that is 1,000 wide."""
    total = sum(counts.values()) or 1
    names = sorted(counts, key=lambda name: (order.index(name) if name in order else len(order), name))
    bars, at = [], 0.0
    for name in names:
        width = 1000 * counts[name] / total
        bars.append(Bar(round(at, 2), 0, round(width, 2), 14, name, counts[name]))
        at += width
    return bars


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a calendar, with how many captures each day has."""

    name: str
    weeks: list[list[tuple[int, int]]]
    """(day of the month, captures); day 0 is of another month."""
    stem: str
    """'2024-06'."""


def months(captures: Iterable[Capture]) -> list[Month]:
    """The months that have captures, in order."""
    days = Counter(capture.date[:10] for capture in captures)
    stems = sorted({day[:7] for day in days})
    return [_month(stem, days) for stem in stems]


def _month(stem: str, days: Mapping[str, int]) -> Month:
    year, month = int(stem[:4]), int(stem[5:7])
    weeks = calendar.Calendar().monthdayscalendar(year, month)
    counted = [[(day, days.get(f"{stem}-{day:02d}", 0)) for day in week] for week in weeks]
    return Month(f"{calendar.month_name[month]} {year}", counted, stem)
