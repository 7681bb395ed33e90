"""Commands as a shell runs them: in a process of their own, in a folder, with nothing of the developer's settings."""

import functools
import json
import os
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.support.forks import Forks

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
    return _run([BIN / program, *arguments], folder, environment_in(folder, **environment), stdout=stdout)


def run_script(command: list[str | Path], folder: Path, environment: dict[str, str], *, given: object) -> Said:
    """Run a script of the tests' own, which reads JSON from its standard input; its warnings are errors."""
    return _run(command, folder, environment, given=json.dumps(given).encode(), strict=True)


def _run(
    command: list[str | Path],
    folder: Path,
    environment: dict[str, str],
    *,
    given: bytes = b"",
    stdout: int | None = None,
    strict: bool = False,
) -> Said:
    with tempfile.TemporaryFile() as read, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        read.write(given)
        read.seek(0)
        files = (read.fileno(), out.fileno() if stdout is None else stdout, err.fileno())
        status, peak = forks().run(command, folder, environment, files, longest=LONGEST, strict=strict)
        return Said(status, _read(out), _read(err), peak)


@functools.cache
def forks() -> Forks:
    """Where commands are forked."""
    return Forks()


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


QUICK = {"crawl_delay": 0, "slow_seconds": 0.2, "large_bytes": 300_000}
"""A newsroom that nobody has to wait for: no page is so slow, or so large, that it cannot be had."""


def settle_newsroom(folder: Path, address: str, name: str = "newsroom") -> None:
    """The newsroom's site file, for commands in the folder, with another address: host and port."""
    (folder / "sites").mkdir()
    text = (SITES / "newsroom.toml").read_text(encoding="utf-8").replace("127.0.0.1:8765", address)
    (folder / "sites" / f"{name}.toml").write_text(text, encoding="utf-8")
