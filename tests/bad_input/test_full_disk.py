"""A full disk ends a command with one line; what was there before is there afterwards, and verifies."""

import hashlib
import json
import os
import shutil
from functools import partial
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.crawl_log import read_log

FULL = "/dev/full"


@pytest.fixture
def crawl(person, newsroom):
    """Crawls the newsroom's feeds."""
    person.write_site("paper", feeds=[f"{newsroom.url}/rss/{name}" for name in ("news", "opinion", "de")])
    return partial(person.newswarc, "crawl", "paper")


def fingerprints(collection: Path) -> dict[str, str]:
    """What must never change once it is written: sealed WARC files, their shards, items."""
    files = [*collection.glob("archive/*.warc.gz"), *collection.glob("indexes/*.cdxj"), *collection.glob("items/*")]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def assert_all_is_well(person, collection: Path, before: dict[str, str]) -> None:
    """Once there is room again: nothing lost, everything agrees, each address has its article once."""
    assert before.items() <= fingerprints(collection).items()
    verified = person.newswarc("verify", collection, "--deep")
    assert (verified.status, verified.out) == (0, "")
    lines = person.newswarc("export", collection).out.splitlines()
    urls = [json.loads(line)["url"] for line in lines]
    assert len(urls) == len(set(urls)) >= 12


@pytest.mark.parametrize("kilobytes", [0, 100, 400])
def test_a_crawl_onto_a_disk_that_fills(person, crawl, disk, kilobytes):
    small = disk(20_000)
    collection = small.path / "paper"
    assert crawl("--collection", collection, "--max-pages", "3").status == 0
    before = fingerprints(collection)
    small.leave(kilobytes)
    full = crawl("--collection", collection)
    assert full.err == f"{full.one_line}\n"
    assert full.status == 1
    assert "make room" in full.one_line
    assert str(small.path) in full.one_line
    small.resize(20_000)
    assert crawl("--collection", collection).status == 0
    assert_all_is_well(person, collection, before)


@pytest.mark.parametrize(("part", "kilobytes"), [("archive", 0), ("archive", 40), ("indexes", 0), ("items", 24)])
def test_a_part_of_the_collection_on_a_full_disk(person, crawl, disk, part, kilobytes, tmp_path):
    collection = tmp_path / "collections" / "paper"
    assert crawl("--max-pages", "3").status == 0
    small = disk(20_000)
    shutil.copytree(collection / part, small.path / part)
    shutil.rmtree(collection / part)
    (collection / part).symlink_to(small.path / part)
    before = fingerprints(collection)
    small.leave(kilobytes)
    full = crawl()
    assert full.err == f"{full.one_line}\n"
    assert full.status == 1
    assert "No space left on device" in full.one_line
    assert f"/{part}/" in full.one_line
    assert before.items() <= fingerprints(collection).items()
    small.resize(20_000)
    assert crawl().status == 0
    assert_all_is_well(person, collection, before)


def test_the_database_on_a_full_disk(crawl, disk, tmp_path):
    small = disk(20_000)
    database = f"sqlite:///{small.path}/catalog.sqlite"
    assert crawl("--max-pages", "3", NEWSWARC_DATABASE=database).status == 0
    small.leave(16)
    full = crawl(NEWSWARC_DATABASE=database)
    assert full.err == f"{full.one_line}\n"
    assert full.status == 1
    assert f"{small.path}/catalog.sqlite: " in full.one_line
    assert "make room" in full.one_line
    small.resize(20_000)
    assert crawl(NEWSWARC_DATABASE=database).status == 0
    assert not (tmp_path / "collections" / "paper" / "catalog.sqlite").exists()


def test_a_log_that_does_not_fit_stops_no_crawl(person, crawl, disk, tmp_path):
    (tmp_path / "collections" / "paper").mkdir(parents=True)
    (tmp_path / "collections" / "paper" / "logs").symlink_to(disk(4).path)
    done = crawl("--max-pages", "3")
    assert (done.status, done.err) == (0, "")


def test_a_crawl_log_that_does_not_fit_stops_no_crawl_and_is_completed_later(person, crawl, disk, tmp_path):
    collection = tmp_path / "collections" / "paper"
    assert crawl("--max-pages", "3").status == 0
    small = disk(20_000)
    shutil.copytree(collection / "reports", small.path / "reports")
    shutil.rmtree(collection / "reports")
    (collection / "reports").symlink_to(small.path / "reports")
    small.leave(16)
    done = crawl()
    assert (done.status, done.err) == (0, "")
    small.resize(20_000)
    assert "missing lines of the crawl log written" in person.newswarc("recover", collection).out
    with Collection.open(collection) as opened:
        logged = [one.record_id for log in collection.glob("reports/*/crawl.log") for one in read_log(log)]
        assert sorted(logged) == sorted(one.record_id for one in opened.captures())


def test_large_responses_without_a_temporary_folder_to_wait_in(person, paper, disk, story):
    page = story(text="<p>" + "The lamps were lit one after the other. " * 60_000)
    url = paper.put_body("/2031/03/02/the-longest-story-of-all", "text/html", page.encode())
    done = person.newswarc("crawl", url, "--allow-private", "--collection", "long", TMPDIR=str(disk(16).path))
    assert done.status == 1
    assert "temporary file" in done.one_line
    assert person.newswarc("verify", "long").status == 0


@pytest.fixture(scope="module")
def reader(make_person, newsroom):
    """Who has crawled five articles and only looks at them now."""
    person = make_person()
    person.write_site("paper", feeds=[f"{newsroom.url}/rss/news"])
    assert person.newswarc("crawl", "paper", "--max-pages", "5").status == 0
    return person


@pytest.mark.parametrize(
    "arguments",
    [["export", "paper", "-o"], ["extract", "paper", "-o"], ["extract", "paper", "--jobs", "2", "-o"]],
    ids=lambda value: " ".join(value),
)
def test_json_lines_that_do_not_fit_leave_what_was_there(reader, disk, arguments):
    small = disk(12)
    output = small.path / "articles.jsonl"
    output.write_text("kept\n")
    done = reader.newswarc(*arguments, output)
    assert done.status == 1
    assert f"{output}: cannot be written: No space left on device" in done.one_line
    assert output.read_text() == "kept\n"
    assert list(small.path.iterdir()) == [output]


def test_articles_of_a_crawl_that_do_not_fit_into_a_further_file(person, crawl, disk):
    output = disk(12).path / "articles.jsonl"
    output.write_text("kept\n")
    done = crawl("-o", output)
    assert done.status == 1
    assert f"{output}: cannot be written: No space left on device" in done.one_line
    assert output.read_text() == "kept\n"
    assert person.newswarc("verify", "paper", "--deep").status == 0


def test_markdown_that_does_not_fit_leaves_what_was_there(reader, disk):
    assert reader.newswarc("export", "paper", "--format", "markdown", "-o", "all").status == 0
    names = sorted(path.name for path in (reader.folder / "all").iterdir())
    small = disk(12)
    (small.path / names[-1]).write_text("kept\n")
    (small.path / "filler").write_bytes(bytes(7_000))
    done = reader.newswarc("export", "paper", "--format", "markdown", "-o", small.path)
    assert done.status == 1
    assert "cannot be written: No space left on device" in done.one_line
    written = {path.name: path.read_text() for path in small.path.glob("*.md")}
    whole = {name: (reader.folder / "all" / name).read_text() for name in names}
    assert [name for name, text in written.items() if text not in {whole[name], "kept\n"}] == []
    assert not list(small.path.glob(".*"))


def test_parquet_that_does_not_fit_leaves_what_was_there(reader, disk):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    small = disk(12)
    done = reader.newswarc("export", "paper", "--format", "parquet", "-o", small.path / "rows")
    assert done.status == 1
    assert "cannot be written: No space left on device" in done.one_line
    assert len(done.err.splitlines()) == 1
    assert list(small.path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [["export", "paper"], ["extract", "paper"], ["status", "paper"], ["sites"], ["verify", "paper", "--json"]],
    ids=lambda value: " ".join(value),
)
def test_standard_output_that_is_full(reader, arguments):
    with Path(FULL).open("w") as full:
        done = reader.newswarc(*arguments, stdout=full.fileno())
    assert done.status == 1
    assert "standard output: No space left on device" in done.one_line
    assert "Exception ignored" not in done.err


def test_a_reader_that_has_seen_enough_gets_no_complaint(reader):
    """`newswarc export paper | head`."""
    reading, writing = os.pipe()
    os.close(reading)
    done = reader.newswarc("export", "paper", stdout=writing)
    os.close(writing)
    assert done.faults == []
    assert "Exception ignored" not in done.err


def test_a_disk_that_can_only_be_read(person, crawl, disk):
    """What is archived can still be read, and nothing can be added."""
    small = disk(20_000)
    collection = small.path / "paper"
    assert crawl("--collection", collection, "--max-pages", "3").status == 0
    small.read_only()
    assert person.newswarc("verify", collection, "--deep").status == 0
    assert person.newswarc("export", collection).out.count("\n") == 3
    done = crawl("--collection", collection)
    assert done.status == 1
    assert "Read-only file system" in done.one_line
