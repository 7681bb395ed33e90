"""The scheduler: queues the runs that are due. It is a worker, too, and others may share its queue."""

import logging
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from archives.errors import ArchiveError
from crawler.jobs.alerts.watch import PAST
from crawler.jobs.runs import Runs
from crawler.jobs.site_files import SiteFiles
from crawler.jobs.worker import Worker
from crawler.sites import Schedule, Site

logger = logging.getLogger(__name__)

KEEP = timedelta(days=365)
"""So long runs are in the history at least; the newest of each site stay."""
_LOOK_AGAIN = timedelta(minutes=1)
"""After so long it is looked again what is wrong."""
_FORGET_AGAIN = timedelta(hours=1)
"""After so long it is looked again which runs are to be forgotten."""


class Scheduler:
    """One process that queues crawls when their sites' schedules say so, and has its worker start them.

    A run is left out if `has_work` says, of its site and the name of its collection, that it would ask for nothing.
    `look` is given the names of the sites whose runs have ended, also while no scheduler was there, and now and then
    none: it looks what is wrong. `make_sure` raises what ends a scheduler that is not the only one any more.
    Runs that ended longer ago than `keep` are forgotten, unless they are among the newest of their site.
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
        make_sure: Callable[[], None] = lambda: None,
        keep: timedelta = KEEP,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._runs = runs
        self._worker = worker
        self._sites = sites
        self._has_work = has_work
        self._look = look
        self._make_sure = make_sure
        self._keep = keep
        self._now = now
        self._scheduled: dict[str, Schedule] = {}
        self._due: dict[str, datetime] = {}
        self._could_not_look = False
        self._watched = self._forgot = datetime.min.replace(tzinfo=UTC)

    def run(self, *, tick: float = 1.0, sleep: Callable[[float], None] = time.sleep) -> None:
        """Go on until interrupted (KeyboardInterrupt): then the crawls are interrupted too, and put back."""
        try:
            while True:
                with self._worker.outlasting():
                    self.step()
                sleep(tick)
        finally:
            self._worker.stop()

    def step(self) -> None:
        """Look once: what has ended, what is due, what can be started."""
        self._make_sure()
        self._worker.note_ended()
        if self._sites.look():
            self._look_at_schedules()
        self._queue_due()
        try:
            self._worker.take()
        finally:  # where nothing can be started, that is to be told
            self._look_after()
        self._forget()

    def _forget(self) -> None:
        """Have runs that nobody asks for any more go from the history, now and then."""
        now = self._now()
        if not self._forgot <= now < self._forgot + _FORGET_AGAIN:
            self._forgot = now
            self._runs.forget(now - self._keep, but=PAST)

    def _look_after(self) -> None:
        """See to it that what is wrong is noticed: at once where a run has ended, else, or once more, each minute."""
        now, ended = self._now(), self._runs.unwatched()
        is_recent = self._watched <= now < self._watched + _LOOK_AGAIN
        if is_recent and (self._could_not_look or not ended):
            return
        self._watched, self._could_not_look = now, True
        try:
            self._look(ended)
            self._runs.note_watched(ended)
            self._could_not_look = False
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
        for name in noted.keys() - self._scheduled.keys():
            if name in known or self._sites.has_lost(name):
                self._runs.timetable.clear(name)
        for run in self._runs.waiting():
            if self._sites.has_lost(run.site):
                self._runs.end(run, status=None, problem=f"{run.site} is no configured site any more", failed=True)

    def _note_due(self, name: str, due: datetime) -> None:
        self._due[name] = due
        self._runs.timetable.set_due(name, due)

    def _queue_due(self) -> None:
        """Queue a run of each site that is due; all that were missed together, or while one was at work, are one."""
        now = self._now()
        due = sorted((moment, name) for name, moment in self._due.items() if moment <= now)
        left = {*self._runs.timetable.paused(), *(run.site for run in self._runs.running())} if due else set()
        for moment, name in due:
            if name in left:
                continue
            schedule = self._scheduled[name]
            collection = schedule.collection or name
            if self._has_work(self._sites.known[name], collection):
                self._runs.queue(name, collection, cause="schedule", due=moment)
            self._note_due(name, schedule.next_after(now, site=name))
