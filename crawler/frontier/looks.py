"""When a URL is asked for again, by what became of it: an article by its age, a failure ever later."""

from collections.abc import Callable
from datetime import datetime, timedelta

from crawler.frontier.entry import BUDGET, HAD, ROBOTS, TAKEN_DOWN, Entry, State, stamp, stamp_of
from crawler.revisits import Revisits

_WAIT_WHEN_GONE = timedelta(hours=12)
"""At least: what is gone is seldom back within hours."""
_ANNOUNCED_STILL = timedelta(days=2)
"""Since it was announced last: some sources are polled once a day."""
_FIRST_BACKOFF, _DAILY, _LONGEST_BACKOFF = timedelta(minutes=15), timedelta(days=1), timedelta(days=64)
_DAILY_UNTIL = 20
"""Failures in a row, over some twelve days; then the time doubles again, to two months."""


class Looks:
    """Says when URLs are looked at again."""

    def __init__(self, revisits: Revisits, now: Callable[[], datetime]) -> None:
        self._revisits = revisits
        self._now = now

    @property
    def revisits(self) -> Revisits:
        """The times by which it says so."""
        return self._revisits

    def since(self, entry: Entry, state: State, *, changed: bool) -> str | None:
        """From when on looks are counted, given what the entry was and the state that it is in now.

        From its publication, as far as it was announced; anew where the story changed, or is gone.
        """
        now = stamp(self._now())
        was_there = entry.state in HAD
        match state:
            case "captured" | "unchanged" if entry.since is None:  # a ledger of old knows it of none
                return entry.first_announced if was_there else min(now, stamp_of(entry.date) or now)
            case "captured" if changed:
                return now
            case "gone" if was_there:
                return now
            case _:
                return entry.since

    def next(self, entry: Entry) -> str | None:
        """When to ask again, by the entry's state and reason; None: never."""
        now = self._now()
        match entry.state:
            case "captured" | "unchanged":
                return self._revisit(entry, now)
            case "gone" if self._is_awaited(entry, now) and not self._revisits.each_time:
                return self._after_failures(entry.failures + 1, now)
            case "gone":
                return self._revisit(entry, now + _WAIT_WHEN_GONE)
            case "skipped" if entry.reason not in (BUDGET, TAKEN_DOWN, ROBOTS):
                return self._revisit(entry, now) if entry.may_be_read else None
            case "skipped" if entry.reason != BUDGET and not self._revisits.each_time:
                return stamp(now + _DAILY)  # who forbade it may have changed his mind
            case "failed" if not self._revisits.each_time:
                return self._after_failures(entry.failures, now)
            case _:
                return stamp(now)

    def _is_awaited(self, entry: Entry, now: datetime) -> bool:
        """Whether a story that never was there is announced still: some are before their pages are there."""
        return not entry.was_had and stamp(now - _ANNOUNCED_STILL) < entry.last_announced

    def _revisit(self, entry: Entry, now: datetime) -> str | None:
        due = self._revisits.next(datetime.fromisoformat(entry.since or entry.first_announced), now)
        return None if due is None else stamp(due)

    def _after_failures(self, failures: int, now: datetime) -> str:
        if failures < 2:
            return stamp(now)  # what failed once is for the next crawl
        if failures <= _DAILY_UNTIL:
            return stamp(now + min(_FIRST_BACKOFF * 2 ** (failures - 2), _DAILY))
        return stamp(now + min(_DAILY * 2 ** min(failures - _DAILY_UNTIL, 30), _LONGEST_BACKOFF))
