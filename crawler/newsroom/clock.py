"""The newsroom's clock: it stands still until somebody moves it, so that every answer can be foretold."""

from datetime import UTC, datetime, timedelta

OPENING = datetime(2026, 5, 18, 9, 0, tzinfo=UTC)
"""Where the clock stands unless the caller says otherwise; changes are counted from here."""


class NewsroomClock:
    """A clock that the caller moves; may be read and moved from any thread."""

    def __init__(self, now: datetime = OPENING) -> None:
        self._now = _aware(now)

    def now(self) -> datetime:
        """The newsroom's time, aware, UTC."""
        return self._now

    def set(self, now: datetime) -> None:
        """Put the clock to a time, forwards or backwards."""
        self._now = _aware(now)

    def advance(self, step: timedelta) -> None:
        """Move the clock by a step."""
        self._now += step


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
