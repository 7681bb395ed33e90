"""The jobs of the collections in one folder: where queue and history, incidents and crawls are, and who schedules."""

import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, create_engine

from archives.database import is_server
from archives.errors import CollectionLocked, CollectionMissing
from crawler.jobs.alerts.incidents import Incidents
from crawler.jobs.children import Children
from crawler.jobs.disk import put_right
from crawler.jobs.jobs_server import jobs_server
from crawler.jobs.lease import SECONDS
from crawler.jobs.runs import Runs, jobs_engine
from crawler.jobs.site_files import SiteFiles
from crawler.jobs.worker import Worker, place_of

FOLDER = ".jobs"
"""In the folder of the collections."""
DATABASE = "jobs.sqlite"
_PATIENCE = 0.3
"""Seconds that a scheduler waits for who only looks whether one is at work."""


def jobs_file(home: Path) -> Path:
    """Where queue and history of the collections in a folder are, if no server has them."""
    return home / FOLDER / DATABASE


def has_jobs(home: Path, database: str | None = None) -> bool:
    """Whether a scheduler was ever at work there, or asked for anything."""
    return bool(database and is_server(database)) or jobs_file(home).exists()


def require_jobs(home: Path, database: str | None = None) -> None:
    """CollectionMissing, if queue and history were moved to a server, and the database is none."""
    file = jobs_file(home)
    if file.exists() or (database and is_server(database)):
        return
    if aside := sorted(path.name for path in file.parent.glob(f"{file.name}.moved-*")):
        what = "queue and history of runs were moved to a database server; name that in NEWSWARC_DATABASE"
        raise CollectionMissing(f"{file}: {what}, or move {' and '.join(aside)} away to begin anew")


def incidents_in(home: Path, database: str | None = None, *, write: bool = True) -> Incidents:
    """The incidents of the collections in a folder."""
    return Incidents(_jobs_database(home, database, write=write))


def runs_in(home: Path, database: str | None = None, *, write: bool = True) -> Runs:
    """The queue and the history of the collections in a folder."""
    return Runs(_jobs_database(home, database, write=write))


def _jobs_database(home: Path, database: str | None, *, write: bool) -> Engine:
    """The server that has the collections' catalogs, if one has; else a file beside them, as `require_jobs` has it.

    Who only looks makes no file where none is: an empty database in memory stands for it.
    """
    if database and is_server(database):
        return jobs_server(database)
    require_jobs(home, database)
    if write or has_jobs(home, database):
        return jobs_engine(jobs_file(home))
    return create_engine("sqlite://")


def children_in(home: Path, *, lease: float | None = None) -> Children:
    """The crawls of the collections in a folder; each renews its lease of so many seconds, if runs are leased."""
    return Children(home / FOLDER, home, lease=lease)


def worker_in(home: Path, runs: Runs, sites: SiteFiles, *, at_once: int, lease: float = SECONDS) -> Worker:
    """The worker of the collections in a folder; where others share the queue, runs are leased for so many seconds."""
    if not runs.is_shared:
        return Worker(runs, children_in(home), sites, at_once=at_once)
    children, place = children_in(home, lease=lease), place_of(home / FOLDER, home)

    def tend(at_work: Collection[str]) -> None:
        runs.places.note(place, shutil.disk_usage(home).free)
        put_right(home, at_work)

    return Worker(runs, children, sites, at_once=at_once, place=place, lease=lease, tend=tend)


def has_scheduler(home: Path, runs: Runs) -> bool:
    """Whether a scheduler of these runs is at work, or nobody can tell."""
    if (of_server := runs.scheduler_lock()) is not None:
        return of_server.is_taken()
    lock = home / FOLDER / "lock"
    try:
        with FileLock(lock, timeout=0) if lock.exists() else nullcontext():
            return False
    except (OSError, Timeout):
        return True


class SchedulerAtWork(CollectionLocked):
    """Another process is the scheduler."""


@contextmanager
def only_scheduler(home: Path, runs: Runs) -> Iterator[Callable[[], None]]:
    """The right to be the scheduler of these runs, in this folder; SchedulerAtWork while another process is.

    What it gives makes sure of that once more: a server that is started anew has forgotten who it was.
    """
    folder, of_server = home / FOLDER, runs.scheduler_lock()
    folder.mkdir(parents=True, exist_ok=True)
    at_work = SchedulerAtWork(f"{home}: another scheduler is at work; 'newswarc jobs list' shows what it does")

    def make_sure() -> None:
        if of_server is not None and not of_server.is_held():
            raise at_work

    with ExitStack() as stack:
        try:
            stack.enter_context(FileLock(folder / "lock", timeout=_PATIENCE))
        except Timeout:
            raise at_work from None
        if of_server is not None:
            stack.callback(of_server.close)
        make_sure()
        yield make_sure
