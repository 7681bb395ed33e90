"""`newswarc takedown` and `newswarc export --format warc`, as from a shell."""

import json

import pytest

from archives.collection import Collection
from archives.warc.reader import read_records
from crawler.frontier.tables import ANNOUNCEMENTS, METADATA

URL = "https://news.example/story"


@pytest.fixture
def paper(archived, tmp_path):
    archived(("/story", b"<p>secret</p>", None), ("/copy", b"<p>secret</p>", None), ("/other", b"<p>else</p>", None))
    return tmp_path / "collections" / "paper"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--level", "hide"), 0, "hidden\n1 revisit of the same payload kept: it was moved to 1 of them"),
        (("--level", "block"), 0, f"{URL}: will not be asked for again"),
        (("--level", "purge"), 0, "purged"),
        (("--undo",), 1, f"newswarc: {URL}: nothing of it to be brought back in this collection"),
    ],
)
def test_what_it_says_and_its_exit_status(newswarc, paper, arguments, status, said):
    done = newswarc("takedown", "paper", URL, *arguments)
    assert done.status == status
    assert said in (done.err if status else done.out)
    assert newswarc("verify", "paper").status == 0


def test_a_purge_of_what_was_never_archived_says_so(newswarc, paper):
    done = newswarc("takedown", "paper", "https://news.example/never", "--level", "purge")
    nothing, blocked = done.out.splitlines()
    assert nothing == "https://news.example/never: nothing of it was in this collection"
    assert blocked == "https://news.example/never: will not be asked for again"
    assert done.status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("paper", URL), "say either how far to go"),
        (("paper", URL, "--undo", "--level", "hide"), "say either how far to go"),
        (("paper", "story", "--level", "hide"), "neither a URL nor a record id"),
        (("paper", "<urn:x:1>", "--level", "block"), "a block is of a URL"),
        (("nowhere", URL, "--level", "hide"), "no collection there"),
        (("paper", URL, "--level", "burn"), "'burn' is not one of"),
    ],
)
def test_what_cannot_be_carried_out_as_given(newswarc, paper, arguments, said):
    done = newswarc("takedown", *arguments)
    assert done.status == 2
    assert said in done.err
    assert not (paper / "takedowns.jsonl").exists()


def test_json_is_the_notice_of_the_log(newswarc, paper):
    done = json.loads(
        newswarc("takedown", "paper", URL, "--level", "purge", "--payload", "--reason", "x", "--json").out
    )
    (line,) = (paper / "takedowns.jsonl").read_text().splitlines()
    assert done["done"]
    assert done["notice"] == json.loads(line)
    assert {one["url"] for one in done["notice"]["captures"]} == {URL, "https://news.example/copy"}


def test_another_address_of_the_page_is_told(newswarc, paper):
    done = newswarc("takedown", "paper", "http://www.news.example/story", "--level", "hide")
    assert done.status == 1
    assert f"{URL}: another address of it, and still there" in done.out


def test_a_purge_drops_the_title_that_a_feed_announced(newswarc, paper):
    with Collection.open(paper, write=True) as collection:
        METADATA.create_all(collection.catalog.engine)
        with collection.catalog.engine.begin() as connection:
            row = {"url": URL, "source": "feed", "kind": "feed", "title": "A very secret title"}
            connection.execute(ANNOUNCEMENTS.insert(), row | {"first_announced": "", "last_announced": ""})
    newswarc("takedown", "paper", URL, "--level", "purge")
    assert not [path for path in paper.rglob("*") if path.is_file() and b"A very secret title" in path.read_bytes()]


@pytest.mark.parametrize(("full", "kinds"), [((), {"response", "revisit"}), (("--full",), {"response"})])
def test_an_export_as_warc(newswarc, paper, tmp_path, full, kinds):
    done = newswarc("export", "paper", "--format", "warc", *full, "-o", tmp_path / "out.warc.gz")
    assert done.status == 0
    assert done.err.startswith("8 records")
    assert {one.type for one in read_records(tmp_path / "out.warc.gz")} == kinds | {"warcinfo", "request"}
    assert newswarc("verify", tmp_path / "out.warc.gz").status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "warc"), "with -o"),
        (("--format", "warc", "-o", "out.warc"), "ends in .warc.gz"),
        (("--format", "warc", "--site", "x", "-o", "out.warc.gz"), "choose articles"),
        (("--full",), "add --format warc"),
    ],
)
def test_an_export_that_cannot_be_what_was_meant(newswarc, paper, arguments, said):
    done = newswarc("export", "paper", *arguments)
    assert done.status == 2
    assert said in done.err
