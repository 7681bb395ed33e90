"""`newswarc extract --jobs`: what its processes leave, however it ends, and what is said of them."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archives.errors import StorageFailed
from crawler.jobs.extract import BATCH, MEANWHILE, extract_pages
from crawler.jobs.pages import ArchivedPage
from crawler.jobs.processes import forks
from crawler.jobs.sources import pages_of
from tests.support.commands import BIN, environment_in, run
from tests.support.disk import small_disks
from tests.support.warcs import response

SECRET = b"the words that a court took down"
MANY = 8_000


def record(number: int) -> bytes:
    url = f"https://news.example/2031/03/02/story-number-{number}"
    return response(url, b"<html><title>A story</title><p>%s</p></html>" % (SECRET * 20), number=number)


def children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def wait_for(what: Callable[[], object], seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


class Extraction:
    """A command that extracts from more pages than a test can wait for."""

    def __init__(self, folder: Path) -> None:
        (folder / "pages.warc").write_bytes(b"".join(map(record, range(MANY))))
        self._temporary = tempfile.TemporaryDirectory(
            prefix="newswarc-"
        )  # short: a socket's path has at most 107 bytes
        self.temporary = Path(self._temporary.name)
        self._process = subprocess.Popen(
            [BIN / "newswarc", "extract", "pages.warc", "-o", "out.jsonl", "--jobs", "2"],
            cwd=folder,
            env=environment_in(folder, TMPDIR=self._temporary.name),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # as a shell does with what a terminal's Ctrl-C is to end
        )

    @property
    def workers(self) -> list[int]:
        return [worker for child in children(self._process.pid) for worker in children(child)]

    @property
    def processes(self) -> list[int]:
        return children(self._process.pid) + self.workers

    def interrupt(self) -> None:
        os.killpg(self._process.pid, signal.SIGINT)

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> tuple[int, str]:
        """Its exit status, and what it said."""
        said = self._process.communicate(timeout=40)[1]
        return self._process.returncode, said.strip()

    def close(self) -> None:
        self.kill()
        self._process.communicate()
        self._temporary.cleanup()


@pytest.fixture
def extraction(tmp_path) -> Iterator[Extraction]:
    begun = Extraction(tmp_path)
    yield begun
    begun.close()


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_a_worker_that_is_killed_is_told_so(extraction):
    wait_for(lambda: len(extraction.workers) == 2)
    os.kill(extraction.workers[0], signal.SIGKILL)
    status, said = extraction.end()
    assert said == "newswarc: a process was killed, for want of memory perhaps; use fewer --jobs"
    assert status == 1


def test_a_command_that_is_killed_leaves_neither_processes_nor_pages(extraction):
    wait_for(lambda: len(extraction.workers) == 2)
    processes = extraction.processes
    extraction.kill()
    wait_for(lambda: all(map(is_gone, processes)))
    files = [path.read_bytes() for path in extraction.temporary.rglob("*") if path.is_file()]
    assert not [content for content in files if SECRET in content]


@pytest.mark.parametrize("when", ["the server starts", "the server imports", "the workers are at work"])
def test_ctrl_c_is_one_line_at_any_moment(extraction, when):
    begun = {
        "the server starts": lambda: extraction.processes,
        "the server imports": lambda: len(extraction.processes) == 2,
        "the workers are at work": lambda: len(extraction.workers) == 2,
    }
    wait_for(begun[when])
    processes = extraction.processes
    extraction.interrupt()
    assert extraction.end() == (130, "newswarc: interrupted")
    wait_for(lambda: all(map(is_gone, processes)))


def test_a_folder_for_temporary_files_that_is_full(tmp_path, monkeypatch):
    (tmp_path / "pages.warc").write_bytes(b"".join(map(record, range(MEANWHILE + BATCH))))
    pages: list[ArchivedPage] = list(pages_of(tmp_path / "pages.warc", on_fault=pytest.fail))
    forks()  # whose folder for sockets is elsewhere
    with small_disks(tmp_path) as disk:
        full = disk(4)
        monkeypatch.setattr("tempfile.tempdir", str(full.path))
        with pytest.raises(StorageFailed) as failed:
            list(extract_pages(pages, jobs=2))
    what = "no temporary file for pages: No space left on device; make room, or set TMPDIR"
    assert str(failed.value) == f"{full.path}: {what}"


def test_a_folder_for_temporary_files_whose_path_is_too_long(tmp_path):
    (tmp_path / "pages.warc").write_bytes(record(1))
    long = tmp_path / ("temporary" * 12)
    long.mkdir()
    said = run(tmp_path, "newswarc", "extract", "pages.warc", "--jobs", "2", TMPDIR=str(long))
    assert said.status == 1
    assert said.one_line.endswith("name a folder with a short path in TMPDIR")
