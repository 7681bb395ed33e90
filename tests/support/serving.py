"""A command that serves until it is stopped, in a process of its own."""

import contextlib
import json
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.commands import BIN, environment_in

NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Serving:
    """A reading room that is open."""

    address: str
    """Where it is opened: with its token, if it has one."""
    replay: str | None
    process: subprocess.Popen[str]

    @property
    def base(self) -> str:
        return self.address.partition("?")[0].rstrip("/")

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        request = urllib.request.Request(f"{self.base}{path}", headers=headers)
        try:
            with NO_PROXY.open(request, timeout=120) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read()

    def health(self) -> dict:
        return dict(json.loads(self.get("/health")[1]))

    def wait_for_replay(self, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not self.health()["replay"]:
            assert time.monotonic() < deadline, self.health()
            time.sleep(0.1)


@contextlib.contextmanager
def serving(folder: Path, *arguments: str | Path, **environment: str) -> Iterator[Serving]:
    """`newswarc serve` at free ports; it ends at Ctrl-C, with 0 and without complaint."""
    with subprocess.Popen(
        [BIN / "newswarc", "serve", *arguments, "--port", "0", "--json"],
        cwd=folder,
        env=environment_in(folder, **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line, process.stderr and process.stderr.read()
            told = json.loads(line)
            yield Serving(told["address"], told["replay"], process)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                _, said = process.communicate(timeout=120)
            finally:
                process.kill()
        assert process.returncode == 0, said
        assert "Traceback" not in said, said
