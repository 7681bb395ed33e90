"""One row of the ledger: an announced story, and what became of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

State = Literal["pending", "captured", "unchanged", "skipped", "failed", "gone"]

HAD: tuple[State, ...] = ("captured", "unchanged")
"""States of a story that is in the archive, as it is now."""

BUDGET = "budget"
"""The reason of a URL that was skipped because the crawl had asked for as many pages as it may."""

ROBOTS = "robots.txt"
"""The reason of a URL that was skipped because the host forbids it to crawlers."""

UNWRITTEN = ("no body", "no title and no body")
"""Reasons of URLs whose pages tell no story: some are announced before it is written."""

TAKEN_DOWN = "taken down"
"""The reason of a URL that was skipped because the collection blocks it, until that is undone."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One row of the ledger."""

    url: str
    """By which it goes, and is asked for; others of the story are variants, in the announcements."""
    site: str
    story: str
    """What all addresses of the story share."""
    first_announced: str
    last_announced: str
    state: State = "pending"
    reason: str | None = None
    """Why it is in that state, e.g. 'redirects to https://…', 'status 500', 'time-out'."""
    date: str | None = None
    """As announced."""
    last_seen: str | None = None
    """When a response for it was last captured."""
    next_look: str | None = None
    """When to ask for it again; None: never."""
    looks: int = 0
    """How often in a row it was found unchanged."""
    since: str | None = None
    """When its article came out or changed last, from which further looks are counted; None, if none was captured."""
    failures: int = 0
    """How often in a row it failed."""

    @property
    def is_good(self) -> bool:
        """Whether the address by which it goes is the one to ask for: the story was had there, or may be yet."""
        return self.state in ("pending", *HAD) or (self.state == "skipped" and self.reason in (BUDGET, TAKEN_DOWN))

    @property
    def was_had(self) -> bool:
        """Whether its story was ever captured; a ledger of old tells it only by the state."""
        return self.since is not None or self.state in HAD

    @property
    def may_be_read(self) -> bool:
        """Whether an article may come of its page, though the last look found none: there was one, or may be yet."""
        return self.was_had or self.reason in UNWRITTEN

    def absorb(self, other: "Entry") -> None:
        """Be the one row of both: what was announced and seen of the other one's story was of this one's."""
        self.first_announced = min(self.first_announced, other.first_announced)
        self.last_announced = max(self.last_announced, other.last_announced)
        self.date = self.date or other.date
        self.since = self.since or other.since
        self.last_seen = max(filter(None, (self.last_seen, other.last_seen)), default=None)

    def as_row(self) -> dict[str, Any]:
        """Column → value."""
        return {name: getattr(self, name) for name in Entry.__slots__}


def stamp(moment: datetime) -> str:
    """A moment as the ledger has it, e.g. '2024-06-11T10:00:00.000000+00:00': later ones are greater."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def stamp_of(date: str | None) -> str | None:
    """An announced date as the ledger stamps moments; a day begins at midnight, UTC; None, if it cannot be read."""
    try:
        there = datetime.fromisoformat(date or "")
        return stamp(there if there.tzinfo else there.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def is_later(date: str | None, known: str | None) -> bool:
    """Whether an announced date is later than one that was known; one that can be read is than none."""
    return (stamp_of(date) or "") > (stamp_of(known) or "")


def latest_believed(now: datetime) -> str:
    """What happened later than this, as the ledger stamps it, happened by a clock that was ahead.

    Clocks of several machines may differ by ten minutes.
    """
    return stamp(now + timedelta(minutes=10))


def brief(reason: str | None) -> str:
    """A reason without the URL in it: what is counted together."""
    return (reason or "").split(" of http")[0].split(" to http")[0]
