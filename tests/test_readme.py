"""What README.md tells people to type works as it stands there, in its order."""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE)
]
SERVERS = ("newswarc newsroom", "newswarc replay")
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "SCRAPY_SETTINGS_MODULE": "crawler.settings",
}


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
def test_the_session_runs_as_printed(tmp_path, pywb):
    commands = [command for command in COMMANDS if not command.startswith("make ")]
    assert len(commands) > 10
    for command in commands:
        if command.startswith(SERVERS):
            serve_and_stop(command, tmp_path)
        else:
            run(command, tmp_path)
    assert (tmp_path / "articles.jsonl").stat().st_size > 0
    assert (tmp_path / "items.jsonl").read_text(encoding="utf-8").count("\n") > 0
    assert sum(1 for _ in (tmp_path / "articles").glob("*.md")) > 20


def run(command: str, folder: Path) -> None:
    done = subprocess.run(
        shlex.split(command), cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, f"$ {command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def serve_and_stop(command: str, folder: Path) -> None:
    """A server prints its address first, and ends at Ctrl-C without complaint."""
    with subprocess.Popen(
        shlex.split(command), cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        assert server.stdout.readline().startswith("http://127.0.0.1:"), f"$ {command}"
        server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=30)
    assert "Traceback" not in said
