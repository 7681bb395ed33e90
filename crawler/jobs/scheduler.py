"""The scheduler: queues the runs that are due, starts them, and goes on with those that were cut off."""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from archives.database import is_server, open_database
from archives.errors import ArchiveError, CollectionLocked
from crawler.jobs.alerts.incidents import Incidents
from crawler.jobs.children import Children, Ended
from crawler.jobs.runs import Run, Runs, jobs_engine
from crawler.sites import Schedule, Site, SiteError

logger = logging.getLogger(__name__)

FOLDER = ".jobs"
"""Of the scheduler, in the folder of the collections."""
DATABASE = "jobs.sqlite"
MOST_ATTEMPTS = 5
"""So often a run that dies is started; then it has failed."""
USAGE, INTERRUPTED = 2, 130
_LOOK_AGAIN = timedelta(minutes=1)
"""After so long the site files are read again."""
_STOP_SECONDS = 60.0


class Scheduler:
    """One process that starts crawls when their sites' schedules say so, at most so many at once.

    A run is left out if `has_work` says, of its site and the name of its collection, that it would ask for nothing.
    `look` is given the names of the sites whose runs have ended, and now and then none: it looks what is wrong.
    It may be killed at any moment: runs under way go on by themselves, and the next scheduler finds them.
    """

    def __init__(
        self,
        runs: Runs,
        children: Children,
        sites: Callable[[], Mapping[str, Site]],
        *,
        has_work: Callable[[Site, str], bool] = lambda _site, _collection: True,
        look: Callable[[Collection[str]], None] = lambda _sites: None,
        at_once: int = 2,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._runs = runs
        self._children = children
        self._sites = sites
        self._has_work = has_work
        self._look = look
        self._at_once = at_once
        self._now = now
        self._known: Mapping[str, Site] = {}
        self._scheduled: dict[str, Schedule] = {}
        self._due: dict[str, datetime] = {}
        self._looked = self._watched = datetime.min.replace(tzinfo=UTC)
        self._ended: set[str] = set()

    def run(self, *, tick: float = 1.0, sleep: Callable[[float], None] = time.sleep) -> None:
        """Go on until interrupted (KeyboardInterrupt): then the crawls are interrupted too, and put back."""
        try:
            while True:
                self.step()
                sleep(tick)
        finally:
            self._children.stop(_STOP_SECONDS)
            self._note_ended()

    def step(self) -> None:
        """Look once: what has ended, what is due, what can be started."""
        self._note_ended()
        if not self._looked <= self._now() < self._looked + _LOOK_AGAIN:
            self._look_at_sites()
        self._queue_due()
        self._start_waiting()
        self._look_after()

    def _look_after(self) -> None:
        """See to it that what is wrong is noticed: at once where a run has ended, else each minute."""
        now = self._now()
        if not self._ended and self._watched <= now < self._watched + _LOOK_AGAIN:
            return
        self._watched, ended = now, self._ended
        self._ended = set()
        try:
            self._look(ended)
        except (ArchiveError, SQLAlchemyError, OSError) as fault:
            logger.error("What is wrong with sites could not be looked at: %s", fault)  # noqa: TRY400  # tried again

    def _note_ended(self) -> None:
        for run in self._runs.running():
            ended = self._children.ended(run)
            if ended is not None:
                self._settle(run, ended)

    def _settle(self, run: Run, ended: Ended) -> None:
        cut_off = ended.summary is None and (ended.status != USAGE or ended.was_refused)
        if ended.status == INTERRUPTED or (cut_off and run.attempts < MOST_ATTEMPTS):
            logger.warning("Run %s of %s was cut off; it will be gone on with", run.id, run.site)
            self._runs.put_back(run)
            return
        problem = f"died {run.attempts} times: {ended.fault or 'without a word'}" if cut_off else _problem(ended)
        failed = cut_off or ended.status == USAGE
        self._runs.end(run, status=ended.status, problem=problem, summary=ended.summary, failed=failed)
        self._ended.add(run.site)
        logger.info("Run %s of %s ended: %s", run.id, run.site, problem or "all went well")

    def _look_at_sites(self) -> None:
        """Read the site files, and when each site is due.

        No due moment is kept beyond the next one that the schedule has: a clock that was set back, or a schedule that
        was changed, makes nobody wait for what was noted before.
        """
        self._looked = now = self._now()
        try:
            self._known = self._sites()
        except SiteError as fault:
            if not self._known:
                raise
            logger.error("%s; going on with the site files as they were", fault)  # noqa: TRY400  # one line says it
        self._scheduled = {name: site.schedule for name, site in self._known.items() if site.schedule is not None}
        self._due = {}
        for name, schedule in self._scheduled.items():
            following, noted = schedule.next_after(now, site=name), self._runs.next_due(name)
            self._note_due(name, following if noted is None else min(following, noted))

    def _note_due(self, name: str, due: datetime) -> None:
        self._due[name] = due
        self._runs.set_next_due(name, due)

    def _queue_due(self) -> None:
        """Queue a run of each site that is due; all that were missed together are one."""
        now = self._now()
        due = sorted((moment, name) for name, moment in self._due.items() if moment <= now)
        paused = self._runs.paused() if due else frozenset()
        for moment, name in due:
            if name in paused:
                continue
            schedule = self._scheduled[name]
            collection = schedule.collection or name
            if self._has_work(self._known[name], collection):
                self._runs.queue(name, collection, cause="schedule", due=moment)
            self._note_due(name, schedule.next_after(now, site=name))

    def _start_waiting(self) -> None:
        taken = [run.collection for run in self._runs.running()]
        for run in self._runs.waiting():
            if len(taken) < self._at_once and run.collection not in taken and not self._children.is_busy(run):
                self._start(run)
                taken.append(run.collection)

    def _start(self, run: Run) -> None:
        site = self._known.get(run.site)
        if site is None:
            self._runs.end(run, status=None, problem=f"{run.site} is no configured site any more", failed=True)
            return
        self._children.start(begun := self._runs.begin(run), site.schedule)
        logger.info("Run %s of %s started into %s", begun.id, begun.site, begun.collection)


def _problem(ended: Ended) -> str | None:
    """What a crawl complained of, if it found anything bad: what it says at its end is not always that."""
    if ended.status is None:
        return (ended.summary or {}).get("problem")
    return ended.fault if ended.status else None


def has_jobs(home: Path, database: str | None = None) -> bool:
    """Whether a scheduler was ever at work there, or asked for anything."""
    return bool(database and is_server(database)) or (home / FOLDER / DATABASE).exists()


def incidents_in(home: Path, database: str | None = None) -> Incidents:
    """The incidents of the collections in a folder."""
    return Incidents(_jobs_database(home, database))


def runs_in(home: Path, database: str | None = None) -> Runs:
    """The queue and the history of the collections in a folder."""
    return Runs(_jobs_database(home, database))


def _jobs_database(home: Path, database: str | None) -> Engine:
    """The server that has the collections' catalogs, if one has; else a file beside them."""
    return (
        open_database(database, write=True)
        if database and is_server(database)
        else jobs_engine(home / FOLDER / DATABASE)
    )


def children_in(home: Path) -> Children:
    """The crawls of the collections in a folder."""
    return Children(home / FOLDER, home)


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
