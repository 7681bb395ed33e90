"""The clock that a page's times are on: what tells the zone of a naive time, and which of two clocks a 'Z' hides."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from crawler.extraction.document import Document
from crawler.extraction.moments import Moment

_ZONE_NAME = re.compile(
    r"""time_?[zZ]one\w{0,12}\\?["']?\s?:.{0,60}?["']((?:Africa|America|Asia|Atlantic|Australia|Europe|Pacific)\\?/[A-Z]\w+)"""
)
_SCRIPTS_READ = 1 << 20
_QUARTER = timedelta(minutes=15)
_SEASON = timedelta(days=14)
_FARTHEST = timedelta(hours=14)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What the page's times without zone are to be read by."""

    site: str | None
    """The site's zone, as configured."""
    country: tuple[str, ...]
    """The zones of the country that the site's domain belongs to."""
    moments: tuple[Moment, ...]
    """All that the page tells: a naive time is on the clock that the others are on."""
    document: Document
    """In whose scripts the page may tell its times once more."""

    @cached_property
    def page(self) -> str | None:
        """The zone that the page's scripts name as its own."""
        return zone_named(self.document.scripts)

    @property
    def zones(self) -> tuple[str, ...]:
        """The zone that is known for certain, or those that it may be."""
        known = self.site or self.page
        return (known,) if known else self.country

    @property
    def zone(self) -> str:
        """The one that it can only be; '' if it may be several."""
        return self.zones[0] if len(self.zones) == 1 else ""

    def read(self, moment: Moment) -> Moment:
        """A naive time with its offset, if anything tells it."""
        if self.site:
            moment = moment.in_zone(self.site)
        if moment.offset is None:
            offsets = {other.offset for other in self.moments if other.offset and _is_near(other, moment)}
            moment = replace(moment, offset=offsets.pop()) if len(offsets) == 1 else moment
        return moment.in_zone(self.zone)

    def show(self, moment: Moment) -> Moment:
        """An instant in UTC as the page's own clock showed it, if the page tells which that is."""
        return moment.moved_to(self.page) if moment.offset == timedelta(0) and self.page else moment


def _is_near(moment: Moment, other: Moment) -> bool:
    """Whether both are of the same season, so that summer time does not come between them."""
    return abs(moment.day - other.day) <= _SEASON


def zone_named(scripts: Iterable[str]) -> str | None:
    """The IANA zone that scripts call the page's; None where they name several."""
    zones = {found[1].replace("\\", "") for text in scripts for found in _ZONE_NAME.finditer(text, 0, _SCRIPTS_READ)}
    return zones.pop() if len(zones) == 1 else None


def zoned(moment: Moment, others: list[Moment]) -> Moment:
    """A naive clock time with the zone of a source that shows the same time, or one some whole quarter hours away."""
    for other in others:
        if other.at is None or other.local is None or moment.local is None:
            continue
        gap = moment.local - other.local
        if abs(gap) < timedelta(minutes=1):
            return replace(moment, offset=other.offset)
        if other.offset == timedelta(0) and abs(gap) <= _FARTHEST and _is_quarters(gap):
            return replace(moment, offset=_rounded(gap))
    return moment


def on_the_urls_day(moment: Moment, others: list[Moment], clock: Clock, dated: Moment | None) -> Moment:
    """An instant in UTC on the clock by which the URL was dated, where that was on the day before or after."""
    if dated is None or moment.offset != timedelta(0) or abs(dated.day - moment.day) != timedelta(days=1):
        return moment
    for other in others:
        if other.offset == timedelta(0) and other.local and moment.local and other.day == dated.day:
            gap = other.local - moment.local
            if abs(gap) <= _FARTHEST and gap % _QUARTER == timedelta(0):
                return replace(other, offset=gap)
    local = moment.moved_to(clock.zone)
    return local if local.day == dated.day else _as_scripts_tell(moment, dated.day, clock.document.scripts) or moment


def _as_scripts_tell(moment: Moment, day: date, scripts: Iterable[str]) -> Moment | None:
    """An instant in UTC on the clock by which a script tells it, on that day: the same minute and second."""
    if moment.clock is None:
        return None
    told = re.compile(rf"{day:%Y-%m-%d}[T ](\d\d):{moment.clock:%M:%S}(?![\d.]*(?:Z|[+-]\d))")
    for hour in (found[1] for script in scripts for found in told.finditer(script[:_SCRIPTS_READ])):
        hours = int(hour) - moment.clock.hour + 24 * (day - moment.day).days
        if abs(hours) <= _FARTHEST // timedelta(hours=1) and int(hour) < 24:
            return Moment(day, moment.clock.replace(hour=int(hour)), timedelta(hours=hours))
    return None


def honest(moment: Moment, others: list[Moment], clock: Clock) -> Moment:
    """A 'Z' on a local clock undone, where another source tells the true offset, or UTC's time by the site's zone."""
    if moment.offset != timedelta(0) or moment.local is None:
        return moment
    for other in others:
        gap = moment.local - other.local if other.local else None
        if gap and other.offset == timedelta(0) and any(other.moved_to(zone).offset == gap for zone in clock.zones):
            return other
        if gap is not None and other.offset and abs(gap) < timedelta(minutes=1):
            return replace(moment, offset=other.offset)
    return moment


def _is_quarters(gap: timedelta) -> bool:
    return abs(gap - _rounded(gap)) < timedelta(minutes=1)


def _rounded(gap: timedelta) -> timedelta:
    return round(gap / _QUARTER) * _QUARTER
