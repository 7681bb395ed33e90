"""The scheduler: queues the runs that are due. It is a worker, too, and others may share its queue."""

import functools
import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError

from archives.database import is_server, open_database
from archives.errors import ArchiveError, CollectionLocked
from crawler.jobs.alerts.incidents import Incidents
from crawler.jobs.children import Children
from crawler.jobs.disk import put_right
from crawler.jobs.lease import SECONDS
from crawler.jobs.runs import Runs, jobs_engine
from crawler.jobs.site_files import SiteFiles
from crawler.jobs.worker import Worker, place_of
from crawler.sites import Schedule, Site

logger = logging.getLogger(__name__)

FOLDER = ".jobs"
"""Of the scheduler, in the folder of the collections."""
DATABASE = "jobs.sqlite"
_LOOK_AGAIN = timedelta(minutes=1)
"""After so long it is looked again what is wrong."""


class Scheduler:
    """One process that queues crawls when their sites' schedules say so, and has its worker start them.

    A run is left out if `has_work` says, of its site and the name of its collection, that it would ask for nothing.
    `look` is given the names of the sites whose runs have ended, and now and then none: it looks what is wrong.
    It may be killed at any moment: runs under way go on by themselves, and the next scheduler finds them.
    """

    def __init__(
        self,
        runs: Runs,
        worker: Worker,
        sites: SiteFiles,
        *,
        has_work: Callable[[Site, str], bool] = lambda _site, _collection: True,
        look: Callable[[Collection[str]], None] = lambda _sites: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._runs = runs
        self._worker = worker
        self._sites = sites
        self._has_work = has_work
        self._look = look
        self._now = now
        self._scheduled: dict[str, Schedule] = {}
        self._due: dict[str, datetime] = {}
        self._unended: dict[int, str] = {}
        self._watched = datetime.min.replace(tzinfo=UTC)

    def run(self, *, tick: float = 1.0, sleep: Callable[[float], None] = time.sleep) -> None:
        """Go on until interrupted (KeyboardInterrupt): then the crawls are interrupted too, and put back."""
        try:
            while True:
                with self._worker.outlasting_server():
                    self.step()
                sleep(tick)
        finally:
            self._worker.stop()

    def step(self) -> None:
        """Look once: what has ended, what is due, what can be started."""
        self._worker.note_ended()
        if self._sites.look():
            self._look_at_schedules()
        self._queue_due()
        self._worker.take()
        self._look_after()

    def _look_after(self) -> None:
        """See to it that what is wrong is noticed: at once where a run has ended, else each minute."""
        now, unended = self._now(), self._runs.unended()
        ended = {site for number, site in self._unended.items() if number not in unended}
        self._unended = unended
        if not ended and self._watched <= now < self._watched + _LOOK_AGAIN:
            return
        self._watched = now
        try:
            self._look(ended)
        except (ArchiveError, SQLAlchemyError, OSError) as fault:
            logger.error("What is wrong with sites could not be looked at: %s", fault)  # noqa: TRY400  # tried again

    def _look_at_schedules(self) -> None:
        """See when each site is due, and that nothing waits for a site that is none any more.

        No due moment is kept beyond the next one that the schedule has: a clock that was set back, or a schedule that
        was changed, makes nobody wait for what was noted before.
        """
        now, known = self._now(), self._sites.known
        self._scheduled = {name: site.schedule for name, site in known.items() if site.schedule is not None}
        self._due, noted = {}, self._runs.timetable.due()
        for name, schedule in self._scheduled.items():
            following = schedule.next_after(now, site=name)
            self._note_due(name, min(following, noted.get(name, following)))
        for run in self._runs.waiting():
            if run.site not in known:
                self._runs.end(run, status=None, problem=f"{run.site} is no configured site any more", failed=True)

    def _note_due(self, name: str, due: datetime) -> None:
        self._due[name] = due
        self._runs.timetable.set_due(name, due)

    def _queue_due(self) -> None:
        """Queue a run of each site that is due; all that were missed together are one."""
        now = self._now()
        due = sorted((moment, name) for name, moment in self._due.items() if moment <= now)
        paused = self._runs.timetable.paused() if due else frozenset()
        for moment, name in due:
            if name in paused:
                continue
            schedule = self._scheduled[name]
            collection = schedule.collection or name
            if self._has_work(self._sites.known[name], collection):
                self._runs.queue(name, collection, cause="schedule", due=moment)
            self._note_due(name, schedule.next_after(now, site=name))


def jobs_file(home: Path) -> Path:
    """Where queue and history of the collections in a folder are, if no server has them."""
    return home / FOLDER / DATABASE


def has_jobs(home: Path, database: str | None = None) -> bool:
    """Whether a scheduler was ever at work there, or asked for anything."""
    return bool(database and is_server(database)) or jobs_file(home).exists()


def incidents_in(home: Path, database: str | None = None, *, write: bool = True) -> Incidents:
    """The incidents of the collections in a folder."""
    return Incidents(_jobs_database(home, database, write=write))


def runs_in(home: Path, database: str | None = None, *, write: bool = True) -> Runs:
    """The queue and the history of the collections in a folder."""
    return Runs(_jobs_database(home, database, write=write))


def _jobs_database(home: Path, database: str | None, *, write: bool) -> Engine:
    """The server that has the collections' catalogs, if one has; else a file beside them.

    Who only looks makes no file where none is: an empty database in memory stands for it.
    """
    if database and is_server(database):
        return open_database(database, write=True)
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
    repair = functools.partial(put_right, home)
    return Worker(runs, children, sites, at_once=at_once, place=place, lease=lease, repair=repair)


@contextmanager
def only_scheduler(home: Path, runs: Runs) -> Iterator[None]:
    """The right to be the scheduler of these runs, in this folder; CollectionLocked while another process is."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(FileLock(folder / "lock", timeout=0))
            alone = stack.enter_context(runs.alone())
        except Timeout:
            alone = False
        if not alone:
            raise CollectionLocked(f"{home}: another scheduler is at work; 'newswarc jobs list' shows what it does")
        yield
