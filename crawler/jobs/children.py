"""Crawls as processes of their own, which outlive whoever started them."""

import fcntl
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from archives.layout import Layout
from archives.lock import BEING_WRITTEN, is_being_written
from crawler.jobs.budget import left_of
from crawler.jobs.runs import Run, Summary
from crawler.jobs.summary import UNKNOWN
from crawler.sites import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a crawl's process ended, as far as can be seen."""

    status: int | None
    """Exit status; negative: the signal that killed it; None: it was another process's child."""
    summary: Summary | None
    """What it said at the end; None if it was cut off before."""
    fault: str | None
    """The last line that it complained with."""
    so_far: Summary = field(default_factory=dict)
    """What it had done by then, if it was cut off."""

    @property
    def was_refused(self) -> bool:
        """Whether it did not begin, as another process was writing to its collection."""
        return self.summary is None and BEING_WRITTEN in (self.fault or "")


class Process(Protocol):
    """A crawl at work, as `subprocess.Popen` has it."""

    def poll(self) -> int | None:
        """Its exit status; None while it goes on."""

    def send_signal(self, sig: int, /) -> None:
        """Send it a signal."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; subprocess.TimeoutExpired."""

    def kill(self) -> None:
        """End it at once."""


Spawn = Callable[[list[str], IO[bytes], IO[bytes]], Process]
"""Starts `newswarc crawl` with arguments; the files are its standard output and error."""


def spawn(arguments: list[str], out: IO[bytes], err: IO[bytes]) -> Process:
    """Start a crawl in a session of its own: Ctrl-C is for the scheduler, which stops crawls one by one."""
    return subprocess.Popen(  # noqa: S603  # our own command, a configured site's name
        [sys.executable, "-m", "crawler", "crawl", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        start_new_session=True,
    )


class Children:
    """Starts a run's crawl, and tells whether it still goes on.

    Each holds a lock on the file of what it says until its process is gone, by which one that an earlier scheduler
    started is known: it lets go of its collection before it has said how it ended.
    """

    def __init__(self, folder: Path, home: Path, *, spawn: Spawn = spawn, lease: float | None = None) -> None:
        self._folder = folder
        self._home = home
        self._spawn = spawn
        self._lease = lease
        self._processes: dict[int, Process] = {}

    def start(self, run: Run, schedule: Schedule | None) -> None:
        """Start the crawl of a run, with what is left of its budget.

        What it says goes to files named after the run and the attempt.
        """
        schedule = schedule and left_of(schedule, run.summary)
        self._folder.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # on a full disk nobody will know
            self._so_far(run).write_text("{}", encoding="ascii")
        with self._said(run).open("wb") as out, self.complaints(run).open("wb") as err:
            fcntl.flock(out, fcntl.LOCK_EX)  # by all who have the file from here; after the block the crawl
            arguments = [*_arguments(run, self._home, schedule), "--so-far", str(self._so_far(run).absolute())]
            if self._lease is not None:
                arguments += ["--lease", f"{run.id}:{run.attempts}:{self._lease}"]
            self._processes[run.id] = self._spawn(arguments, out, err)

    def ended(self, run: Run) -> Ended | None:
        """How the run's crawl ended; None while it goes on."""
        process = self._processes.get(run.id)
        status = process.poll() if process else None
        if status is None and (process or self._goes_on(run)):
            return None
        self._processes.pop(run.id, None)
        summary = self._summary(run)
        so_far = self._done_by(run) if summary is None else {}
        return Ended(status=status, summary=summary, fault=self._fault(run), so_far=so_far)

    def _done_by(self, run: Run) -> Summary:
        """What the run's crawl had done, as it told at most a second before."""
        if not self._said(run).exists():  # it was never started
            return {}
        told = _read(self._so_far(run))
        return UNKNOWN if told is None else told

    def forget_but(self, runs: Iterable[Run]) -> bool:
        """Let go of processes that have ended and whose runs are others' by now; returns whether there were any."""
        others = self._processes.keys() - {run.id for run in runs}
        ended = [number for number in others if self._processes[number].poll() is not None]
        for number in ended:
            del self._processes[number]
        return bool(ended)

    def forget_ended(self, run: Run) -> None:
        """Remove the files of a run whose end is in the history; a crawl without a log leaves what it complained of."""
        for path in (*self._folder.glob(f"{run.id}-*"), *self._folder.glob(f".{run.id}-*")):  # drafts, too
            if run.state == "done" or path != self.complaints(run):
                path.unlink(missing_ok=True)

    def _goes_on(self, run: Run) -> bool:
        """Whether the run's crawl, whoever started it, has not gone yet."""
        try:
            with self._said(run).open("rb") as said:
                fcntl.flock(said, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:  # it is about to be started, or whoever was about to is dead: a lease will tell
            return self._lease is not None
        return self._summary(run) is None and self.is_busy(run)  # one of an earlier version, which has no such lock

    def is_busy(self, run: Run) -> bool:
        """Whether some process is writing to the run's collection."""
        return is_being_written(Layout(self._home / run.collection))

    def stop(self, seconds: float) -> None:
        """Interrupt the crawls that were started here, and wait that long for all; they can be gone on with."""
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + seconds
        for process in self._processes.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def complaints(self, run: Run) -> Path:
        """The file with what the run's crawl said on standard error."""
        return self._folder / f"{run.id}-{run.attempts}.err"

    def _said(self, run: Run) -> Path:
        return self._folder / f"{run.id}-{run.attempts}.json"

    def _so_far(self, run: Run) -> Path:
        return self._folder / f"{run.id}-{run.attempts}.so-far"

    def _summary(self, run: Run) -> Summary | None:
        return _read(self._said(run))

    def _fault(self, run: Run) -> str | None:
        try:
            lines = self.complaints(run).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return None
        return lines[-1].removeprefix("newswarc: ") if lines else None


def _read(path: Path) -> Summary | None:
    """What a crawl wrote; None, if that is not whole."""
    try:
        told: Summary = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return told


def _arguments(run: Run, home: Path, schedule: Schedule | None) -> list[str]:
    arguments = [run.site, "--collection", str((home / run.collection).absolute()), "--json", "--run", str(run.id)]
    if schedule and schedule.max_pages is not None:
        arguments += ["--max-pages", str(schedule.max_pages)]
    if schedule and schedule.max_bytes is not None:
        arguments += ["--max-bytes", str(schedule.max_bytes)]
    if run.cause == "schedule":
        arguments.append("--due")
    if schedule and schedule.max_minutes is not None:
        arguments += ["--max-time", str(schedule.max_minutes * 60)]
    return arguments
