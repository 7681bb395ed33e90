"""The worker: takes runs from the queue, crawls them, and notes how they ended.

Any number of workers share a queue on a server. A run is taken together with a lease, which its crawl renews; one whose
lease has run out is put back by whoever sees it first. What its crawl left unfinished on a disk is put right by the
worker of that disk.
"""

import logging
import secrets
import socket
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archives.errors import StorageFailed
from crawler.jobs.children import Children, Ended
from crawler.jobs.runs import Run, Runs, Summary
from crawler.jobs.site_files import SiteFiles
from crawler.jobs.summary import ARCHIVE_FAILED, UNKNOWN, joined
from crawler.sites import Schedule
from crawler.sites.site import Scope

logger = logging.getLogger(__name__)

MOST_DEATHS = 5
"""So often a run is cut off until it has failed. One that is stopped in order, with its worker, is not cut off."""
USAGE, INTERRUPTED = 2, 130
_NEVER = datetime.min.replace(tzinfo=UTC)
_TEND_AGAIN = timedelta(minutes=1)
STOP_SECONDS = 60.0
"""So long crawls that are interrupted have for their end."""
_LONGEST_START = 30.0
"""Seconds from a crawl's start until it renews its lease."""


class Worker:
    """Crawls what is queued, at most so many runs at once, never two into one collection or of sites that share a host.

    It may be killed at any moment: crawls under way go on by themselves, and the next worker of the `place` finds them.
    `tend` looks after its disk each minute, and puts right what crawls left unfinished there; it is told which
    collections are being written.
    """

    def __init__(
        self,
        runs: Runs,
        children: Children,
        sites: SiteFiles,
        *,
        at_once: int = 2,
        place: str | None = None,
        lease: float | None = None,
        tend: Callable[[Collection[str]], None] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._runs = runs
        self._children = children
        self._sites = sites
        self._at_once = at_once
        self._place = place
        self._lease = None if lease is None else max(lease, _LONGEST_START)
        self._tend = tend
        self._now = now
        self._tended = _NEVER
        self._fault = ""
        self._is_stopping = False

    @property
    def place(self) -> str | None:
        """What tells its disk from all others, where workers share a queue."""
        return self._place

    def run(self, *, tick: float = 1.0, sleep: Callable[[float], None] = time.sleep) -> None:
        """Go on until interrupted (KeyboardInterrupt): then the crawls are interrupted too, and put back."""
        try:
            while True:
                with self.outlasting():
                    self._sites.look()
                    self.note_ended()
                    self.take()
                sleep(tick)
        finally:
            self.stop()

    @contextmanager
    def outlasting(self) -> Iterator[None]:
        """Where a server is away for a while, or a disk full, that is told once, and tried again with the next step."""
        try:
            yield
            self._fault = ""
        except (StorageFailed, OSError) as fault:
            if self._fault != str(fault):
                logger.error("%s", fault)  # noqa: TRY400  # one line says it
            self._fault = str(fault)

    def note_ended(self) -> None:
        """Note which crawls have ended, and put back the runs of those that nobody hears of any more."""
        for run in self._runs.running(place=self._place):
            ended = self._children.ended(run)
            if ended is not None:
                self._settle(run, ended)
        for run in self._runs.lapsed():
            self._put_back(run, "nothing was heard of it any more", summary=UNKNOWN)
        if self._children.forget_but(self._runs.running(place=self._place)):
            self._tended = _NEVER

    def take(self) -> None:
        """Look after the disk now and then, and start what can be started."""
        taken = [run.collection for run in self._runs.running(place=self._place)]
        if not self._tended <= self._now() < self._tended + _TEND_AGAIN:
            self._tended = self._now()
            self._tend(taken)
        if len(taken) < self._at_once:
            self._take_up_to(self._at_once, taken)

    def _take_up_to(self, most: int, taken: list[str]) -> None:
        """Start what waits, longest first. What waits for a host keeps it from what was queued later."""
        held = [Scope(run.hosts) for run in self._runs.running()]
        for run in self._runs.waiting():
            if len(taken) >= most:
                break
            if run.collection in taken or not self._can_start(run):
                continue
            reach = self._sites.known[run.site].reach
            if not any(map(reach.meets, held)) and self._start(run, reach):
                taken.append(run.collection)
            held.append(reach)

    def stop(self) -> None:
        """Interrupt the crawls, and put their runs back; the site is gone on with by whoever takes it next."""
        self._is_stopping = True
        self._children.stop(STOP_SECONDS)
        with self.outlasting():
            self.note_ended()

    def _can_start(self, run: Run) -> bool:
        site = self._sites.known.get(run.site)
        return site is not None and not self._rests(run, site.schedule) and not self._children.is_busy(run)

    def _rests(self, run: Run, schedule: Schedule | None) -> bool:
        """Whether a run of the schedule, due before the quiet hours and not begun yet, is to wait for their end."""
        is_new = run.cause == "schedule" and not run.attempts
        return is_new and schedule is not None and schedule.is_quiet(self._now())

    def _start(self, run: Run, reach: Scope) -> bool:
        """Start a run's crawl; False, if another worker was faster."""
        begun = self._runs.begin(run, reach=reach, place=self._place, lease=self._lease)
        if begun is None:
            return False
        try:
            self._children.start(begun, self._sites.known[run.site].schedule)
        except OSError:  # no room for what it says, or for a process
            self._runs.put_back(begun, queued=run.queued)  # it still waits, and that is told
            raise
        logger.info("Run %s of %s started into %s", begun.id, begun.site, begun.collection)
        return True

    def _settle(self, run: Run, ended: Ended) -> None:
        gave_up = self._runs.is_shared and (ended.summary or {}).get("finish_reason") == ARCHIVE_FAILED
        cut_off = gave_up or (ended.summary is None and (ended.status != USAGE or ended.was_refused))
        if ended.status == INTERRUPTED or cut_off:
            self._tended = _NEVER
            is_death = ended.status != INTERRUPTED and not self._is_stopping
            done = ended.so_far if ended.summary is None else ended.summary
            self._put_back(run, ended.fault or "without a word", is_death=is_death, summary=done)
            return
        problem = _problem(ended)
        failed = ended.status == USAGE
        if self._end(run, status=ended.status, problem=problem, summary=ended.summary, failed=failed):
            logger.info("Run %s of %s ended: %s", run.id, run.site, problem or "all went well")

    def _end(self, run: Run, *, status: int | None, problem: str | None, summary: Summary | None, failed: bool) -> bool:
        total = joined(run.summary, summary)
        done = self._runs.end(run, status=status, problem=problem, summary=total, failed=failed)
        if done:
            self._children.forget_ended(done)
        return done is not None

    def _put_back(self, run: Run, why: str, *, is_death: bool = True, summary: Summary | None = None) -> None:
        deaths = run.deaths + is_death
        if deaths >= MOST_DEATHS:
            self._end(run, status=None, problem=f"died {deaths} times: {why}", summary=summary, failed=True)
        elif self._runs.put_back(run, is_death=is_death, summary=joined(run.summary, summary)):
            logger.warning("Run %s of %s was cut off; it will be gone on with", run.id, run.site)


def _problem(ended: Ended) -> str | None:
    """What a crawl complained of, if it found anything bad: what it says at its end is not always that."""
    if ended.status is None:
        return (ended.summary or {}).get("problem")
    return ended.fault if ended.status else None


def place_of(folder: Path, home: Path) -> str:
    """What tells a disk from all others: host, folder of the collections, and a mark that is kept in `folder`."""
    mark = folder / "mark"
    if not mark.exists():
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(f"{secrets.token_hex(3)}\n", encoding="ascii")
    return f"{socket.gethostname()}:{home.resolve()}#{mark.read_text(encoding='ascii').strip()}"
