"""What README.md tells people to type works as it stands there, in its order."""

import re
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.commands import BIN, environment_in, settle_newsroom

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE)
]
SERVERS = ("newswarc newsroom", "newswarc replay", "newswarc serve")


def test_make_targets_exist():
    named = [command.split()[1] for command in COMMANDS if command.startswith("make ")]
    assert named == ["demo", "test"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in (*named, *re.findall(r"`make ([a-z]+)`", README)):
        assert re.search(rf"^{target}:.*##", makefile, re.MULTILINE), f"the README names `make {target}`"


def test_links_lead_somewhere():
    missing = [link for link in re.findall(r"\]\(([^):#]+)\)", README) if not (ROOT / link).exists()]
    assert missing == []


@pytest.mark.timeout(300)
def test_the_session_runs_as_printed(tmp_path, port, pywb):
    """In a folder of its own, and with the newspaper at a free port instead of 8765."""
    printed = [command for command in COMMANDS if not command.startswith("make ")]
    assert len(printed) > 10
    settle_newsroom(tmp_path, f"127.0.0.1:{port}")
    for command in printed:
        arguments = shlex.split(command.replace("127.0.0.1:8765", f"127.0.0.1:{port}"))
        if command.startswith(SERVERS):
            serve_and_stop(arguments, tmp_path)
        else:
            done = start(arguments, tmp_path)
            assert done.returncode == 0, f"$ {command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    assert (tmp_path / "articles.jsonl").stat().st_size > 0
    assert (tmp_path / "items.jsonl").read_text(encoding="utf-8").count("\n") > 0
    assert sum(1 for _ in (tmp_path / "articles").glob("*.md")) > 20


def start(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, by a Python that has imported nothing yet."""
    command, environment = [BIN / arguments[0], *arguments[1:]], environment_in(folder)
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=100)


def serve_and_stop(arguments: list[str], folder: Path) -> None:
    """A server prints its address first, and ends at Ctrl-C without complaint."""
    with subprocess.Popen(
        [BIN / arguments[0], *arguments[1:]],
        cwd=folder,
        env=environment_in(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        assert server.stdout.readline().startswith("http://127.0.0.1:"), arguments
        server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=30)
    assert "Traceback" not in said
