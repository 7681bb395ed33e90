"""The queue, the history of runs and the incidents of a folder of collections, moved to a database server, and back.

As with a collection's catalog, all rows are copied in one transaction and compared, and what they were copied from is
set aside. No scheduler is at work meanwhile, and no run under way, whose crawl would note its end in the old place.
Workers' places stay behind: each notes its own in the queue that it takes runs from, and a file has no others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from archives.database import PUBLIC, holding, is_server, place_of, writing
from archives.errors import CollectionLocked, CollectionMissing, StorageFailed
from archives.transfer import OnTable, copy_rows
from crawler.jobs import places
from crawler.jobs.alerts.incidents import Incidents
from crawler.jobs.folder import jobs_file, only_scheduler
from crawler.jobs.jobs_server import JOBS, jobs_server, set_aside
from crawler.jobs.migrate import Migrated, made_if_missing, set_file_aside
from crawler.jobs.run_row import LEASE, RUNS
from crawler.jobs.runs import QUEUE, Runs, jobs_engine


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
    with _opened(jobs_server(database)) as server, only_scheduler(home, Runs(server)):
        return _moved_back(file, server, progress) if back else _moved(file, server, progress)


def _moved(file: Path, server: sa.Engine, progress: OnTable) -> Migrated:
    """Whoever writes to the file waits until it has its other name, and is told then that it was moved."""
    with _opened(jobs_engine(file)) as local, holding(local, QUEUE) as source:
        with writing(server) as target:
            rows = _copied(source, target, progress)
        return Migrated(rows=rows, set_aside=set_file_aside(file))


def _moved_back(file: Path, server: sa.Engine, progress: OnTable) -> Migrated:
    """Until everything is in the file, no worker anywhere begins a run."""
    with writing(server) as source:
        for table in JOBS:
            source.exec_driver_sql(f"LOCK TABLE {table.name} IN ACCESS EXCLUSIVE MODE")
        with made_if_missing(file) as draft, _opened(jobs_engine(draft)) as local, writing(local) as target:
            rows = _copied(source, target, progress)
        return Migrated(rows=rows, set_aside=set_aside(source, PUBLIC, JOBS, "moved"))


@contextmanager
def _opened(engine: sa.Engine) -> Iterator[sa.Engine]:
    """A database with all tables, for the length of the block."""
    try:
        Runs(engine)
        Incidents(engine)
        yield engine
    finally:
        engine.dispose()


def _copied(source: sa.Connection, target: sa.Connection, progress: OnTable) -> dict[str, int]:
    if under_way := source.execute(sa.select(RUNS.c.site).where(RUNS.c.state == "running")).scalars().all():
        what = f"runs of {', '.join(sorted(under_way))} are under way; stop workers and scheduler in order first"
        raise CollectionLocked(f"{place_of(source.engine.url)}: {what}")
    lasting = [_without_lease(table) for table in JOBS if table.name not in places.METADATA.tables]
    return copy_rows(source, target, lasting, progress)


def _without_lease(table: sa.Table) -> sa.Table:
    """The columns that outlive a run."""
    columns = (column for column in table.columns if column.name != LEASE)
    described = (sa.Column(column.name, column.type, primary_key=column.primary_key) for column in columns)
    return sa.Table(table.name, sa.MetaData(), *described)
