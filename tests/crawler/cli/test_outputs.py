"""`-o` writes where it says: into a pipe or device that stands there, through a link, and else a file in one piece."""

import os
import stat
import threading
from pathlib import Path

import pytest

STORY = "/2031/03/02/a-ferry-for-the-harbour"
WARC, WACZ = "paper.warc.gz", "paper.wacz"


@pytest.fixture
def paper(archived, newswarc, page):
    archived((STORY, page(STORY), None))


@pytest.fixture
def read(tmp_path):
    """Makes a pipe of a name; tells afterwards what came out of it."""

    def make(name: str):
        os.mkfifo(tmp_path / name)
        came: list[bytes] = []
        reader = threading.Thread(target=lambda: came.append((tmp_path / name).read_bytes()), daemon=True)
        reader.start()

        def content() -> bytes:
            reader.join(20)
            assert stat.S_ISFIFO((tmp_path / name).lstat().st_mode)
            return came[0]

        return content

    return make


@pytest.mark.parametrize("command", ["extract", "export"])
def test_a_pipe_is_written_into(newswarc, paper, read, tmp_path, command):
    content = read("pipe.jsonl")
    assert newswarc(command, "paper", "-o", "pipe.jsonl").status == 0
    assert newswarc(command, "paper", "-o", "plain.jsonl").status == 0
    assert content() == (tmp_path / "plain.jsonl").read_bytes()


def test_records_through_a_pipe_are_whole(newswarc, paper, read, tmp_path):
    content = read(WARC)
    assert newswarc("export", "paper", "--format", "warc", "-o", WARC).status == 0
    (tmp_path / "got.warc.gz").write_bytes(content())
    said = newswarc("verify", "got.warc.gz")
    assert (said.status, said.out) == (0, "")


def test_a_package_through_a_pipe_is_whole(newswarc, paper, read, tmp_path):
    content = read(WACZ)
    said = newswarc("pack", "paper", "-o", WACZ)
    (tmp_path / "got.wacz").write_bytes(content())
    assert f": {len(content()):,} bytes," in said.err
    assert newswarc("verify", "got.wacz").status == 0


@pytest.mark.parametrize(
    ("arguments", "name"),
    [(["extract", "paper"], "a.jsonl"), (["export", "paper", "--format", "warc"], WARC), (["pack", "paper"], WACZ)],
    ids=["extract", "warc", "pack"],
)
def test_a_link_stays_and_what_it_leads_to_is_replaced(newswarc, paper, tmp_path, arguments, name):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "kept").write_text("before")
    (tmp_path / name).symlink_to(Path("there", "kept"))
    assert newswarc(*arguments, "-o", name).status == 0
    assert (tmp_path / name).readlink() == Path("there", "kept")
    assert (tmp_path / "there" / "kept").read_bytes() != b"before"
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["kept"]


def test_a_link_to_a_folder_that_is_not_there(newswarc, paper, tmp_path):
    (tmp_path / "a.jsonl").symlink_to("nowhere/a.jsonl")
    said = newswarc("extract", "paper", "-o", "a.jsonl")
    assert f"{tmp_path / 'nowhere'} is not there; make it, or choose another place" in said.one_line
    assert said.status == 2


@pytest.mark.parametrize(
    ("arguments", "name"),
    [(["extract", "paper", "--quiet"], "/dev/full"), (["export", "paper", "--format", "warc"], WARC)],
    ids=["by its name", "by a link"],
)
def test_a_full_device_stays_one(newswarc, paper, tmp_path, arguments, name):
    (tmp_path / WARC).symlink_to("/dev/full")
    said = newswarc(*arguments, "-o", name)
    assert said.one_line == (
        f"newswarc: {name}: cannot be written: No space left on device; choose another place or make room"
    )
    assert said.status == 1
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


@pytest.mark.parametrize(
    "arguments",
    [["extract", "paper"], ["export", "paper"], ["export", "paper", "--format", "markdown"], ["pack", "paper"]],
    ids=lambda arguments: arguments[-1],
)
def test_a_folder_that_may_not_be_written_to(newswarc, paper, arguments):
    """Nobody may write into /sys, root neither."""
    said = newswarc(*arguments, "-o", f"/sys/kept{'.wacz' if arguments[0] == 'pack' else ''}")
    assert "/sys/kept" in said.one_line
    assert "make it writable" in said.one_line
    assert said.status == 1
