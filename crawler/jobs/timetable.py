"""When each scheduled site is due next, and which of them are paused."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from archives.database import reading, writing

METADATA = sa.MetaData()
SITES = sa.Table(
    "scheduled_sites",
    METADATA,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("next_due", sa.Text),
    sa.Column("paused", sa.Boolean, nullable=False),
)


class Timetable:
    """The table of scheduled sites, beside their runs; one of `METADATA`, which whoever opens the database makes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def due(self) -> dict[str, datetime]:
        """When the schedule has each site's next run; without those that no scheduler ever looked at."""
        query = sa.select(SITES.c.site, SITES.c.next_due).where(SITES.c.next_due.is_not(None))
        with reading(self._engine) as connection:
            return {site: datetime.fromisoformat(due) for site, due in connection.execute(query)}

    def set_due(self, site: str, due: datetime) -> None:
        """Note when a site's next run is."""
        self._put(site, next_due=due.astimezone(UTC).isoformat(timespec="microseconds"))

    def clear(self, site: str) -> None:
        """Note that a site has no next run any more."""
        self._put(site, next_due=None)

    def pause(self, site: str) -> None:
        """Let the schedule start no further run of the site."""
        self._put(site, paused=True)

    def resume(self, site: str) -> None:
        """Let the schedule start runs of the site again."""
        self._put(site, paused=False)

    def paused(self) -> frozenset[str]:
        """The sites that are paused."""
        with reading(self._engine) as connection:
            return frozenset(connection.execute(sa.select(SITES.c.site).where(SITES.c.paused)).scalars())

    def _put(self, site: str, **values: Any) -> None:  # noqa: ANN401  # columns of the table
        """In one statement: a scheduler and a command may both be the first to have something of a site."""
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        row = insert(SITES).values({"site": site, "paused": False, **values})
        with writing(self._engine) as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["site"], set_=values))
