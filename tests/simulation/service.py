"""The scheduler of a simulation, its crawls in forks; both are killed now and then."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from crawler.jobs.alerts.incidents import Incidents
from crawler.jobs.alerts.watch import Watch
from crawler.jobs.children import Children
from crawler.jobs.due import anything_due
from crawler.jobs.runs import Runs, jobs_engine
from crawler.jobs.scheduler import DATABASE, FOLDER, Scheduler
from crawler.jobs.site_files import SiteFiles
from crawler.jobs.worker import Worker
from crawler.sites import load_sites
from tests.simulation.newspaper import Newspaper
from tests.simulation.press import Press
from tests.support.commands import environment_in

ROOT = Path(__file__).parents[2]
LONGEST = 120.0
"""Seconds that all crawls of one moment may take."""


class Forks:
    """A process that forks crawls."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.simulation.forks"],
            cwd=folder,
            env={**environment_in(folder), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **job: object) -> int | None:
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        with self._process:  # which closes its pipes and waits
            self._process.stdin.close()


class Fork:
    """A crawl at work, as `subprocess.Popen` has it."""

    def __init__(self, forks: Forks, number: int, dies_after: float | None) -> None:
        self._forks = forks
        self._number = number
        self._dies_at = None if dies_after is None else time.monotonic() + dies_after
        self._status: int | None = None

    def poll(self) -> int | None:
        if self._dies_at is not None and time.monotonic() > self._dies_at:
            self.kill()
            self._dies_at = None
        self._status = self._forks.ask(reap=self._number) if self._status is None else self._status
        return self._status

    def send_signal(self, sig: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._number, sig)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        until = time.monotonic() + (timeout or LONGEST)
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("crawl", timeout or LONGEST)
            time.sleep(0.02)
        return self._status or 0


class Service:
    """Newspapers, a clock, and a scheduler that crawls them."""

    def __init__(self, folder: Path, begin: datetime, *, step: timedelta, kills: float) -> None:
        self.folder, self.now = folder, begin
        self.home = folder / "collections"
        self.papers: list[Newspaper] = []
        self.press = Press(lambda: self.now)
        self.crawl_kills = self.scheduler_kills = 0
        self.interval = 4 * step
        """Between two runs of a site."""
        self._step, self._kills = step, kills
        self._chance = random.Random(20_240_611)
        self._forks = Forks(folder)
        self._engine = jobs_engine(self.home / FOLDER / DATABASE)
        self.runs = Runs(self._engine, now=lambda: self.now)
        self.incidents = Incidents(self._engine, now=lambda: self.now)
        self.told: list[tuple[str, str]] = []
        self._start_scheduler()

    def _start_scheduler(self) -> None:
        watch = Watch(self.runs, self.incidents, self.home, send=self._send, room=0, now=lambda: self.now)
        children = Children(self.home / FOLDER, self.home, spawn=self._spawn)
        sites = SiteFiles(lambda: load_sites(self.folder / "sites"), now=lambda: self.now)
        self._scheduler = Scheduler(
            self.runs,
            Worker(self.runs, children, sites, at_once=2, now=lambda: self.now),
            sites,
            has_work=lambda site, name: anything_due(self.home / name, [site], database=None, now=self.now),
            look=watch.look,
            now=lambda: self.now,
        )

    def _send(self, title: str, text: str) -> bool:
        self.told.append((title, text))
        return True

    def _spawn(self, arguments, out, err):
        number = self._forks.ask(arguments=arguments, now=self.now.isoformat(), out=out.name, err=err.name)
        dies = self._chance.uniform(0.02, 0.6) if self._chance.random() < self._kills else None
        self.crawl_kills += dies is not None
        return Fork(self._forks, number, dies)

    def pass_by(self, length: timedelta) -> None:
        """Let that much time pass; at each step all that is due is crawled."""
        end = self.now + length
        while self.now < end:
            self._settle()
            self.now += self._step

    def crawl_all(self) -> None:
        """Have each paper crawled once more, in full, as somebody asks for it."""
        for paper in self.papers:
            self.runs.queue(paper.name, paper.name, cause="asked", due=self.now)
        self._settle()

    def _settle(self) -> None:
        deadline = time.monotonic() + LONGEST
        while True:
            self._scheduler.step()
            if not (self.runs.running() or self.runs.waiting()):
                return
            if self._chance.random() < self._kills / 20:
                self.scheduler_kills += 1
                self._start_scheduler()  # without a word from the one before, whose crawls go on
            assert time.monotonic() < deadline, self.runs.recent()
            time.sleep(0.03)

    def close(self) -> None:
        self._forks.close()
        self.press.close()
        self._engine.dispose()


@contextmanager
def service(folder: Path, begin: datetime, **options) -> Iterator[Service]:
    (folder / "sites").mkdir(parents=True)
    opened = Service(folder, begin, **options)
    try:
        yield opened
    finally:
        opened.close()
