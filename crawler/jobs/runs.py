"""Runs of crawls: the queue of those that are to be started, the history of those that ended.

On a server many workers share it. A site has at most one run that is queued or under way; a run is begun by one of
them, for as long as a lease that its crawl renews; and who knows another number of its attempts can do nothing to it.
So at most one crawl of a site is at work, and at most one that asks a host: a run holds the hosts of its site, and no
other that would ask one of them is begun until it has ended. The time is the server's.

No task queue (Huey, Celery) stands beside the history: a run is one row from the queue to its end, changed in one
transaction, which two stores would have to agree on.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from archives.database import Faults, add_missing_columns, holding, preparing, reading, writing
from crawler.jobs import places, timetable
from crawler.jobs.places import Places
from crawler.jobs.run_row import FORGOTTEN, RUNS, SELECT, UNWATCHED, Cause, in_text, runs_of, written
from crawler.jobs.run_row import Run as Run
from crawler.jobs.run_row import Summary as Summary
from crawler.jobs.server_lock import ServerLock
from crawler.jobs.timetable import Timetable
from crawler.sites.site import NOWHERE, Scope

TABLES = (RUNS, FORGOTTEN, *timetable.METADATA.sorted_tables, *places.METADATA.sorted_tables)
_ALONE = 0x6372776C
"""Key of the advisory lock of the one scheduler: 'crwl'."""
QUEUE = 0x71756575
"""Key of what whoever puts a run into the queue, or takes one from it, holds: 'queu'."""
_AT_ONCE = 5_000
"""So many runs of a site are forgotten in one transaction."""
UNENDED, _ENDED = ("queued", "running"), ("done", "failed")


class Runs:
    """The queue and the history, in a database that scheduler and commands share."""

    def __init__(self, engine: sa.Engine, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._now = now
        self.timetable = Timetable(engine)
        """When sites are due, and which are paused."""
        self.places = Places(engine)
        """Where workers are, and what room they have."""
        with Faults(engine), preparing(engine) as connection:
            for table in TABLES:
                connection.execute(CreateTable(table, if_not_exists=True))
                add_missing_columns(connection, table)
                for index in table.indexes:
                    connection.execute(CreateIndex(index, if_not_exists=True))

    @classmethod
    def at(cls, path: Path) -> "Runs":
        """Open the database in a file, which is made if it is not there."""
        return cls(jobs_engine(path))

    @property
    def is_shared(self) -> bool:
        """Whether the database is a server, with which several machines may work."""
        return self._engine.dialect.name == "postgresql"

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def scheduler_lock(self) -> ServerLock | None:
        """What the one scheduler of all machines has; None where there is but this one."""
        return ServerLock(self._engine, _ALONE) if self.is_shared else None

    def queue(self, site: str, collection: str, *, cause: Cause, due: datetime | None = None) -> int | None:
        """Put a run of a site into the queue; its number, or None if one is queued or under way already."""
        with holding(self._engine, QUEUE) as connection:
            unended = sa.select(RUNS.c.id).where(RUNS.c.site == site, RUNS.c.state.in_(UNENDED))
            if connection.execute(unended).first() is not None:
                return None
            row = {"site": site, "collection": collection, "cause": cause, "state": "queued", "attempts": 0}
            row |= {"due": self._stamp(due), "queued": self._stamp()}
            return int(connection.execute(sa.insert(RUNS).values(row).returning(RUNS.c.id)).scalar_one())

    def waiting(self) -> list[Run]:
        """Those that are queued, longest first."""
        return self._read(RUNS.c.state == "queued", newest=False)

    def running(self, *, place: str | None = None) -> list[Run]:
        """Those that are under way, everywhere or begun in one place."""
        here = sa.true() if place is None else sa.or_(RUNS.c.place == place, RUNS.c.place.is_(None))
        return self._read(RUNS.c.state == "running", here, newest=False)

    def unwatched(self) -> dict[str, int]:
        """Site → number of its last run that has ended, of sites with an end that nobody has looked at."""
        query = sa.select(RUNS.c.site, sa.func.max(RUNS.c.id).label("last")).where(UNWATCHED).group_by(RUNS.c.site)
        with reading(self._engine) as connection:
            return {row.site: row.last for row in connection.execute(query)}

    def note_watched(self, last: Mapping[str, int]) -> None:
        """Note that somebody has looked at the runs of sites that have ended, up to these numbers."""
        with writing(self._engine) as connection:
            for site, number in last.items():
                seen = (UNWATCHED, RUNS.c.site == site, RUNS.c.id <= number)
                connection.execute(sa.update(RUNS).where(*seen).values(watched=True))

    def lapsed(self) -> list[Run]:
        """Those that nobody said to have ended, and whose lease has run out."""
        if not self.is_shared:
            return []
        return self._read(RUNS.c.state == "running", RUNS.c.leased_until < sa.func.clock_timestamp(), newest=False)

    def recent(self, *, site: str | None = None, limit: int = 20) -> list[Run]:
        """The newest ones, of all sites or one."""
        return self._read(*(() if site is None else (RUNS.c.site == site,)), limit=limit)

    def last_ended(self) -> dict[str, Run]:
        """The last run of each site that came to an end."""
        return {run.site: run for run in self._read(RUNS.c.id.in_(_newest_ended()), newest=False)}

    def counts(self) -> dict[tuple[str, str], int]:
        """Site and state → how many runs, forgotten ones too."""
        query = sa.select(RUNS.c.site, RUNS.c.state, sa.func.count()).group_by(RUNS.c.site, RUNS.c.state)
        counts: Counter[tuple[str, str]] = Counter()
        with reading(self._engine) as connection:
            for site, state, count in (*connection.execute(query), *connection.execute(sa.select(FORGOTTEN))):
                counts[site, state] += count
        return dict(counts)

    def forget(self, before: datetime, *, but: int) -> int:
        """Delete runs that ended before a moment; returns how many. How many there were stays known.

        Of each site the newest `but` so many are kept, and its last in each state. Of very many, some wait.
        """
        return sum(self._forget(site, self._stamp(before), but) for site in self.last_ended())

    def _forget(self, site: str, before: str, but: int) -> int:
        one = RUNS.alias("one")
        ended = (one.c.site == site, one.c.state.in_(_ENDED))
        edge = sa.select(one.c.id).where(*ended).order_by(one.c.id.desc()).offset(but).limit(1).scalar_subquery()
        last = sa.select(sa.func.max(one.c.id)).where(*ended).group_by(one.c.state)
        old = sa.alias(RUNS, "old")
        which = (old.c.site == site, old.c.state.in_(_ENDED), old.c.ended < before, old.c.id <= edge)
        some = sa.select(old.c.id).where(*which, old.c.id.not_in(last)).order_by(old.c.id).limit(_AT_ONCE)
        with writing(self._engine) as connection:
            deleted = sa.delete(RUNS).where(RUNS.c.id.in_(some)).returning(RUNS.c.state)
            states = Counter(connection.execute(deleted).scalars())
            for state, count in states.items():
                known = (FORGOTTEN.c.site == site, FORGOTTEN.c.state == state)
                more = sa.update(FORGOTTEN).where(*known).values(runs=FORGOTTEN.c.runs + count)
                if not connection.execute(more).rowcount:
                    connection.execute(sa.insert(FORGOTTEN).values(site=site, state=state, runs=count))
        return states.total()

    def of(self, number: int) -> Run | None:
        """The run with that number."""
        return next(iter(self._read(RUNS.c.id == number)), None)

    def begin(
        self, run: Run, *, reach: Scope = NOWHERE, place: str | None = None, lease: float | None = None
    ) -> Run | None:
        """Take a run that is queued, again or for the first time, and the hosts that its crawl may ask.

        None, if somebody else was faster, or a run under way has one of the hosts. On a server it is taken for `lease`
        seconds, unless that is renewed.
        """
        changed = {"state": "running", "started": run.started or self._stamp(), "attempts": run.attempts + 1}
        until = None if lease is None or not self.is_shared else _from_now(lease)
        where = {"place": place, "hosts": " ".join(reach.domains), "leased_until": until}
        with holding(self._engine, QUEUE) as connection:
            under_way = runs_of(connection.execute(SELECT.where(RUNS.c.state == "running")))
            if any(reach.meets(Scope(other.hosts)) for other in under_way):
                return None
            begun = _change(connection, run, {**changed, **where})
        return self.of(run.id) if begun else None

    def put_back(
        self, run: Run, *, is_death: bool = False, summary: Summary | None = None, queued: str | None = None
    ) -> Run | None:
        """Note that a run was stopped, or cut off: it waits to be gone on with. None, if it is another's by now.

        `summary`: of all that was done until then, if there is anything new; `queued`: since when it waits, if not now.
        """
        changed = {"state": "queued", "queued": queued or self._stamp(), "deaths": run.deaths + is_death}
        return self._change(run, changed if summary is None else {**changed, "summary": written(summary)})

    def end(
        self,
        run: Run,
        *,
        status: int | None,
        problem: str | None = None,
        summary: Summary | None = None,
        failed: bool = False,
    ) -> Run | None:
        """Note how a run ended; None, if it is another's by now."""
        changed = {"state": "failed" if failed else "done", "ended": self._stamp(), "status": status}
        return self._change(run, {**changed, "problem": in_text(problem), "summary": written(summary)})

    def note(
        self, site: str, collection: str, *, started: datetime, status: int, problem: str | None, summary: Summary
    ) -> None:
        """Put a crawl that somebody made by hand into the history, now that it has ended."""
        when = {"due": self._stamp(started), "started": self._stamp(started), "ended": self._stamp()}
        how = {"status": status, "problem": in_text(problem), "summary": written(summary)}
        row = {"site": site, "collection": collection, "cause": "by hand", "state": "done", "attempts": 1}
        row["watched"] = True  # nobody is told of what somebody did by hand
        with writing(self._engine) as connection:
            connection.execute(sa.insert(RUNS).values({**row, **when, **how}))

    # Leases

    def renew(self, number: int, attempt: int, seconds: float) -> bool:
        """Have the lease of a run's attempt end so much later than now; False, if it has run out."""
        query = sa.update(RUNS).where(*_holds(RUNS, number, attempt)).values(leased_until=_from_now(seconds))
        with writing(self._engine) as connection:
            return bool(connection.execute(query).rowcount)

    def holding(self, number: int, attempt: int) -> sa.Select[Any]:
        """What finds a row, in any schema of the server, while the lease of a run's attempt holds.

        Until the transaction ends nobody takes the run over.
        """
        with reading(self._engine) as connection:
            schema = connection.execute(sa.select(sa.func.current_schema())).scalar_one()
        runs = RUNS.to_metadata(sa.MetaData(), schema=schema)
        return sa.select(runs.c.id).where(*_holds(runs, number, attempt)).with_for_update(read=True)

    def _change(self, run: Run, values: Mapping[str, Any]) -> Run | None:
        with writing(self._engine) as connection:
            changed = _change(connection, run, values)
        return self.of(run.id) if changed else None

    def _read(self, *which: sa.ColumnElement[bool], newest: bool = True, limit: int | None = None) -> list[Run]:
        query = SELECT.where(*which).order_by(RUNS.c.id.desc() if newest else RUNS.c.id).limit(limit)
        with reading(self._engine) as connection:
            return list(runs_of(connection.execute(query)))

    def _stamp(self, moment: datetime | None = None) -> str:
        return (moment or self._now()).astimezone(UTC).isoformat(timespec="microseconds")


def _change(connection: sa.Connection, run: Run, values: Mapping[str, Any]) -> bool:
    """Change a run's row, if it is as it was when it was read; returns whether it is changed."""
    as_it_was = (RUNS.c.id == run.id, RUNS.c.state == run.state, RUNS.c.attempts == run.attempts)
    return bool(connection.execute(sa.update(RUNS).where(*as_it_was).values(values)).rowcount)


def _holds(runs: sa.Table, number: int, attempt: int) -> tuple[sa.ColumnElement[bool], ...]:
    is_it = (runs.c.id == number, runs.c.attempts == attempt, runs.c.state == "running")
    return (*is_it, runs.c.leased_until > sa.func.clock_timestamp())


def _newest_ended() -> sa.CompoundSelect[Any]:
    """Numbers of each site's last run that is done, and of its last that failed: a few looks into the index for each.

    Grouping would read years of runs; so the sites are found by skipping from one to the next.
    """
    first = sa.select(sa.func.min(RUNS.c.site).label("site")).cte("sites", recursive=True)
    following = sa.select(sa.func.min(RUNS.c.site)).where(RUNS.c.site > first.c.site).scalar_subquery()
    sites = first.union_all(sa.select(following).where(first.c.site.is_not(None)))
    newest = sa.select(sa.func.max(RUNS.c.id)).where(RUNS.c.site == sites.c.site)
    ended = (newest.where(RUNS.c.state == state).correlate(sites).scalar_subquery() for state in _ENDED)
    return sa.union_all(*(sa.select(one).select_from(sites) for one in ended))


def _from_now(seconds: float) -> sa.ColumnElement[datetime]:
    return sa.func.clock_timestamp() + sa.literal(timedelta(seconds=seconds), sa.Interval())


def jobs_engine(path: Path) -> sa.Engine:
    """The scheduler's database in a file, which is made if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return sa.create_engine(sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": 30})
