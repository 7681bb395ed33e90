"""Dates and times as pages write them → Moment. Nothing is made up: no year, no moment; no time, a day alone."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.extraction.calendars import is_persian, persian_day
from crawler.extraction.months import month_of, persian_month_of

_LONGEST = 200
_EARLIEST = 1700
_OLDEST_EPOCH, _NEWEST_EPOCH = 700_000_000, 2_100_000_000
"""Seconds since 1970: from 1992 to 2036, so that not any number of ten digits is a time."""
_ISO = re.compile(
    r"(?<!\d)(?P<y>\d{4})(?P<s>[-/.]?)(?P<m>\d{2})(?P=s)(?P<d>\d{2})"
    r"(?:[T _]{1,3}(?P<H>\d{2}):?(?P<M>\d{2})(?::?(?P<S>\d{2})(?:[.,]\d{1,9})?)?)?(?!\d)"
)
_EAST_ASIAN = re.compile(r"(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]")
_BUDDHIST = 543
_NUMERIC = re.compile(
    r"(?<![\d.])(?P<a>\d{1,2})(?P<s>[./-])\s?(?P<b>\d{1,2})(?P=s)\s?(?P<y>\d{4}|\d{2}(?![\d.]))(?!\d)"
)
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>\d{4})(?P<s>[./-])\s?(?P<m>\d{1,2})(?P=s)\s?(?P<d>\d{1,2})(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th|er|\.|º|ª)?,?[ ./-]{1,2}(?:de |d[’']"
    r"|of )?(?P<m>[^\W\d_][^\s\d,]{1,14})(?: ?/ ?[^\W\d_][^\s\d,/]{1,12})?(?:[.,]?[ ./-]{1,2}|,)"
    r"(?:de |del |of )?(?P<y>\d{4})(?!\d)"
)
_MONTH_DAY = re.compile(
    r"(?P<m>[^\W\d_][^\s\d,]{1,14})[.,]?\s{1,2}(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?(?:,?\s{1,2}|,)"
    r"(?:de |del |a las )?(?P<y>\d{4})(?!\d)"
)
_YEAR_MONTH_DAY = re.compile(
    r"(?<![\da-zA-Z])(?P<y>\d{4})(?: m\.)?[. ]{1,3}(?P<m>[^\W\d_][^\s\d,]{2,14})[. ]{1,2}(?P<d>\d{1,2})(?!\d)"
)
_YEAR_DAY_MONTH = re.compile(
    r"(?<![\da-zA-Z])(?P<y>\d{4})(?:\. gada| ?жылғы|[- ]yil),? (?P<d>\d{1,2})[. -]{1,2}(?P<m>[^\W\d_][^\s\d,]{1,14})"
)
"""Latvian, Kazakh, Uzbek."""
_VIETNAMESE = re.compile(r"(?<!\d)(?P<d>\d{1,2}) tháng (?P<m>\d{1,2}),?(?: năm)? (?P<y>\d{4})(?!\d)")
_CLOCK = re.compile(
    r"(?P<before>a\.?m\.?|p\.?m\.?|上午|下午|오전|오후|午前|午後)?\s?(?<![\d.:])(?P<H>[01]?\d"
    r"|2[0-4])(?:(?P<s>[:.h時时시])\s?(?P<M>[0-5]\d)"
    r"(?:[:.](?P<S>[0-5]\d))?(?:[分분])?|(?=\s?[ap]\.?\s?m\b))(?![\d])(?:\s?(?P<half>[ap]\.?\s?m\b\.?|ب\.ظ|ق\.ظ|[صم]\b|[μπ]\.?μ\.?))?",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"\s*\(?(?P<sign>[+-]|UTC ?[+-]|GMT ?[+-]|UTC|GMT|Z|[A-Z]{2,5}(?![A-Za-z]))(?:(?P<H>\d{1,2}):?(?P<M>\d{2})?(?!\d))?"
)
_OFFSETS = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 60, "BST": 60, "CEST": 120, "MESZ": 120, "EEST": 180, "MSK": 180,
    "EDT": -240, "CDT": -300, "MST": -420, "MDT": -360, "PDT": -420, "JST": 540, "KST": 540, "HKT": 480, "SGT": 480,
    "WIB": 420, "WITA": 480, "MYT": 480, "PHT": 480, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
    "BRT": -180, "TRT": 180, "SAST": 120, "PKT": 300, "NPT": 345,
}  # fmt: skip
_NUMBERS = re.compile(r"\d{4}|\d[./-]\s?\d{1,2}[./-]\s?\d\d")
_DIGITS = {zero + number: str(number) for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50) for number in range(10)}
"""Arabic, Persian, Devanagari, Bengali and Thai digits."""
_TWO_WORDS = re.compile(r"(?<=كانون) (?=ال)|(?<=تشرين) (?=ال)")
"""In the names of four months in the Levant."""
_AFTERNOON = frozenset(("pm", "下午", "오후", "午後", "بظ", "م", "μμ"))
_MORNING = frozenset(("am", "上午", "오전", "午前", "قظ", "ص", "πμ"))
_NAMED_ZONES = {
    "ET": "America/New_York", "EST": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver",
    "PT": "America/Los_Angeles", "PST": "America/Los_Angeles", "CET": "Europe/Berlin", "MEZ": "Europe/Berlin",
    "EET": "Europe/Athens",
}  # fmt: skip
"""Abbreviations of winter time that papers print in summer, too, are what the clocks there show."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, with the time and the zone if they are known."""

    day: date
    clock: time | None = None
    """Without zone."""
    offset: timedelta | None = None
    """From UTC; None where the page tells none."""

    @property
    def at(self) -> datetime | None:
        """The instant; None without time or zone."""
        if self.clock is None or self.offset is None:
            return None
        return datetime.combine(self.day, self.clock, timezone(self.offset))

    @property
    def local(self) -> datetime | None:
        """What the clock on the wall shows; None without a time."""
        return None if self.clock is None else datetime.combine(self.day, self.clock)

    @property
    def is_midnight(self) -> bool:
        """Whether the time is one that stands for no time: midnight of no zone or of UTC."""
        return self.clock in (time(0), time(0, 0, 1)) and not self.offset

    def without_time(self) -> "Moment":
        """The day alone."""
        return Moment(self.day)

    def in_zone(self, zone: str) -> "Moment":
        """A naive moment read as the clock of an IANA zone; as it is where that is unknown."""
        local = self.local
        if local is None or self.offset is not None:
            return self
        try:
            return replace(self, offset=local.replace(tzinfo=ZoneInfo(zone)).utcoffset())
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return self

    def moved_to(self, zone: str) -> "Moment":
        """The same instant on the clock of an IANA zone; as it is where that is unknown."""
        at = self.at
        try:
            local = at.astimezone(ZoneInfo(zone)) if at and zone else None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return self
        return Moment(local.date(), local.time(), local.utcoffset()) if local else self

    def __str__(self) -> str:
        """ISO 8601: the instant, or the day alone."""
        return (at if (at := self.at) else self.day).isoformat()


def may_hold_date(text: str) -> bool:
    """Whether there are digits for a date in the text: a year, or three numbers; quick, for many lines."""
    return _NUMBERS.search(text) is not None


def order_in(line: str) -> bool | None:
    """Whether months come first in a line: 14/06/2024 tells of 11/06/2024 beside it; None if none does."""
    told = {int(found["b"]) > 12 for found in _NUMERIC.finditer(line[:_LONGEST]) if _is_clear(found["a"], found["b"])}
    return told.pop() if len(told) == 1 else None


def _is_clear(first: str, second: str) -> bool:
    return min(int(first), int(second)) <= 12 < max(int(first), int(second)) <= 31


def read_moment(text: object, *, month_first: bool | None = False) -> Moment | None:
    """The first date in the text, with the time that stands by it; None if there is none or it cannot be.

    `month_first` says how to read 3/4/2024; None leaves it unread where it may be either.
    """
    if isinstance(text, int | float):
        return _from_epoch(str(int(text)))
    if not isinstance(text, str):
        return None
    text = " ".join(text[: 4 * _LONGEST].split())[:_LONGEST]
    if not text.isascii():
        text = _TWO_WORDS.sub("_", text.translate(_DIGITS))
    return _from_epoch(text) or _from_iso(text) or _from_prose(text, month_first=month_first)


def _from_epoch(text: str) -> Moment | None:
    if not (text.isascii() and text.isdigit() and len(text) in (10, 13)):
        return None
    seconds = int(text[:10])
    if not _OLDEST_EPOCH < seconds < _NEWEST_EPOCH:
        return None
    at = datetime.fromtimestamp(seconds, UTC)
    return Moment(at.date(), at.time(), timedelta(0))


def _from_iso(text: str) -> Moment | None:
    found = _ISO.search(text)
    day = _day(found["y"], found["m"], found["d"]) if found else None
    if found is None or day is None:
        return None
    if found["H"] is None:
        return _with_clock(Moment(day), text, found.start(), found.end())
    clock = _clock(int(found["H"]), int(found["M"]), int(found["S"] or 0))
    return Moment(day, clock, _offset(text, found.end(), day, clock))


def _from_prose(text: str, *, month_first: bool | None) -> Moment | None:
    for pattern in (
        _EAST_ASIAN,
        _YEAR_FIRST,
        _DAY_MONTH,
        _MONTH_DAY,
        _YEAR_MONTH_DAY,
        _YEAR_DAY_MONTH,
        _VIETNAMESE,
    ):
        for found in pattern.finditer(text):
            month = _month(found["m"], found["y"])
            day = _day(found["y"], month, found["d"]) if month else None
            if day:
                return _with_clock(Moment(day), text, found.start(), found.end())
    for found in _NUMERIC.finditer(text):
        day = _numeric_day(found, month_first=month_first)
        if day:
            return _with_clock(Moment(day), text, found.start(), found.end())
    return None


def _month(month: str, year: str) -> int | None:
    if month.isdigit():
        return int(month)
    return persian_month_of(month) if is_persian(int(year)) else month_of(month)


def _numeric_day(found: re.Match[str], *, month_first: bool | None) -> date | None:
    """The day of 3/4/2024; Americans write 3-4-2024 and 3.4.2024, too, but so do many whose pages say `en-US`."""
    year = found["y"] if len(found["y"]) == 4 else f"20{found['y']}"
    unknown = month_first is None if found["s"] == "/" else month_first
    if unknown and int(found["a"]) <= 12 and found["a"] != found["b"] and int(found["b"]) <= 12:
        return None
    first, second = (found["b"], found["a"]) if month_first else (found["a"], found["b"])
    return _day(year, second, first) or _day(year, first, second)


def _with_clock(moment: Moment, text: str, start: int, end: int) -> Moment:
    """The day with the time that follows it closely, or else stands right before it."""
    after = _CLOCK.search(text, end, end + 28)
    before = None if after else next(iter(list(_CLOCK.finditer(text, max(0, start - 16), start))[-1:]), None)
    found = after or before
    if found is None:
        return moment
    half = (found["half"] or found["before"] or "").lower().replace(".", "").replace(" ", "")
    hour = int(found["H"])
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    clock = _clock(hour, int(found["M"] or 0), int(found["S"] or 0))
    return Moment(moment.day, clock, _offset(text, found.end(), moment.day, clock))


def _offset(text: str, start: int, day: date, clock: time | None) -> timedelta | None:
    found = _ZONE.match(text, start)
    if found is None or clock is None:
        return None
    sign = found["sign"]
    if sign[-1] in "+-":
        minutes = int(found["H"] or 99) * 60 + int(found["M"] or 0)
        return timedelta(minutes=-minutes if sign[-1] == "-" else minutes) if minutes <= 14 * 60 else None
    if sign in _NAMED_ZONES:
        return Moment(day, clock).in_zone(_NAMED_ZONES[sign]).offset
    return timedelta(minutes=_OFFSETS[sign]) if sign in _OFFSETS else None


def _day(year: str, month: str | int, day: str) -> date | None:
    number = int(year)
    if is_persian(number):
        return _persian_day(number, int(month), int(day))
    if 2400 < number < 2700:
        number -= _BUDDHIST
    try:
        found = date(number, int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= _EARLIEST else None


def _persian_day(year: int, month: int, day: int) -> date | None:
    try:
        return persian_day(year, month, day)
    except ValueError:
        return None


def _clock(hour: int, minute: int, second: int) -> time | None:
    try:
        return time(hour, minute, second)
    except ValueError:
        return None
