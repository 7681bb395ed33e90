"""When an article is looked at again: at set times after it came out, each further from the last, then no more."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

_SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_TIME = re.compile(rf"\s*(\d{{1,6}}(?:\.\d{{1,3}})?)\s*({'|'.join(_SECONDS)})\s*")


@dataclass(frozen=True, slots=True)
class Revisits:
    """Times after an article came out, or changed last, at which it is looked at again."""

    after: tuple[timedelta, ...]
    """Rising; a single 0 stands for each crawl, none at all for never."""

    @classmethod
    def parse(cls, wanted: "Revisits | str | int | Iterable[str]") -> Self:
        """From '1 h, 6 h, 3 d' or such a list; units are s, min, h, d, w, and 0 means in each crawl. ValueError."""
        if isinstance(wanted, Revisits):
            return cls(wanted.after)
        if wanted == 0 or wanted in ("0", ["0"]):
            return cls((timedelta(0),))
        if isinstance(wanted, int | float):
            raise ValueError(f"{wanted} alone does not say when to stop")  # noqa: TRY004  # as for any other value
        texts = wanted.split(",") if isinstance(wanted, str) else list(wanted)
        times = tuple(_time(text) for text in texts if text.strip())
        if list(times) != sorted(set(times)) or timedelta(0) in times:
            raise ValueError(f"{', '.join(texts)}: none may be 0, and each is to be longer than the one before it")
        return cls(times)

    def __str__(self) -> str:
        return ", ".join(f"{time.total_seconds():g} s" for time in self.after)

    @property
    def span(self) -> timedelta:
        """So long after it came out an article is looked at last; 0, if that is in each crawl or never."""
        return max(self.after, default=timedelta(0))

    @property
    def each_time(self) -> bool:
        """Whether articles are looked at in each crawl."""
        return timedelta(0) in self.after

    def next(self, since: datetime, now: datetime) -> datetime | None:
        """The next time after now, for an article that came out at `since`; None, if that was the last."""
        if self.each_time:
            return now
        place = bisect_right(self.after, now - since)
        return since + self.after[place] if place < len(self.after) else None


def _time(text: str) -> timedelta:
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no time")
    return timedelta(seconds=float(found[1]) * _SECONDS[found[2]])


DEFAULT = Revisits.parse("1 h, 6 h, 24 h, 3 d, 7 d")
"""Most corrections come on the first day."""
EXAMPLE = 'write ["1 h", "6 h", "24 h", "3 d", "7 d"] with s, min, h, d or w, or 0 for each crawl'
"""What to do about a value that cannot be read."""
