"""Incidents: what is wrong, from when to when, and whether somebody was told. They outlive whoever found them."""

from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from archives.database import Faults, add_missing_columns, preparing, reading, writing
from crawler.jobs.alerts.checks import KINDS, Finding, Kind

METADATA = sa.MetaData()
_INCIDENTS = sa.Table(
    "incidents",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("opened", sa.Text, nullable=False),
    sa.Column("closed", sa.Text),
    sa.Column("told", sa.Text),
    sa.Column("recovery_told", sa.Text),
    sa.Column("returned", sa.Boolean),
)
CALM = timedelta(hours=6)
"""What is wrong again within so long was not over."""
_OPEN = _INCIDENTS.c.closed.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that is or was wrong. Moments are ISO 8601 in UTC."""

    id: int
    site: str
    """'' of what is wrong with the machine, or the files on it."""
    kind: Kind
    subject: str
    text: str
    opened: str
    closed: str | None
    told: str | None
    """When somebody was told of it; None as long as nobody could be."""
    recovery_told: str | None
    returned: bool | None
    """Whether it seemed to be over meanwhile: then it is said to be so only once it has been for a while."""

    @property
    def what(self) -> str:
        """Its text without the advice."""
        return self.text.partition("; ")[0]


class Incidents:
    """The table of incidents, in the scheduler's database."""

    def __init__(self, engine: sa.Engine, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._now = now
        with Faults(engine), preparing(engine) as connection:
            connection.execute(CreateTable(_INCIDENTS, if_not_exists=True))
            add_missing_columns(connection, _INCIDENTS)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def update(self, site: str, found: Iterable[Finding], *, kinds: Container[Kind] = KINDS) -> None:
        """Open an incident for each finding that has none, and close those of the site that are not found any more.

        One that was closed a short while ago is open again, and told again if it was said to be over. Incidents of
        other `kinds` stay as they are: nobody looked for them.
        """
        wrong = {(finding.kind, finding.subject): finding for finding in found}
        open_now = {(one.kind, one.subject): one.id for one in self.open(site) if one.kind in kinds}
        lately = {(one.kind, one.subject): one for one in self._lately_closed(site)}
        with writing(self._engine) as connection:
            for key, finding in wrong.items():
                if key in lately and key not in open_now:
                    self._open_again(connection, lately[key], finding.text)
                elif key not in open_now:
                    row = {"site": site, "kind": finding.kind, "subject": finding.subject, "text": finding.text}
                    connection.execute(sa.insert(_INCIDENTS).values(**row, opened=self._stamp()))
            over = [number for key, number in open_now.items() if key not in wrong]
            if over:
                ended = sa.update(_INCIDENTS).where(_INCIDENTS.c.id.in_(over)).values(closed=self._stamp())
                connection.execute(ended)

    def _lately_closed(self, site: str) -> list[Incident]:
        return self._read(_INCIDENTS.c.site == site, _INCIDENTS.c.closed > self._stamp(before=CALM))

    def _open_again(self, connection: sa.Connection, one: Incident, text: str) -> None:
        told = one.told if one.recovery_told is None else None
        again = {"closed": None, "text": text, "told": told, "recovery_told": None, "returned": True}
        connection.execute(sa.update(_INCIDENTS).where(_INCIDENTS.c.id == one.id).values(again))

    def drop(self, site: str, why: str) -> None:
        """Close those of a site that nobody looks at any more; the text of each says why, instead of what to do."""
        over = self.open(site)
        with writing(self._engine) as connection:
            for one in over:
                closed = {"closed": self._stamp(), "text": f"{one.what}, and {why}"}
                connection.execute(sa.update(_INCIDENTS).where(_INCIDENTS.c.id == one.id).values(closed))

    def open(self, site: str | None = None) -> list[Incident]:
        """Those that go on, of all sites or one, the oldest first."""
        return self._read(_OPEN, *(() if site is None else (_INCIDENTS.c.site == site,)))

    def recent(self, limit: int) -> list[Incident]:
        """The newest ones, open or closed."""
        return self._read(newest=limit)

    def untold(self) -> list[Incident]:
        """Those that somebody has to be told of: that they began, or that they are over.

        Of what was over before anybody could be told, nobody is; and of what comes and goes only once it stays away.
        """
        begun = sa.and_(_OPEN, _INCIDENTS.c.told.is_(None))
        stays_away = sa.or_(_INCIDENTS.c.returned.is_(None), _INCIDENTS.c.closed <= self._stamp(before=CALM))
        over = sa.and_(~_OPEN, stays_away, _INCIDENTS.c.told.is_not(None), _INCIDENTS.c.recovery_told.is_(None))
        return self._read(sa.or_(begun, over))

    def note_told(self, incidents: Collection[Incident]) -> None:
        """Note that somebody was told of these."""
        with writing(self._engine) as connection:
            for incident in incidents:
                column = "told" if incident.closed is None else "recovery_told"
                which = _INCIDENTS.c.id == incident.id
                connection.execute(sa.update(_INCIDENTS).where(which).values({column: self._stamp()}))

    def _read(self, *which: sa.ColumnElement[bool], newest: int | None = None) -> list[Incident]:
        order = _INCIDENTS.c.id if newest is None else _INCIDENTS.c.id.desc()
        query = sa.select(_INCIDENTS).where(*which).order_by(order).limit(newest)
        with reading(self._engine) as connection:
            return [Incident(**row._asdict()) for row in connection.execute(query)]

    def _stamp(self, *, before: timedelta = timedelta(0)) -> str:
        """Now, or so long before."""
        return (self._now() - before).astimezone(UTC).isoformat(timespec="seconds")
