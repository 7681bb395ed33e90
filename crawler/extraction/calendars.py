"""Days of calendars other than the Gregorian that newspapers date by."""

from datetime import date

_FIRST = 1_370
_LAST = 1_420
_EPOCH = -356_033
"""Makes 1 Farvardin 1399 the 20th of March 2020."""


def is_persian(year: int) -> bool:
    """Whether the year is one of the Persian calendar: from 1991 to 2041."""
    return _FIRST <= year <= _LAST


def persian_day(year: int, month: int, day: int) -> date:
    """The day of the Persian solar calendar, leap years by its cycle of 33 years; ValueError if it has none such."""
    if not 1 <= month <= 12 or not 1 <= day <= (31 if month < 7 else 30):
        raise ValueError(f"the Persian calendar has no {year}-{month}-{day}")
    before = 31 * (month - 1) if month < 7 else 30 * (month - 7) + 186
    cycles, rest = divmod(year + 1595, 33)
    return date.fromordinal(_EPOCH + 365 * (year + 1595) + 8 * cycles + (rest + 3) // 4 + before + day)
