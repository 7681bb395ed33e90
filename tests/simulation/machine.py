"""`python -m tests.simulation.machine SOCKET KILLS`: where a scheduler and its crawls are processes, some of which die.

They are forks of a process that has imported what they need, so that imports cost once. Packets of JSON through the
socket start them, tell how they ended, and kill; crawls are killed at random, too, so many of all.
"""

import json
import os
import random
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial, partialmethod
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import apprise
import time_machine

import crawler.cli
from crawler.jobs.children import Children
from crawler.jobs.scheduler import Scheduler
from tests.support.forked import prepare

LARGEST = 100_000
"""Bytes of a packet."""
CLOCK = SimpleNamespace(time=time_machine.escape_hatch.time.time, monotonic=time.monotonic)
"""The time of files, which is not moved."""
AT_ONCE = 4
"""Crawls that run together: they wait for the delays of their sites more than they do anything."""
SOON = 0.5
"""Seconds within which a crawl dies that is to be killed."""


def ask(machine: socket.socket, *files: int, **job: object) -> int | None:
    """Have the machine do something; what it answers."""
    socket.send_fds(machine, [json.dumps(job).encode()], files)
    return json.loads(machine.recv(LARGEST))


class Machine:
    """Starts processes, kills some, and knows how all of them ended."""

    def __init__(self, boss: socket.socket, kills: float) -> None:
        self._boss = boss
        self._channels = [boss]
        self._kills = kills
        self._chance = random.Random(20_240_611)
        self._doomed: dict[int, float] = {}
        """Crawl → when it is killed."""
        self._crawls: set[int] = set()
        self._ended: dict[int, int] = {}
        """Process → its exit status, until another process has its number."""
        self._killed = 0
        """Crawls of which the exit status says that they were killed."""

    def serve(self) -> None:
        """Do what is asked, until nobody is there any more to ask for it."""
        while self._boss in self._channels:
            ready, _, _ = select.select(self._channels, [], [], 0.01 if self._doomed else None)
            for channel in ready:
                self._answer(channel)
            for crawl in [crawl for crawl, moment in self._doomed.items() if moment < time.monotonic()]:
                del self._doomed[crawl]
                self._reap()
                if crawl not in self._ended:
                    os.kill(crawl, signal.SIGKILL)

    def _answer(self, channel: socket.socket) -> None:
        packet, files = b"", []
        with suppress(ConnectionError):  # whoever asked died before it read the answer
            packet, files, _, _ = socket.recv_fds(channel, LARGEST, maxfds=2)
        if not packet:
            self._channels.remove(channel)
            channel.close()
            return
        answer = self._do(json.loads(packet), files)
        for file in files:
            os.close(file)
        with suppress(ConnectionError):  # whoever asked has died since
            channel.send(json.dumps(answer).encode())

    def _do(self, job: dict, files: list[int]) -> int | None:
        match job:
            case {"crawl": arguments, "now": now}:
                return self._start_crawl(arguments, now, files)
            case {"schedule": log}:
                return self._start_scheduler(log, files)
            case {"kill": process}:
                os.kill(process, signal.SIGKILL)
                self._ended[process] = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
                return self._ended[process]
            case {"status": process}:
                self._reap()
                return self._ended.get(process)
            case {"killed": "crawls"}:
                self._reap()
                return self._killed
        raise AssertionError(job)

    def _start_crawl(self, arguments: list[str], now: str, files: list[int]) -> int:
        crawl = self._fork(partial(run_crawl, arguments, now, files))
        self._crawls.add(crawl)
        if self._chance.random() < self._kills:
            self._doomed[crawl] = time.monotonic() + self._chance.uniform(0.02, SOON)
        return crawl

    def _start_scheduler(self, log: str, files: list[int]) -> int:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            scheduler = self._fork(partial(run_scheduler, log, theirs, files))
        self._channels.append(ours)
        return scheduler

    def _fork(self, work: Callable[[], int]) -> int:
        self._reap()
        process = fork(work)
        self._ended.pop(process, None)  # of an earlier process with that number
        return process

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self._ended[ended[0]] = status = os.waitstatus_to_exitcode(ended[1])
                self._killed += ended[0] in self._crawls and status == -signal.SIGKILL
                self._crawls.discard(ended[0])


def fork(work: Callable[[], int]) -> int:
    """Have something done in a process of its own; its number."""
    child = os.fork()
    if child == 0:
        status = 99
        try:
            os.setsid()
            status = work()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    return child


def run_crawl(arguments: list[str], now: str, files: list[int]) -> int:
    """`newswarc crawl` at the time that it is told."""
    for number, file in enumerate(files, 1):
        os.dup2(file, number)
    with time_machine.travel(datetime.fromisoformat(now), tick=True):
        return command("crawl", *arguments)


def run_scheduler(log: str, machine: socket.socket, files: list[int]) -> int:
    """`newswarc schedule run`, which looks whenever it is told what time it is, and says when it has looked."""
    with Path(log).open("ab") as errors:
        os.dup2(errors.fileno(), 2)
    steps = socket.socket(fileno=os.dup(files[0]))
    with time_machine.travel(told_by(steps), tick=True) as clock:

        def wait(_seconds: float) -> None:
            steps.send(b"looked")
            clock.move_to(told_by(steps))

        with (
            patch.object(Scheduler, "run", partialmethod(Scheduler.run, sleep=wait)),
            patch("crawler.jobs.folder.Children", partial(Children, spawn=partial(Crawl, machine))),
            patch("crawler.jobs.children.time", CLOCK),
        ):
            return command("schedule", "run", "--at-once", str(AT_ONCE))


def told_by(steps: socket.socket) -> datetime:
    """The time of whoever moves the clock; KeyboardInterrupt, once nobody does."""
    if told := steps.recv(LARGEST):
        return datetime.fromisoformat(told.decode())
    raise KeyboardInterrupt


def command(*arguments: str) -> int:
    """Run `newswarc`; its exit status."""
    sys.argv = ["newswarc", *arguments]
    try:
        crawler.cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


class Crawl:
    """A crawl that the machine started, as `subprocess.Popen` has one."""

    def __init__(self, machine: socket.socket, arguments, out, err) -> None:
        self._machine = machine
        now = datetime.now(UTC).isoformat()
        self._number = ask(machine, out.fileno(), err.fileno(), crawl=arguments, now=now)

    def poll(self) -> int | None:
        return ask(self._machine, status=self._number)

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            os.kill(self._number, sig)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        while (status := self.poll()) is None:
            time.sleep(0.02)
        return status


if __name__ == "__main__":
    prepare()
    apprise.Apprise().add("json://127.0.0.1")  # which imports all that it has
    Machine(socket.socket(fileno=int(sys.argv[1])), float(sys.argv[2])).serve()
