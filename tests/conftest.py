"""Parts that the whole house shares. What cannot be had is skipped aloud, with the reason."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from archives.errors import ReplayUnavailable
from archives.replay.pywb import find_wayback
from tests.support.commands import free_port
from tests.support.paper import Answer, Paper, article
from tests.support.postgres import Postgres, PostgresMissing, running
from tests.support.s3 import Store, StoreMissing
from tests.support.s3 import running as running_store

KEPT = {"NEWSWARC_PYWB", "NEWSWARC_MOTO"}
"""Says what is installed where, not what to do with whose collections."""

for name in [name for name in os.environ if name.startswith("NEWSWARC_") and name not in KEPT]:
    del os.environ[name]  # before any module of the tests looks
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of hundreds of processes compiles the packages anew
sys.dont_write_bytecode = False
signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell ran in the background would ignore Ctrl-C
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and what runs under nohup, that its terminal is closed
settings.register_profile("untimed", deadline=None)  # how long an example takes is the machine's affair
settings.load_profile("untimed")


def pytest_xdist_auto_num_workers() -> int:
    """Two a core: tests wait for others half of their time. A container may see more cores than it has."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(2 * cores, 12)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files with tests that may take longer than usual come first: in the end nobody waits for the last of them."""
    usual = float(config.getini("timeout"))
    longest: dict[Path, float] = {}
    for item in items:
        mark = item.get_closest_marker("timeout")
        longest[item.path] = max(longest.get(item.path, usual), mark.args[0] if mark else usual)
    items.sort(key=lambda item: longest[item.path], reverse=True)


@pytest.fixture(scope="session")
def pywb() -> Path:
    """pywb's program, or a skip that says how to get it."""
    try:
        return find_wayback()
    except ReplayUnavailable as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of the tests' own, or a skip that says why there is none."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(running())
        except PostgresMissing as missing:
            pytest.skip(str(missing))
        yield server


@pytest.fixture(scope="session")
def store_server() -> Iterator[Store]:
    """An S3-compatible store of the tests' own, or a skip that says why there is none."""
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(running_store())
        except StoreMissing as missing:
            pytest.skip(str(missing))
        yield server


@pytest.fixture
def s3(store_server: Store) -> Iterator[Store]:
    """The same, with nothing in it."""
    import fsspec

    store_server.empty()
    fsspec.filesystem("s3").clear_instance_cache()
    yield store_server
    fsspec.filesystem("s3").clear_instance_cache()  # each knows where it was


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: each test that has it is run on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/catalog.sqlite"
    return request.getfixturevalue("postgres").database()


@pytest.fixture
def port() -> int:
    """One that nobody listens at."""
    return free_port()


@pytest.fixture
def paper() -> Iterator[Paper]:
    """A small newspaper whose every answer is scripted."""
    with Paper() as opened:
        yield opened


@pytest.fixture
def answer() -> type[Answer]:
    """Makes one answer of the paper."""
    return Answer


@pytest.fixture
def page() -> Callable[..., bytes]:
    """Makes a page with a headline and six paragraphs, by its path."""
    return article
