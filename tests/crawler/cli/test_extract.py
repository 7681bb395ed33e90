"""What `extract` takes, what it leaves out, and how it numbers what it gives."""

import json
import os
import threading

import pytest

from archives.collection import Collection
from crawler.extraction import extract
from crawler.items import Article
from crawler.jobs.extract import BATCH, MEANWHILE
from tests.support.warcs import response

STORY = "/2031/03/02/a-ferry-for-the-harbour"


def test_an_article_is_a_line_as_often_as_it_changed(newswarc, archived, page):
    """A capture that shows the same is no further line; one that differs is the next revision."""
    first, second = page(STORY), page(STORY).replace(b"harbour master", b"night watchman")
    archived(*((STORY, content, None) for content in (first, first, second, second)))
    said = newswarc("extract", "paper")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [line["revision"] for line in lines] == [1, 2]
    assert [line["capture"]["date"][11:16] for line in lines] == ["08:00", "08:02"]
    assert said.err == "2 articles; left out: 2 unchanged\n"
    assert newswarc("extract", "paper", "--jobs", "2").out == said.out


def test_several_processes_give_what_one_gives(newswarc, page, tmp_path):
    """In the same order, from more pages than are extracted while they start."""
    urls = [f"https://news.example/2031/03/02/story-number-{number}" for number in range(MEANWHILE + 5 * BATCH + 1)]
    records = [response(url, page(url), number=number) for number, url in enumerate(urls)]
    (tmp_path / "some.warc").write_bytes(b"".join(records))
    said = newswarc("extract", "some.warc", "--jobs", "2")
    assert [json.loads(line)["url"] for line in said.out.splitlines()] == urls
    assert said.out == newswarc("extract", "some.warc").out


def test_a_collection_gives_what_its_export_gives(newswarc, archived, page, tmp_path):
    contents = [page(STORY), page(STORY), page(STORY).replace(b"harbour master", b"night watchman")]
    archived(*((STORY, content, None) for content in contents))
    with Collection.open(tmp_path / "collections" / "paper", write=True) as collection:
        for line in newswarc("extract", "paper").out.splitlines():
            collection.catalog.put_article(json.loads(line))
    exported, extracted = newswarc("export", "paper", "--revisions"), newswarc("extract", "paper")
    assert exported.out == extracted.out
    assert exported.err == "2 articles; the next export goes on with --since 2\n"


def test_a_capture_that_broke_off_is_no_article_to_trust(newswarc, archived, page):
    """It is counted, and given only to who asks for it."""
    whole = page(STORY)
    archived((STORY, whole[: len(whole) // 2], "disconnect"))
    said = newswarc("extract", "paper")
    assert (said.status, said.out, said.err) == (0, "", "0 articles; left out: 1 truncated\n")
    asked_for = newswarc("extract", "paper", "--truncated")
    assert asked_for.out.count("\n") == 1
    assert asked_for.err == "1 article\n"


def test_the_address_of_an_html_file(newswarc, tmp_path, page):
    (tmp_path / "page.html").write_bytes(page(STORY))
    said = newswarc("extract", "page.html", "--url", f"https://news.example{STORY}")
    expected = extract(page(STORY), f"https://news.example{STORY}", None)
    assert isinstance(expected, Article)
    assert json.loads(said.out)["title"] == expected.title


def test_a_file_that_is_neither_archived_nor_a_page(newswarc, tmp_path):
    (tmp_path / "README.md").write_text("# A reader\n\nIt reads.\n")
    done = newswarc("extract", "README.md")
    what = "not a WARC file: it begins with '# A reader\\n'; name a WARC or WACZ file, or a collection"
    assert (done.status, done.out, done.err) == (1, "", f"newswarc: README.md at 0: {what}\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["page.html"], "page.html: not a WARC file but HTML, by its beginning; add --url, where it came from"),
        (["page.html", "--url", "not-a-url"], "no scheme; give an address as the browser shows it"),
        (
            ["pages.warc", "--url", "https://n.example/"],
            "pages.warc is no HTML file, and knows its addresses; leave --url",
        ),
        (["paper", "--url", "https://n.example/"], "paper is no HTML file, and knows its addresses; leave --url out"),
        (["page.html", "page.html", "--url", "https://n.example/"], "it is the address of one HTML file"),
        (
            ["folder"],
            "folder: a folder, but no collection: there is no archive/ in it; name one, or the WARC files in it",
        ),
        (["pages.warc", "-o", "folder"], "folder is a folder; name a file"),
        (["pages.warc", "-o", "nowhere/x.jsonl"], "nowhere is not there; make it, or choose another place"),
    ],
    ids=["HTML without", "no URL", "WARC with", "collection with", "two with", "folder", "into folder", "into nowhere"],
)
def test_input_that_is_not_what_it_seems(newswarc, archived, tmp_path, page, arguments, says):
    archived((STORY, page(STORY), None))
    (tmp_path / "folder").mkdir()
    (tmp_path / "page.html").write_bytes(page(STORY))
    (tmp_path / "pages.warc").write_bytes(b"WARC/1.1\r\n")
    said = newswarc("extract", *arguments)
    assert says in said.err
    assert said.err.count("\n") == 1
    assert (said.status, said.out) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--language", "English"], "'English' is no language tag; write en"),
        (["--language", "eng"], "'eng' is no language tag; write en"),
        (["--language", ""], "'' is no language tag; write en or en-GB, of which en counts"),
        (["--language", "en,de"], "'en,de' is no language tag; name each with a --language of its own"),
        (["--language", "jp"], "'jp' is no language tag; write en or en-GB"),
        (["--since", "2031-03-03", "--until", "2031-03-02"], "--since 2031-03-03 is after --until 2031-03-02; no"),
    ],
    ids=lambda value: None if isinstance(value, str) else " ".join(value[1::2]) or "empty",
)
def test_what_no_article_could_answer_is_refused(newswarc, archived, page, arguments, says):
    archived((STORY, page(STORY), None))
    said = newswarc("extract", "paper", *arguments)
    assert (said.status, said.out) == (2, "")
    assert says in said.one_line


@pytest.mark.parametrize("tag", ["en", "EN", "en-GB", "en_US", "en-Latn-GB"])
def test_of_a_language_tag_the_first_part_counts(newswarc, archived, page, tag):
    archived((STORY, page(STORY), None))
    assert newswarc("extract", "paper", "--language", tag).err == "1 article\n"
    both = ("--language", "uk", "--language", tag, "--since", "2031-03-02", "--until", "2031-03-02")
    assert newswarc("extract", "paper", *both).err == "1 article\n"
    assert newswarc("extract", "paper", "--language", "uk").err == "0 articles; left out: 1 another language\n"


def test_a_pipe_is_read_as_a_file_is(newswarc, archived, tmp_path, page):
    """`newswarc extract <(zcat …)`: what can be read only once is read once."""
    archived((STORY, page(STORY), None))
    (warc,) = (tmp_path / "collections" / "paper" / "archive").glob("*.warc.gz")
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(warc.read_bytes(),))
    writer.start()
    said = newswarc("extract", "pipe")
    writer.join()
    assert (said.status, said.out.count("\n")) == (0, 1)


def test_what_is_behind_the_cut_of_a_sealed_file_costs_nothing_else(newswarc, archived, page, tmp_path):
    """Rows whose records are gone are a line each; the pages of other files are extracted, and verify tells them."""
    stories = [f"{STORY}-{number}" for number in range(3)]
    archived(*((path, page(path), None) for path in stories))
    (cut,) = (tmp_path / "collections" / "paper" / "archive").iterdir()
    with Collection.open(tmp_path / "collections" / "paper") as collection:
        second = collection.latest(f"https://news.example{stories[1]}")
    archived(("/2031/03/02/zebras-in-the-harbour", page("/zebras"), None))
    os.truncate(cut, second.offset)
    said = newswarc("extract", "paper")
    assert [json.loads(line)["url"][-9:] for line in said.out.splitlines()] == ["harbour-0", "e-harbour"]
    assert said.err.count("the file ends before it, the index has a record there") == 2
    assert "a fault in newswarc" not in said.err + newswarc("verify", "paper", "--deep").err
    assert said.status == 1


@pytest.mark.parametrize("source", ["notwarc.warc", "bad.wacz"])
def test_nothing_is_replaced_where_no_source_can_be_read(newswarc, tmp_path, source):
    (tmp_path / source).write_text("Dear reader,")
    (tmp_path / "keep.jsonl").write_text("{}\n")
    for output in ("keep.jsonl", "none.jsonl"):
        said = newswarc("extract", source, "-o", output)
        assert said.faults[-1] == f"newswarc: {output}: nothing was written; name sources that can be read"
        assert said.status == 1
    assert (tmp_path / "keep.jsonl").read_text() == "{}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["keep.jsonl", source])


def test_what_a_torn_source_still_gives_is_written(newswarc, archived, page, tmp_path):
    archived((STORY, page(STORY), None), (f"{STORY}-2", page(STORY), None))
    (warc,) = (tmp_path / "collections" / "paper" / "archive").glob("*.warc.gz")
    (tmp_path / "torn.warc.gz").write_bytes(warc.read_bytes()[:-30])
    (tmp_path / "keep.jsonl").write_text("{}\n")
    said = newswarc("extract", "torn.warc.gz", "-o", "keep.jsonl")
    assert json.loads((tmp_path / "keep.jsonl").read_text())["url"].endswith(STORY)
    assert said.one_line.endswith("what is around it was read; restore the file from a copy")
    assert said.status == 1


def test_an_empty_source_costs_the_others_nothing(newswarc, archived, page, tmp_path):
    archived((STORY, page(STORY), None))
    (tmp_path / "empty.warc.gz").touch()
    said = newswarc("extract", "empty.warc.gz", "paper")
    assert json.loads(said.out)["url"].endswith(STORY)
    assert (
        said.faults[0]
        == "newswarc: empty.warc.gz: not a WARC file: it is empty; name a WARC or WACZ file, or a collection"
    )
    assert said.status == 1
