"""The queue, the history of runs and the incidents of a folder of collections, moved to a database server, and back.

As with a collection's catalog, all rows are copied in one transaction and compared, and what they were copied from is
set aside. No scheduler is at work meanwhile, and no run under way, whose crawl would note its end in the old place.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.schema import CreateSchema

from archives.database import Faults, is_server, open_database, place_of
from archives.errors import CollectionLocked, CollectionMissing, StorageFailed
from archives.in_place import draft_of
from archives.layout import sync_folder
from archives.transfer import OnTable, copy_rows
from crawler.jobs.alerts import incidents
from crawler.jobs.migrate import Migrated, now
from crawler.jobs.runs import LEASE, TABLES, Runs, jobs_engine
from crawler.jobs.scheduler import jobs_file, only_scheduler


def migrate_queue(home: Path, database: str, *, back: bool = False, progress: OnTable = lambda _: None) -> Migrated:
    """Move what schedulers and workers share from the folder to the server at a URL, or `back` from there.

    ArchiveError: CollectionLocked while a scheduler or a crawl is at work; CollectionMissing, if there is nothing to be
    moved; StorageFailed, if there are other rows already.
    """
    if not is_server(database):
        raise StorageFailed("NEWSWARC_DATABASE names no server; the queue moves from SQLite to PostgreSQL, or back")
    file = jobs_file(home)
    if not back and not file.exists():
        raise CollectionMissing(f"{file}: there is no queue in the folder: none was made yet, or it was moved already")
    with ExitStack() as stack:
        server = stack.enter_context(_opened(open_database(database, write=True)))
        stack.enter_context(only_scheduler(home, Runs(server)))
        if not back:
            local = stack.enter_context(_opened(jobs_engine(file)))
            rows = _copied(local, server, progress)
            return Migrated(rows=rows, set_aside=_set_file_aside(file))
        draft = file if file.exists() else draft_of(file)
        if draft != file:
            draft.unlink(missing_ok=True)
        rows = _copied(server, stack.enter_context(_opened(jobs_engine(draft))), progress)
        draft.replace(file)
        sync_folder(file.parent)
        return Migrated(rows=rows, set_aside=_set_tables_aside(server))


@contextmanager
def _opened(engine: sa.Engine) -> Iterator[sa.Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


def _copied(source: sa.Engine, target: sa.Engine, progress: OnTable) -> dict[str, int]:
    if under_way := Runs(source).running():
        sites = ", ".join(sorted(run.site for run in under_way))
        what = f"runs of {sites} are under way; stop workers and scheduler in order, and move the queue then"
        raise CollectionLocked(f"{place_of(source.url)}: {what}")
    for engine in (source, target):
        Runs(engine)
        incidents.Incidents(engine)
    with Faults(source), Faults(target), source.connect() as one, target.begin() as other:
        return copy_rows(one, other, [_without_lease(table) for table in _tables()], progress)


def _tables() -> list[sa.Table]:
    return [*TABLES, *incidents.METADATA.sorted_tables]


def _without_lease(table: sa.Table) -> sa.Table:
    """The columns that outlive a run."""
    columns = (column for column in table.columns if column.name != LEASE)
    described = (sa.Column(column.name, column.type, primary_key=column.primary_key) for column in columns)
    return sa.Table(table.name, sa.MetaData(), *described)


def _set_file_aside(file: Path) -> str:
    aside = file.with_name(f"{file.name}.moved-{now()}")
    file.rename(aside)
    sync_folder(file.parent)
    return str(aside)


def _set_tables_aside(server: sa.Engine) -> str:
    aside = f"jobs moved {now()}"
    with Faults(server), server.begin() as connection:
        connection.execute(CreateSchema(aside))
        quoted = connection.dialect.identifier_preparer.quote
        for table in _tables():
            connection.exec_driver_sql(f"ALTER TABLE {quoted(table.name)} SET SCHEMA {quoted(aside)}")
    return aside
