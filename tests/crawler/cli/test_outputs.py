"""`-o` writes where it says: into a pipe or device that stands there, through a link, and else a file in one piece."""

import os
import stat
import threading
from pathlib import Path

import pytest

from tests.support.warcs import response

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


@pytest.fixture
def kept(tmp_path, page):
    """A WARC file and an HTML file to read, and afterwards both as they were."""
    contents = {
        "a.warc": response(f"https://news.example{STORY}", page(STORY), number=1),
        "page.html": page(STORY),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    yield
    assert {name: (tmp_path / name).read_bytes() for name in contents} == contents


@pytest.mark.parametrize(
    "arguments",
    [
        ["extract", "a.warc", "-o", "a.warc"],
        ["extract", "paper", "a.warc", "-o", "link.jsonl"],
        ["extract", "page.html", "--url", f"https://news.example{STORY}", "-o", "./page.html"],
        ["explain", f"https://news.example{STORY}", "--collection", "a.warc", "--html", "a.warc"],
        ["explain", "page.html", "--url", f"https://news.example{STORY}", "--html", "page.html"],
    ],
    ids=["WARC", "by a link", "HTML", "explained WARC", "explained HTML"],
)
def test_what_is_read_is_not_written_over(newswarc, paper, kept, tmp_path, arguments):
    (tmp_path / "link.jsonl").symlink_to("a.warc")
    said = newswarc(*arguments)
    assert (said.status, said.out) == (2, "")
    assert f"{arguments[-1].removeprefix('./')} is what is read, and would be lost; name another file" in said.one_line


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["extract", "paper"], "archive/{warc}"),
        (["extract", "a.warc"], "archive/new.jsonl"),
        (["extract", "a.warc"], "catalog.sqlite"),
        (["extract", "--queue", "list.txt"], "archive"),
        (["explain", "page.html"], "indexes/why.html"),
        (["export", "paper"], "items/all.jsonl"),
        (["export", "paper", "--format", "markdown"], "archive/texts"),
        (["export", "paper", "--format", "warc"], "archive/{warc}"),
        (["pack", "paper"], "archive/paper.wacz"),
        (["crawl", "newsroom"], "metadata.yaml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_nothing_is_written_among_what_a_collection_keeps(newswarc, paper, kept, tmp_path, arguments, name):
    (tmp_path / "list.txt").write_text("a.warc\n")
    folder = tmp_path / "collections" / "paper"
    (warc,) = (folder / "archive").glob("*.warc.gz")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    option = "--html" if arguments[0] == "explain" else "-o"
    said = newswarc(*arguments, option, f"collections/paper/{name.format(warc=warc.name)}")
    assert (said.status, said.out) == (2, "")
    assert f"is among the collection's own files, in {folder}; choose another place" in said.one_line
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_folder_named_archive_makes_no_collection(newswarc, paper, tmp_path):
    (tmp_path / "archive").mkdir()
    assert newswarc("extract", "paper", "-o", "archive/articles.jsonl").status == 0
    assert newswarc("export", "paper", "-o", "collections/paper/articles.jsonl").status == 0
    assert newswarc("extract", "paper", "-o", "archive/articles.jsonl").status == 0


def test_standard_input_is_not_written_over(newswarc, kept, tmp_path, monkeypatch):
    with (tmp_path / "a.warc").open("rb") as file:
        monkeypatch.setattr("crawler.cli.outputs.STDIN", file.fileno())
        said = newswarc("extract", "-", "-o", "a.warc")
    assert said.status == 2
    assert "a.warc is what is read" in said.one_line
