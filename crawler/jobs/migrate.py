"""A collection's catalog and ledger, moved from its folder to a database server, and back.

All rows are copied in one transaction and compared; then what they were copied from is set aside under another name,
so that nobody goes on with it by mistake. Who dies in between has lost nothing, and goes on by doing it again.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from archives import moving, schema, stored
from archives.catalog import Catalog
from archives.collection import Collection, catalog_of, is_known
from archives.database import is_server
from archives.errors import CollectionLocked, CollectionMissing, StorageFailed
from archives.folders import elsewhere
from archives.in_place import draft_of
from archives.layout import Layout, sync_folder
from archives.lock import writer_lock
from archives.transfer import OnTable, copy_rows
from crawler.frontier import tables as ledger

_TABLES = (*schema.metadata.sorted_tables, stored.TABLE, *ledger.METADATA.sorted_tables)
_LONGEST_STEM = 40
"""Bytes of a schema's name that are kept when it is set aside: identifiers have 63."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What was moved."""

    rows: dict[str, int]
    """Table → how many."""
    set_aside: str
    """Name of the file or schema that they were copied from."""


def migrate(path: Path, database: str, *, back: bool = False, progress: OnTable = lambda _: None) -> Migrated | None:
    """Move catalog and ledger of the collection in a folder to the server at a URL, or `back` from there.

    None, if they moved there before. ArchiveError: CollectionLocked while a crawl is at work, or somebody reads the
    catalog in the folder; StorageFailed, if there are other rows already, or if the collection is in several folders
    and is to go back into one.
    """
    layout = Layout(path)
    layout.require()
    if not is_server(database):
        raise StorageFailed("NEWSWARC_DATABASE names no server; a catalog moves from SQLite to PostgreSQL, or back")
    source = database if back else None
    if not back and (finished := _finished(layout, database)):
        return finished
    if _has_moved(layout, database, back=back):
        return None
    _require_catalog(layout, source)
    if back and (finished := _finished_back(layout, database)):
        return finished
    with Collection.open(path, write=True, create=False, database=source) as collection:  # puts right what died
        ledger.prepare(collection.catalog.engine)
        if not back:
            with collection.catalog.writing() as connection:
                ledger.write_nuls_out(connection)
    lock = writer_lock(layout)
    try:
        if not back:
            _give_up_wal(layout)
        rows = _copied_back(layout, database, progress) if back else _copied(layout, database, progress)
        set_aside = _set_schema_aside(layout, database) if back else _set_catalog_aside(layout, database)
    finally:
        lock.release()
    _take_on(layout, None if back else database)
    return Migrated(rows=rows, set_aside=set_aside)


def _has_moved(layout: Layout, database: str, *, back: bool) -> bool:
    if back:
        return layout.came_back.exists() and layout.has_catalog and not is_known(layout, database)
    return bool(layout.moved) and not layout.catalog.exists() and is_known(layout, database)


def _take_on(layout: Layout, database: str | None) -> None:
    """Have the collection, where it is now, know what of it is in a store as this folder's."""
    with Collection.open(layout.root, write=True, create=False, database=database) as collection:
        stored.own(collection.catalog, layout)


def _require_catalog(layout: Layout, database: str | None) -> None:
    if database is None:
        if not layout.catalog.exists():
            what = "there is no catalog in the folder: nothing was crawled into it yet, or it was moved already"
            raise CollectionMissing(f"{layout.root}: {what}")
        return
    if not is_known(layout, database):
        raise CollectionMissing(f"{layout.root}: the database has no catalog of {layout.name}; nothing is to be moved")
    with closing(catalog_of(layout, database, write=False)) as catalog:
        if others := elsewhere(catalog, layout):
            what = f"files of the collection are also in {', '.join(sorted(set(others.values())))}"
            raise StorageFailed(f"{layout.root}: {what}; copy them into this folder, and move it then")


def _give_up_wal(layout: Layout) -> None:
    """Have the catalog be one file: its WAL would stay behind under the old name, for whatever is made there next.

    https://sqlite.org/pragma.html#pragma_journal_mode: it takes that nobody else has the file open.
    """
    with closing(sqlite3.connect(layout.catalog, timeout=1)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as exc:
            what = "somebody has it open; stop what reads it, such as 'newswarc serve', and move it then"
            raise CollectionLocked(f"{layout.catalog}: {what}") from exc


def _copied(layout: Layout, database: str, progress: OnTable) -> dict[str, int]:
    moving.mark_here(database, layout, _TABLES)
    source = catalog_of(layout, None, write=False)
    with closing(source), closing(catalog_of(layout, database, write=True)) as target:
        return _copy(source, target, progress)


def _copied_back(layout: Layout, database: str, progress: OnTable) -> dict[str, int]:
    with closing(catalog_of(layout, database, write=False)) as source, made_if_missing(layout.catalog) as draft:
        with closing(Catalog.at(draft, write=True)) as target:
            rows = _copy(source, target, progress)
        moving.mark_back(source, layout)
        return rows


def _finished(layout: Layout, database: str) -> Migrated | None:
    """The end of a move to the server that was cut off once the folder's catalog was set aside."""
    if layout.catalog.exists() or not is_known(layout, database):
        return None
    lock = writer_lock(layout)
    try:
        with closing(catalog_of(layout, database, write=False)) as catalog:
            if not moving.has_moved_here(catalog, layout):
                return None
            rows = _counted(catalog)
            moving.unmark_here(catalog)
    finally:
        lock.release()
    _take_on(layout, database)
    return Migrated(rows=rows, set_aside=str(layout.moved[-1]))


def _finished_back(layout: Layout, database: str) -> Migrated | None:
    """The end of a move back that was cut off once the folder had its catalog, which may have gone on since."""
    lock = writer_lock(layout)
    try:
        with closing(catalog_of(layout, database, write=False)) as catalog:
            if not moving.is_marked_back(catalog):
                return None
            if not layout.catalog.exists():
                with catalog.writing() as connection:
                    moving.unmark_back(connection)
                return None
            rows = _counted(catalog)
        return Migrated(rows=rows, set_aside=_set_schema_aside(layout, database))
    finally:
        lock.release()


def _counted(catalog: Catalog) -> dict[str, int]:
    with catalog.reading() as connection:
        count = sa.select(sa.func.count())
        return {table.name: connection.execute(count.select_from(table)).scalar_one() for table in _tables(connection)}


def _copy(source: Catalog, target: Catalog, progress: OnTable) -> dict[str, int]:
    ledger.prepare(target.engine)
    if stored.in_use(source):
        stored.prepare(target)
    with source.reading() as one, target.writing() as other:
        return copy_rows(one, other, _tables(one), progress)


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """Those that are to be moved, of which a catalog of old may lack some."""
    there = sa.inspect(connection)
    return [table for table in _TABLES if there.has_table(table.name)]


def _set_catalog_aside(layout: Layout, database: str) -> str:
    """Nobody writes on the server before, and in the folder after."""
    with closing(catalog_of(layout, database, write=False)) as catalog:
        layout.came_back.unlink(missing_ok=True)
        aside = set_file_aside(layout.catalog)
        moving.unmark_here(catalog)
    return aside


def _set_schema_aside(layout: Layout, database: str) -> str:
    stem = layout.name.encode()[:_LONGEST_STEM].decode(errors="ignore")
    aside = f"{stem} moved {moving.this_second()}"
    layout.came_back.touch()
    with closing(catalog_of(layout, database, write=False)) as catalog, catalog.writing() as connection:
        moving.unmark_back(connection)
        quoted = connection.dialect.identifier_preparer.quote_identifier
        connection.exec_driver_sql(f"ALTER SCHEMA {quoted(layout.name)} RENAME TO {quoted(aside)}")
    return aside


@contextmanager
def made_if_missing(file: Path) -> Iterator[Path]:
    """The database file to copy rows into: the one that is there, or one that takes its name when the block ends.

    If the block fails, there is none again; what was written into one that is there is its own transaction's.
    """
    if file.exists():
        yield file
        return
    draft = draft_of(file)
    draft.unlink(missing_ok=True)
    try:
        yield draft
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def set_file_aside(file: Path) -> str:
    """Give a database file, whose rows were moved, another name; returns its path."""
    aside = file.with_name(f"{file.name}.moved-{moving.this_second()}")
    file.rename(aside)
    sync_folder(file.parent)
    return str(aside)
