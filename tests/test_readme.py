"""What README.md and docs/ tell people to type works as it stands there, in the order of the README and its links."""

import re
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.commands import BIN, environment_in, settle_newsroom

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MORE = README.partition("\n## More\n")[2].partition("\n## ")[0]
TEXTS = {
    ROOT / name: (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", *dict.fromkeys(re.findall(r"\]\((docs/[\w-]+\.md)", MORE)))
}
COMMANDS = [
    line
    for text in TEXTS.values()
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE)
]
SERVERS = ("newswarc newsroom", "newswarc replay", "newswarc serve")


def test_make_targets_exist():
    named = [command.split()[1] for command in COMMANDS if command.startswith("make ")]
    assert named == ["demo", "test"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in (*named, *(name for text in TEXTS.values() for name in re.findall(r"`make ([a-z]+)`", text))):
        assert re.search(rf"^{target}:.*##", makefile, re.MULTILINE), f"the README or docs/ name `make {target}`"


def test_the_readme_leads_to_every_page():
    assert {path for path in TEXTS if path.parent.name == "docs"} == {*(ROOT / "docs").glob("*.md")}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^):]+)\)", TEXTS[path])
    missing = [link for link in links if not (path.parent / link.partition("#")[0]).exists()]
    assert missing == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_links_into_a_page_lead_to_a_heading(path):
    for link in re.findall(r"\]\(([^):]+#[^)]+)\)", TEXTS[path]):
        page, _, anchor = link.partition("#")
        headings = re.findall(r"^#+ (.*)$", (path.parent / page).read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings}, link


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
