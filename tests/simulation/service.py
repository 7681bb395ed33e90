"""Newspapers, a clock, and the scheduler that crawls them, a process as its crawls are; all are killed now and then."""

import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.jobs.alerts.incidents import Incidents
from crawler.jobs.folder import jobs_file
from crawler.jobs.runs import Runs, jobs_engine
from tests.simulation.machine import LARGEST, ask
from tests.simulation.newspaper import Newspaper
from tests.simulation.press import Press
from tests.support.commands import environment_in
from tests.support.inbox import open_inbox

ROOT = Path(__file__).parents[2]
LONGEST = 120.0
"""Seconds that all crawls of one moment may take."""


@contextmanager
def machine(folder: Path, kills: float, alerts: str) -> Iterator[socket.socket]:
    """Where the processes run; so many of the crawls are killed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    settings = {"NEWSWARC_ALERTS": alerts, "NEWSWARC_ENOUGH_ROOM": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.simulation.machine", str(theirs.fileno()), str(kills)]
    with theirs:
        process = subprocess.Popen(
            command, cwd=folder, env=environment_in(folder, **settings), pass_fds=[theirs.fileno()]
        )
    with process, ours:  # which are closed the other way round
        yield ours


class Scheduling:
    """A process of `newswarc schedule run`."""

    def __init__(self, host: socket.socket, log: Path) -> None:
        self._host, self._log = host, log
        self._steps, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._number = ask(host, theirs.fileno(), schedule=str(log))

    def begin_look(self, now: datetime) -> None:
        """Have it look what is due."""
        self._steps.send(now.isoformat().encode())

    def end_look(self) -> None:
        """Wait until it has."""
        assert self._steps.recv(LARGEST), self._log.read_text()[-3000:]

    def kill(self) -> int:
        """Kill it; its exit status."""
        with self._steps:
            return ask(self._host, kill=self._number)

    def stop(self) -> None:
        """As Ctrl-C does."""
        self._steps.close()
        while ask(self._host, status=self._number) is None:
            time.sleep(0.02)


class Service:
    """Newspapers, a clock, and the processes that crawl them."""

    def __init__(
        self, folder: Path, begin: datetime, host: socket.socket, told: list[Any], *, step: timedelta, kills: float
    ) -> None:
        self.folder, self.now = folder, begin
        self.home = folder / "collections"
        self.papers: list[Newspaper] = []
        self.press = Press(lambda: self.now)
        self.told = told
        """Messages about what is wrong."""
        self.interval = 4 * step
        """Between two runs of a site."""
        self.scheduler_kills = 0
        self._step, self._kills = step, kills
        self._chance = random.Random(20_240_611)
        self._host = host
        self._engine = jobs_engine(jobs_file(self.home))
        self.runs = Runs(self._engine, now=lambda: self.now)
        self.incidents = Incidents(self._engine, now=lambda: self.now)
        self._scheduling = self._start_scheduler()

    @property
    def crawl_kills(self) -> int:
        """How many crawls have died of a kill -9."""
        return ask(self._host, killed="crawls")

    def _start_scheduler(self) -> Scheduling:
        return Scheduling(self._host, self.folder / "scheduler.log")

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
        began = time.monotonic()
        while True:
            passed = time.monotonic() - began
            assert passed < LONGEST, self.runs.recent()
            self._scheduling.begin_look(self.now + timedelta(seconds=passed))
            if self._chance.random() < self._kills / 20:
                self._kill_scheduler()
                continue
            self._scheduling.end_look()
            if not (self.runs.running() or self.runs.waiting()):
                return
            time.sleep(0.03)

    def _kill_scheduler(self) -> None:
        """At any moment while it looks, or soon after; its crawls go on."""
        time.sleep(self._chance.uniform(0.0, 0.03))
        self.scheduler_kills += self._scheduling.kill() == -signal.SIGKILL
        self._scheduling = self._start_scheduler()

    def close(self) -> None:
        self._scheduling.stop()
        self.press.close()
        self._engine.dispose()


@contextmanager
def service(folder: Path, begin: datetime, *, step: timedelta, kills: float) -> Iterator[Service]:
    (folder / "sites").mkdir(parents=True)
    with open_inbox() as (alerts, told), machine(folder, kills, alerts) as host:
        opened = Service(folder, begin, host, told, step=step, kills=kills)
        try:
            yield opened
        finally:
            opened.close()
