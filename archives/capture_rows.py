"""Captures as rows of the catalog, and the rows of one WARC file, as far as they are committed."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Engine, bindparam, delete, func, insert, select

from archives.cdxj import Capture
from archives.database import reading, writing
from archives.revisions import forget_sightings
from archives.schema import captures_table

_FIELDS = tuple(field.name for field in fields(Capture))
_COLUMNS = captures_table.c

SELECT = select(*(_COLUMNS[name] for name in _FIELDS))
"""Rows that `capture_of` understands."""


def row_of(capture: Capture) -> dict[str, Any]:
    """A capture as a row."""
    return {name: getattr(capture, name) for name in _FIELDS}


def capture_of(row: Sequence[Any]) -> Capture:
    """The capture that a row of SELECT is."""
    return Capture(**dict(zip(_FIELDS, row, strict=True)))


class WarcRows:
    """The rows of one WARC file."""

    def __init__(self, engine: Engine, warc: str) -> None:
        self._engine = engine
        self._warc = warc
        self._here = _COLUMNS.warc == warc

    def __iter__(self) -> Iterator[Capture]:
        """The captures in the order of their places."""
        query = SELECT.where(self._here).order_by(_COLUMNS.offset, _COLUMNS.id)
        with reading(self._engine) as connection:
            yield from map(capture_of, connection.execution_options(yield_per=500).execute(query))

    def count(self) -> int:
        """How many there are."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).where(self._here)).scalar_one()

    def last_place(self) -> int:
        """Offset of the last capture; 0 if there is none."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(_COLUMNS.offset)).where(self._here)).scalar() or 0

    def next_place(self, offset: int) -> int | None:
        """Where the next capture behind an offset is; None if it is the last."""
        query = select(func.min(_COLUMNS.offset)).where(self._here, _COLUMNS.offset > offset)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar()

    def drop_behind(self, offset: int) -> int:
        """Forget captures whose records are not in the file any more, and what came of them; returns how many.

        In a power cut rows may outlive the bytes that they were made from.
        """
        gone = delete(captures_table).where(self._here, _COLUMNS.offset >= offset)
        with writing(self._engine) as connection:
            dropped = connection.execute(gone.returning(_COLUMNS.record_id)).scalars().all()
            forget_sightings(connection, dropped)
        return len(dropped)

    def replace(self, captures: Sequence[Capture]) -> None:
        """Give the file exactly these rows, in one transaction; a record has one row, in whatever file."""
        rows = [row_of(capture) for capture in captures]
        with writing(self._engine) as connection:
            connection.execute(delete(captures_table).where(self._here))
            if rows:
                same_record = delete(captures_table).where(_COLUMNS.record_id == bindparam("of"))
                connection.execute(same_record, [{"of": row["record_id"]} for row in rows])
                connection.execute(insert(captures_table), rows)
