"""The built-in newspaper, its site without what is only slow, and the command."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.newsroom import Newsroom
from tests.support.commands import BIN, environment_in, settle_newsroom


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=36, slow_seconds=0.2, large_bytes=200_000, retry_after=0) as opened:
        yield opened


@pytest.fixture
def start(tmp_path, newsroom) -> Callable[..., subprocess.Popen]:
    """Starts a command in a process of its own; `paper` is the newsroom's site."""
    settle_newsroom(tmp_path, newsroom.url.removeprefix("http://"), name="paper")
    environment = environment_in(tmp_path)

    def start(*arguments: str | Path, log: Path | None = None) -> subprocess.Popen:
        with (log or tmp_path / "said").open("wb") as said:
            return subprocess.Popen(
                [BIN / "newswarc", *map(str, arguments)],
                cwd=tmp_path,
                env=environment,
                stdout=said,
                stderr=subprocess.STDOUT,
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
