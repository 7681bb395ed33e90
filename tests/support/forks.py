"""Runs programs in forks of a process that has imported what they need, so that imports cost once.

A fork is a process of its own with its own folder, environment and files, and runs the very script that a shell would
start, to the end of the interpreter. That scripts find all they import by themselves, the README's session shows.
"""

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Forks:
    """Forks for whoever asks, one at a time."""

    def __init__(self) -> None:
        self._channel, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tests.support.forked", str(theirs.fileno())]
        with theirs:
            self._server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
        self._answers = self._channel.makefile("rb")
        atexit.register(self.close)

    def close(self) -> None:
        """End the process that forks."""
        self._answers.close()
        self._channel.close()
        self._server.wait()

    def run(
        self,
        command: list[str | Path],
        folder: Path,
        environment: dict[str, str],
        files: tuple[int, int, int],
        *,
        longest: float,
        strict: bool = False,
    ) -> tuple[int, int]:
        """Run a Python script with these arguments and standard files; returns its exit status and kilobytes of memory.

        It is killed after the `longest` seconds; if `strict`, warnings are errors there.
        """
        job = {"command": [str(part) for part in command], "folder": str(folder), "environment": environment}
        socket.send_fds(self._channel, [b"\n"], list(files))
        self._channel.sendall(json.dumps({**job, "strict": strict}).encode() + b"\n")
        child = int(self._answers.readline())
        guard = threading.Timer(longest, os.kill, (child, signal.SIGKILL))
        guard.start()
        try:
            status, peak = json.loads(self._answers.readline())
        except BaseException:  # the test's time is up
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            self._answers.readline()
            raise
        finally:
            guard.cancel()
        return status, peak
