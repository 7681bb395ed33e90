"""One run as a row: of a table that holds the queue and the history, from the one to the other."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

import sqlalchemy as sa

Cause = Literal["schedule", "asked", "by hand"]
"""What a run is of: its site's schedule, `newswarc jobs run`, or `newswarc crawl`, which asks no queue."""
RunState = Literal["queued", "running", "done", "failed"]
Summary = Mapping[str, Any]

LEASE = "leased_until"
RUNS = sa.Table(
    "runs",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("collection", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("due", sa.Text, nullable=False),
    sa.Column("started", sa.Text),
    sa.Column("ended", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("problem", sa.Text),
    sa.Column("summary", sa.Text),
    sa.Column("place", sa.Text),
    sa.Column("hosts", sa.Text),
    sa.Column(LEASE, sa.DateTime(timezone=True)),
    sa.Column("watched", sa.Boolean),
    sa.Column("deaths", sa.Integer),
    sa.Column("queued", sa.Text),
    sa.Index("ix_runs_site_state_id", "site", "state", "id"),  # for figures of years of runs, and each site's last
)
UNWATCHED = sa.and_(RUNS.c.ended.is_not(None), RUNS.c.watched.is_(None))
"""Runs that have ended, and nobody has looked yet what that shows."""
sa.Index("ix_runs_unwatched", RUNS.c.site, RUNS.c.id, sqlite_where=UNWATCHED, postgresql_where=UNWATCHED)
FORGOTTEN = sa.Table(
    "forgotten_runs",
    sa.MetaData(),
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, primary_key=True),
    sa.Column("runs", sa.Integer, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One crawl of a site, asked for or due by its schedule. Moments are ISO 8601 in UTC."""

    id: int
    site: str
    collection: str
    cause: Cause
    state: RunState
    due: str
    started: str | None
    """The first time; a run that was cut off is started again and goes on."""
    ended: str | None
    attempts: int
    status: int | None
    """Exit status of the crawl; None while it has none, and where nobody saw it end."""
    problem: str | None
    """The one line that says why a run failed, or what it found bad."""
    summary: Summary | None
    """What `newswarc crawl --json` said; of a run that took several crawls, of all that were not killed."""
    place: str | None = None
    """Host and folder of the collections of whoever began it last."""
    hosts: tuple[str, ...] = ()
    """What its crawl may ask, as its site said when it was begun last."""
    queued: str | None = None
    """When it was put into the queue, or back; None, if that was before it was noted."""
    deaths: int = 0
    """How many of its attempts were cut off, but for those that were stopped in order."""


_FIELDS = tuple(field.name for field in fields(Run))
SELECT = sa.select(*(RUNS.c[name] for name in _FIELDS))


def written(summary: Summary | None) -> str | None:
    """A summary as a row has it."""
    return None if summary is None else json.dumps(summary, ensure_ascii=False)


def in_text(problem: str | None) -> str | None:
    """What somebody said as a row has it: PostgreSQL's texts have no NUL, as a power cut may put into a file."""
    return problem and problem.replace("\0", "")


def runs_of(rows: Iterable[sa.Row[Any]]) -> Iterator[Run]:
    """The runs in rows of SELECT."""
    for row in rows:
        values = dict(zip(_FIELDS, row, strict=True))
        summary = json.loads(row.summary) if row.summary else None
        hosts, deaths = tuple((row.hosts or "").split()), row.deaths or 0
        yield Run(**{**values, "summary": summary, "hosts": hosts, "deaths": deaths})


def is_site(name: str) -> bool:
    """Whether runs of a name are a site's: what is crawled by hand at an address is noted under that."""
    return "://" not in name
