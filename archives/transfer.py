"""The rows of a catalog in another database: copied in one transaction, with their numbers, and then compared."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa

from archives.database import place_of, wait_for_ever
from archives.errors import StorageFailed

BATCH = 1000
"""Rows that are copied at a time."""

OnTable = Callable[[str], object]
"""Is told each table before its rows are copied."""


def copy_rows(
    source: sa.Connection, target: sa.Connection, tables: Sequence[sa.Table], progress: OnTable = lambda _: None
) -> dict[str, int]:
    """Have in the target, whose tables are there, what the source has in the same ones; table → rows.

    Columns hold texts, numbers and truth values, which mean the same in any database, and no moments, which do not.
    What the target had before must be the same, or nothing. StorageFailed, if it is not, or if it differs afterwards:
    then the caller's transaction is not to be committed. Numbers that were given once are not given again.
    """
    for connection in (source, target):
        wait_for_ever(connection)  # the one for what the other one reads
    done = {}
    for table in [table for table in tables if sa.inspect(source).has_table(table.name)]:
        progress(table.name)
        wanted, there = _sum(source, table), _sum(target, table)
        if there != wanted:
            if there[0]:
                what = f"has other rows in {table.name} already; choose another database, or move them away"
                raise StorageFailed(f"{place_of(target.engine.url)}: {what}")
            for rows in _rows(source, table):
                target.execute(sa.insert(table), [row._asdict() for row in rows])
            if _sum(target, table) != wanted:
                raise StorageFailed(f"{table.name}: is not the same after copying; nothing was changed")
        _go_on_behind(target, table, max(_given(source, table), _given(target, table)))
        done[table.name] = wanted[0]
    return done


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[Sequence[sa.Row[tuple[object, ...]]]]:
    query = sa.select(table).order_by(*table.primary_key.columns)
    yield from connection.execute(query.execution_options(yield_per=BATCH)).partitions()


def _sum(connection: sa.Connection, table: sa.Table) -> tuple[int, int]:
    """Number of rows, and the sum of their digests: databases sort differently."""
    count = total = 0
    for rows in _rows(connection, table):
        count += len(rows)
        total += sum(int.from_bytes(hashlib.sha256(json.dumps(list(row)).encode()).digest()) for row in rows)
    return count, total % 2**256


def _has_numbers(table: sa.Table) -> bool:
    """Whether rows are numbered such that no number may come twice."""
    return bool(table.dialect_options["sqlite"]["autoincrement"])


def _given(connection: sa.Connection, table: sa.Table) -> int:
    """The highest number that was given to a row of a table, whether the row is still there or not; 0 if none is."""
    if "id" not in table.c:
        return 0
    last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0
    if connection.dialect.name == "postgresql":
        given = sa.text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {table.name}_id_seq")  # noqa: S608
    elif _has_numbers(table):
        given = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name").bindparams(name=table.name)
    else:
        return last
    return max(last, connection.execute(given).scalar() or 0)


def _go_on_behind(connection: sa.Connection, table: sa.Table, number: int) -> None:
    if not number:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"SELECT setval('{table.name}_id_seq', :number)"), {"number": number})
    elif _has_numbers(table):
        name = {"name": table.name}
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), name)
        connection.execute(sa.text("INSERT INTO sqlite_sequence VALUES (:name, :number)"), {**name, "number": number})
