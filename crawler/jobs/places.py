"""The disks that workers crawl to, and what room is left on each: on a server, for whoever looks after all."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from archives.database import reading, writing

METADATA = sa.MetaData()
_PLACES = sa.Table(
    "places",
    METADATA,
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("free", sa.BigInteger, nullable=False),
    sa.Column("heard", sa.DateTime(timezone=True), nullable=False),
)
_SILENT = sa.literal(timedelta(days=1), sa.Interval())
"""A worker of which nothing was heard for so long is taken for gone, and its disk with it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Host and folder of a worker's collections."""

    place: str
    free: int
    """Bytes that were free when it was heard of last."""


class Places:
    """The table of places, beside the runs that are begun there. The time is the server's; SQLite has one disk."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def note(self, place: str, free: int) -> None:
        """Note how many bytes are free in a place."""
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        heard = {"free": free, "heard": sa.func.now()}
        row = insert(_PLACES).values(place=place, **heard)
        with writing(self._engine) as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["place"], set_=heard))

    def all(self) -> list[Place]:
        """Those that were heard of within a day."""
        if self._engine.dialect.name != "postgresql":
            return []
        query = sa.select(_PLACES.c.place, _PLACES.c.free).where(_PLACES.c.heard > sa.func.now() - _SILENT)
        with reading(self._engine) as connection:
            return [Place(*row) for row in connection.execute(query.order_by(_PLACES.c.place))]
