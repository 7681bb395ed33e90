"""The built-in newspaper, its site without what is only slow, and the command."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.newsroom import Newsroom

COMMAND = str(Path(sys.executable).with_name("newswarc"))
SITE_FILE = Path(__file__).parents[2] / "crawler" / "sites" / "newsroom.toml"


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=36, slow_seconds=0.2, large_bytes=200_000, retry_after=0) as opened:
        yield opened


@pytest.fixture
def start(tmp_path, newsroom) -> Callable[..., subprocess.Popen]:
    """Starts a command in a process of its own; `paper` is the newsroom's site."""
    (tmp_path / "sites").mkdir()
    text = SITE_FILE.read_text(encoding="utf-8").replace("127.0.0.1:8765", newsroom.url.removeprefix("http://"))
    (tmp_path / "sites" / "paper.toml").write_text(text, encoding="utf-8")
    environment = {
        **os.environ,
        "NEWSWARC_HOME": str(tmp_path / "collections"),
        "NEWSWARC_SITES": str(tmp_path / "sites"),
    }

    def start(*arguments: str | Path, log: Path | None = None) -> subprocess.Popen:
        with (log or tmp_path / "said").open("wb") as said:
            return subprocess.Popen(
                [COMMAND, *map(str, arguments)], cwd=tmp_path, env=environment, stdout=said, stderr=subprocess.STDOUT
            )

    return start


@pytest.fixture
def run(start, tmp_path) -> Callable[..., str]:
    """Runs a command to its end, which has to be a good one; returns what it printed."""

    def run(*arguments: str | Path) -> str:
        status = start(*arguments).wait(timeout=600)
        said = (tmp_path / "said").read_text(encoding="utf-8")
        assert status == 0, said[-3000:]
        return said

    return run
