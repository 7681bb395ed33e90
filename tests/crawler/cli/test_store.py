"""`store` sends a collection's WARC files where NEWSWARC_STORE says; `status` tells what is there."""

import json

import pytest

from tests.support.commands import run

DAY = "/2031/03/02"


@pytest.fixture
def mount(tmp_path, monkeypatch):
    """A store that is a folder: any address that fsspec knows is one."""
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    monkeypatch.setenv("NEWSWARC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NEWSWARC_STORE", f"file://{tmp_path}/mount")
    return tmp_path / "mount"


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_sealed_before_is_sent_once(newswarc, archived, mount, tmp_path, page):
    archived((f"{DAY}/story-number-1-of-today", page("1"), None))
    archived((f"{DAY}/story-number-2-of-today", page("2"), None))
    said = newswarc("store", "paper")
    assert said.err.startswith(f"{tmp_path}/collections/paper: 2 WARC files sent, ")
    for folder in ("archive", "indexes"):
        assert names(mount / "paper" / folder) == names(tmp_path / "collections" / "paper" / folder)
    assert json.loads(newswarc("store", "paper", "--json").out) == {"collection": f"{tmp_path}/collections/paper"}
    archived((f"{DAY}/story-number-3-of-today", page("3"), None))
    assert f"paper: 2 files in file://{mount}/paper, 0 there alone, 1 to be sent\n" in newswarc("status", "paper").out
    assert "sent to" in newswarc("recover", "paper").out
    assert f"paper: 3 files in file://{mount}/paper, 0 there alone, 0 to be sent\n" in newswarc("status", "paper").out


def test_without_an_address_nothing_is_sent(newswarc, archived, page):
    archived((f"{DAY}/story-number-1-of-today", page("1"), None))
    said = newswarc("store", "paper")
    assert (said.status, said.one_line) == (
        2,
        "newswarc: NEWSWARC_STORE names no store; set it to an address such as s3://bucket/prefix",
    )


def test_what_is_removed_from_the_disk_is_read_from_the_store(newswarc, archived, mount, tmp_path, page):
    """Verification, extraction and export say the same as before; what needs the disk says how to have it there."""
    archived((f"{DAY}/story-number-1-of-today", page("1"), None))
    archived((f"{DAY}/story-number-2-of-today", page("1"), None), (f"{DAY}/story-number-3-of-today", page("3"), None))
    archive = tmp_path / "collections" / "paper" / "archive"
    on_disk = {path.name: path.read_bytes() for path in archive.iterdir()}
    commands = (("extract", "paper"), ("verify", "paper"), ("export", "paper", "--format", "warc", "-o", "out.warc.gz"))
    newswarc("recover", "paper")  # which makes articles of the pages
    before = [newswarc(*command) for command in commands]
    records = (tmp_path / "out.warc.gz").read_bytes()
    assert "2 WARC files removed" in newswarc("store", "paper", "--remove").err
    assert list(archive.iterdir()) == []
    after = [newswarc(*command) for command in commands]
    assert [(one.status, one.out) for one in before] == [(one.status, one.out) for one in after]
    assert after[1].err == before[1].err == "2 files, 8 records, 3 captures, 3 items: all of it holds\n"
    assert len((tmp_path / "out.warc.gz").read_bytes()) == pytest.approx(len(records), abs=20), "its own date differs"
    assert "0 captures" not in newswarc("recover", "paper", "--reindex").out
    assert newswarc("verify", "paper").status == 0
    hiding = ("takedown", "paper", f"https://news.example{DAY}/story-number-3-of-today", "--level", "hide")
    assert newswarc(*hiding).one_line.endswith("'newswarc store paper --back' brings them back")
    packed = newswarc("pack", "paper", "-o", "away.wacz")
    assert packed.status == 0, packed.err
    assert list(archive.iterdir()) == []
    assert "2 WARC files brought back" in newswarc("store", "paper", "--back").err
    assert {path.name: path.read_bytes() for path in archive.iterdir()} == on_disk
    of_disk = newswarc("pack", "paper", "-o", "here.wacz")
    assert of_disk.err.partition("bytes, ")[2] == packed.err.partition("bytes, ")[2] != "", "its own date differs"
    assert newswarc("extract", "here.wacz").out.replace("here", "away") == newswarc("extract", "away.wacz").out != ""


def test_what_is_changed_or_gone_in_the_store_is_found(newswarc, archived, mount, tmp_path, page):
    archived((f"{DAY}/story-number-1-of-today", page("1"), None))
    newswarc("store", "paper", "--remove")
    [kept] = (mount / "paper" / "archive").iterdir()
    content = kept.read_bytes()
    kept.write_bytes(content[:-20] + b"x" * 20)
    assert newswarc("verify", "paper").status == 1
    said = newswarc("store", "paper", "--back")
    assert said.one_line.endswith("is not in the store as it was sent; restore it from a copy")
    kept.unlink()
    [line] = newswarc("verify", "paper").out.splitlines()
    assert "is not in the store; see that the bucket exists" in line
    assert "is not in the store; see that the bucket exists" in newswarc("extract", "paper").one_line


def test_a_lost_catalog_comes_back_from_the_store(newswarc, archived, mount, tmp_path, page):
    """The indexes in the folder name its files; what others have in the same store is left alone."""
    archived((f"{DAY}/story-number-1-of-today", page("1"), None))
    newswarc("store", "paper", "--remove")
    before = newswarc("export", "paper").out
    collection = tmp_path / "collections" / "paper"
    (mount / "paper" / "archive" / "paper-20310302080000-00001-another.warc.gz").write_bytes(b"another's")
    (collection / "catalog.sqlite").unlink()
    said = newswarc("recover", "paper", "--reindex")
    assert f": unknown to the catalog, fetched from file://{mount}/paper\n" in said.out
    assert newswarc("verify", "paper").status == 0
    assert newswarc("export", "paper").out == before != ""
    assert "1 file in" in newswarc("status", "paper").out


def test_a_store_that_is_not_there_is_told_although_nothing_is_to_be_done(newswarc, archived, s3, port, monkeypatch):
    archived()
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    s3.make("papers")
    monkeypatch.setenv("NEWSWARC_STORE", "s3://papers/kept")
    assert newswarc("store", "paper").err.endswith(": nothing to do\n")
    monkeypatch.setenv("NEWSWARC_STORE", "s3://nobucket/x")
    said = newswarc("store", "paper")
    assert (
        said.one_line == "newswarc: s3://nobucket/x: there is no nobucket in the store; make it, or mend NEWSWARC_STORE"
    )
    assert said.status == 1


def test_a_crawl_sends_what_it_seals_or_leaves_it_to_the_next(tmp_path, paper, s3, port):
    """A store that cannot be reached is told, and holds up nothing."""
    s3.make("papers")
    story = paper.put_article(f"{DAY}/story-of-today-about-lamps")

    def crawl(**more: str):
        environment = {**s3.environment, "NEWSWARC_STORE": "s3://papers/kept", "NEWSWARC_CONTACT": "me@example.org"}
        return run(
            tmp_path, "newswarc", "crawl", story, "--collection", "paper", "--allow-private", **environment | more
        )

    done = crawl(AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}", AWS_MAX_ATTEMPTS="1")
    assert done.status == 0, done.err
    [log] = (tmp_path / "collections" / "paper" / "logs").iterdir()
    assert "Not sent to the store, the next crawl tries again: 1 file waits to be sent; s3://" in log.read_text()
    assert "newswarc: 1 file waits to be sent; s3://papers/kept/paper/archive/" in done.one_line
    assert s3.keys("papers") == []
    assert crawl().status == 0
    names = sorted(one.name for one in (tmp_path / "collections" / "paper" / "archive").iterdir())
    assert [key for key in s3.keys("papers") if key.endswith(".gz")] == [f"kept/paper/archive/{name}" for name in names]
