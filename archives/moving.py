"""A mark on a catalog on a server while rows move between it and a folder: who dies at that may leave two catalogs.

Nobody goes on with the one on the server then, which would lack what the other one has or gets, until the move is done.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from archives.catalog import Catalog
from archives.database import Faults, open_database, preparing
from archives.errors import StorageFailed
from archives.layout import Layout


def _mark(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), sa.Column("place", sa.Text, nullable=False))


_HERE, _BACK = _mark("moved_here"), _mark("moved_back")


def mark_here(database: str, layout: Layout, tables: Sequence[sa.Table]) -> None:
    """Note on the server at a URL that the folder's catalog moves there, before any table is there to be written to.

    Where any of the tables has rows already, nothing is noted: they are another's, or all of the folder's.
    """
    engine = open_database(database, write=True, schema=layout.name)
    try:
        with Faults(engine), preparing(engine, layout.name) as connection:
            if not _has_rows(connection, tables):
                _put(connection, _HERE, layout)
    finally:
        engine.dispose()


def unmark_here(catalog: Catalog) -> None:
    """Take that back, as the catalog in the folder is set aside."""
    with catalog.writing() as connection:
        _HERE.drop(connection, checkfirst=True)


def has_moved_here(catalog: Catalog, layout: Layout) -> bool:
    """Whether the folder's catalog was set aside, and the mark left; only for who knows that no move goes on."""
    return bool(layout.moved) and not layout.has_catalog and _place(catalog, _HERE) == _place_of(layout)


def mark_back(catalog: Catalog, layout: Layout) -> None:
    """Note on a server that the catalog is in the folder from now on."""
    with catalog.writing() as connection:
        _put(connection, _BACK, layout)


def unmark_back(connection: sa.Connection) -> None:
    """Take that back."""
    _BACK.drop(connection, checkfirst=True)


def is_marked_back(catalog: Catalog) -> bool:
    """Whether a move into a folder was cut off; only for who knows that none goes on."""
    return _place(catalog, _BACK) is not None


def unmarked(catalog: Catalog, layout: Layout) -> Catalog:
    """The catalog, if nobody moves it; else StorageFailed, and it is closed."""
    try:
        here, back = _place(catalog, _HERE), _place(catalog, _BACK)
    except BaseException:
        catalog.engine.dispose()
        raise
    if here is None and back is None:
        return catalog
    catalog.engine.dispose()
    move, option = (f"from {here} to the server", "") if back is None else (f"into {back}", " --back")
    what = f"the move of its catalog {move} was cut off; 'newswarc migrate {layout.name}{option}' there"
    raise StorageFailed(f"{layout.root}: {what} does the rest")


def _put(connection: sa.Connection, mark: sa.Table, layout: Layout) -> None:
    mark.create(connection, checkfirst=True)
    connection.execute(sa.delete(mark))
    connection.execute(sa.insert(mark).values(place=_place_of(layout)))


def _has_rows(connection: sa.Connection, tables: Sequence[sa.Table]) -> bool:
    there = sa.inspect(connection).get_table_names()
    some = (sa.select(sa.literal(1)).select_from(table).limit(1) for table in tables if table.name in there)
    return any(connection.execute(query).first() for query in some)


def _place(catalog: Catalog, mark: sa.Table) -> str | None:
    if catalog.engine.dialect.name == "sqlite":
        return None
    with catalog.reading() as connection:
        if not sa.inspect(connection).has_table(mark.name):
            return None
        return connection.execute(sa.select(mark.c.place)).scalars().first()


def _place_of(layout: Layout) -> str:
    return str(layout.root.resolve())


def this_second() -> str:
    """In UTC, as names of what is set aside have it, e.g. '20310302T080000Z'."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
