"""One row of the ledger: an announced story, and what became of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

State = Literal["pending", "captured", "unchanged", "skipped", "failed", "gone"]

HAD: tuple[State, ...] = ("captured", "unchanged")
"""States of a story that is in the archive, as it is now."""

BUDGET = "budget"
"""The reason of a URL that was skipped because the crawl had asked for as many pages as it may."""

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
    def leads(self) -> bool:
        """Whether the story is to be found under this URL."""
        return self.state in ("pending", "captured", "unchanged") or (self.state == "skipped" and self.reason == BUDGET)

    def as_row(self) -> dict[str, Any]:
        """Column → value."""
        return {name: getattr(self, name) for name in Entry.__slots__}


def stamp(moment: datetime) -> str:
    """A moment as the ledger has it, e.g. '2024-06-11T10:00:00.000000+00:00': later ones are greater."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def brief(reason: str | None) -> str:
    """A reason without the URL in it: what is counted together."""
    return (reason or "").split(" of http")[0].split(" to http")[0]
