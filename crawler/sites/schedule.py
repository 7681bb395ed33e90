"""When a site is crawled by itself, and how much of it at a time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from hashlib import blake2b
from itertools import islice, pairwise, product
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_LENGTH = re.compile(r"(\d{1,6}) ?(s|min|h|d)")
_UNITS = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_SIZES = {"": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,3})?) ?([kKMG]B)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours of each day in which no run begins, on the clock of the schedule's time zone; they may span midnight."""

    begin: time
    end: time

    def covers(self, clock: time) -> bool:
        """Whether the hours hold at this time of day."""
        if self.begin <= self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Either `cron` or `every` says when runs are due; both in UTC unless a time zone is given."""

    cron: str | None = None
    """Five fields as in crontab(5), e.g. '*/15 6-22 * * *'. Changes of the clock are kept as Debian's cron does."""
    every: timedelta | None = None
    """Between two runs. Sites with the same `every` are spread over it, each always at the same moments."""
    timezone: str | None = None
    jitter: timedelta = timedelta()
    """A run is due up to so much later, by a length that differs from run to run, and from site to site.

    No longer than the time between two runs, lest they overtake each other.
    """
    quiet: Quiet | None = None
    """A run that would begin in these hours is due when they end, and then later by the jitter."""
    collection: str | None = None
    """Name of the collection that runs archive into; None: named as the site."""
    max_pages: int | None = None
    """Articles that one run asks for at most."""
    max_bytes: int | None = None
    """About so many bytes one run receives at most."""
    max_minutes: float | None = None
    """After so many a run ends; what is pending is left to the next one."""
    written: Mapping[str, Any] = field(default_factory=dict)
    """As the site file has it."""

    def next_after(self, moment: datetime, *, site: str) -> datetime:
        """The first moment after `moment` (aware) at which a run of the site is due, in UTC."""
        due = self._cron_after(moment) if self.cron else self._every_after(moment, site)
        late = self._late(self._not_quiet(due), site)
        return late if self._not_quiet(late) == late else self._not_quiet(self._late(self._not_quiet(late), site))

    def is_quiet(self, moment: datetime) -> bool:
        """Whether no run of the schedule begins at a moment (aware)."""
        return self.quiet is not None and self.quiet.covers(moment.astimezone(self._zone).time())

    def _late(self, due: datetime, site: str) -> datetime:
        utc = due.astimezone(UTC)  # a local clock would forget which of two equal hours it is
        return utc + self.jitter * (_spread(f"{site} {utc.isoformat()}") / _SPREAD)

    def _cron_after(self, moment: datetime) -> datetime:
        return next(CronSim(self.cron or "", moment.astimezone(self._zone)))

    def _every_after(self, moment: datetime, site: str) -> datetime:
        every = self.every or timedelta(days=1)
        begin = _EPOCH + every * (_spread(site) / _SPREAD)
        return begin + every * ((moment - begin) // every + 1)

    def _not_quiet(self, due: datetime) -> datetime:
        if self.quiet is None or not self.is_quiet(due):
            return due
        local = due.astimezone(self._zone)
        days = (local.date(), local.date() + timedelta(days=1))
        clocks = (self.quiet.end.replace(fold=fold) for fold in (0, 1))  # an hour that comes twice has both
        ends = (datetime.combine(day, clock, self._zone).astimezone(UTC) for day, clock in product(days, clocks))
        return next(end for end in ends if end > due)

    @property
    def _zone(self) -> tzinfo:
        return ZoneInfo(self.timezone) if self.timezone else UTC


_SPREAD = 2**32
_TWO_OF_EACH_DAY = 24 * 60 + 2
"""So many moments of a cron expression show how close any two are: the times of the day are each day's."""


def _spread(text: str) -> int:
    """A number below _SPREAD that is always the same for the same text, and looks like chance."""
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest())


def cron_of(text: str) -> str:
    """A cron expression as it is; ValueError, if it is none, or never comes true."""
    try:
        next(CronSim(text, _EPOCH))
    except CronSimError as exc:
        raise ValueError(f"{text!r}: {exc}") from exc
    except StopIteration:
        raise ValueError(f"{text!r} never comes true") from None
    return text


@lru_cache
def closest(cron: str) -> timedelta:
    """The least time between two moments of a cron expression, as far as a clock that is never changed has them."""
    return min(later - one for one, later in pairwise(islice(CronSim(cron, _EPOCH), _TWO_OF_EACH_DAY)))


def length_of(text: str) -> timedelta:
    """'15 min', '90 s', '6h', '1 d' as a length of time; ValueError, if it is none or no time at all."""
    found = _LENGTH.fullmatch(text)
    if found is None or not int(found[1]):
        raise ValueError(f"{text!r} is no length of time")
    return int(found[1]) * _UNITS[found[2]]


def length_text(length: timedelta) -> str:
    """A length of time as a site file has it, e.g. '90 min' → '90 min', 86,400 s → '1 d'."""
    unit, one = next(
        ((unit, one) for unit, one in reversed(_UNITS.items()) if not length % one), ("s", timedelta(seconds=1))
    )
    return f"{length // one} {unit}"


def size_of(text: str) -> int:
    """'200 MB', '1.5GB', '800000' as bytes, in decimal units; ValueError, if it is no size or nothing."""
    found = _SIZE.fullmatch(text.strip())
    if found is None or not (size := round(float(found[1]) * _SIZES[found[2] or ""])):
        raise ValueError(f"{text!r} is no size")
    return size


def quiet_of(text: str) -> Quiet:
    """'23:00-05:30' as hours of the day; ValueError, if it is none."""
    found = _QUIET.fullmatch(text)
    if found is None or found[0][:5] == found[0][6:]:
        raise ValueError(f"{text!r} are no hours")
    return Quiet(begin=time(int(found[1]), int(found[2])), end=time(int(found[3]), int(found[4])))
