"""Commands as a shell runs them: in a process of their own, in a folder, with nothing of the developer's settings."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO

BIN = Path(sys.executable).parent
SITES = Path(__file__).parents[2] / "crawler" / "sites"
LONGEST = 100
"""Seconds that a command may take."""


@dataclass(frozen=True)
class Said:
    """What a command said, its exit status, and what it took."""

    status: int
    out: str
    err: str
    peak: int = 0
    """Kilobytes of memory."""

    @property
    def faults(self) -> list[str]:
        """Its lines about faults; never is a traceback among them."""
        assert "Traceback" not in self.err, self.err[-3000:]
        return [line for line in self.err.splitlines() if line.startswith("newswarc: ")]

    @property
    def one_line(self) -> str:
        """The one line about the fault."""
        assert len(self.faults) == 1, self.err[-3000:]
        return self.faults[0]


def environment_in(folder: Path, **more: str) -> dict[str, str]:
    """For commands in the folder: its `collections` and, if it is there, its `sites`."""
    sites = {"NEWSWARC_SITES": str(folder / "sites")} if (folder / "sites").is_dir() else {}
    home = str(folder / "collections")
    return {**os.environ, "SCRAPY_SETTINGS_MODULE": "crawler.settings", "NEWSWARC_HOME": home, **sites, **more}


def run(folder: Path, program: str, *arguments: str | Path, stdout: int | None = None, **environment: str) -> Said:
    """Run `newswarc` or `scrapy` to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [BIN / program, *arguments],
            cwd=folder,
            env=environment_in(folder, **environment),
            stdout=out if stdout is None else stdout,
            stderr=err,
        )
        guard = threading.Timer(LONGEST, process.kill)
        guard.start()
        _, status, usage = os.wait4(process.pid, 0)  # which alone tells what this one child took
        guard.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        return Said(process.returncode, _read(out), _read(err), usage.ru_maxrss)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def settle_newsroom(folder: Path, address: str, name: str = "newsroom") -> None:
    """The newsroom's site file, for commands in the folder, with another address: host and port."""
    (folder / "sites").mkdir()
    text = (SITES / "newsroom.toml").read_text(encoding="utf-8").replace("127.0.0.1:8765", address)
    (folder / "sites" / f"{name}.toml").write_text(text, encoding="utf-8")
