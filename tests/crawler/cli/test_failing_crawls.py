"""A crawl that comes to nothing says why on standard error, with what to do next, and ends with 1."""

import json
import re

import pytest

from crawler.cli.crawl import verdict
from crawler.jobs.summary import TIME_UP, RunSummary, summed_up
from crawler.sites import site_at
from tests.support.commands import environment_in, run, run_script

DAY = "/2024/06/11"


@pytest.fixture
def crawl(tmp_path):
    def crawl(*arguments):
        more = {"NEWSWARC_CONTACT": "me@example.org"}
        return run(tmp_path, "newswarc", "crawl", *arguments, "--collection", "paper", **more)

    return crawl


def the_line(done):
    """The one line about the fault, which is the summary's problem too."""
    (line,) = done.err.splitlines()
    assert done.status == 1
    assert json.loads(done.out)["problem"] == line.removeprefix("newswarc: ")
    return line


UNWRITABLE = """
import sys
from scrapy.utils.serialize import ScrapyJSONEncoder
import crawler.cli
encode = ScrapyJSONEncoder.encode
torn = {"title": "\\ud83d"}
ScrapyJSONEncoder.encode = lambda self, item: encode(self, {**item, **torn} if "two" in item["url"] else item)
sys.argv = ["newswarc", "crawl", "paper", "--collection", "paper", "--json"]
crawler.cli.main()
"""


def test_an_item_that_cannot_be_written_is_told_and_added_by_the_next_crawl(crawl, desk, paper, tmp_path):
    """Half of a surrogate pair is no text. The other items are written."""
    (tmp_path / "unwritable.py").write_text(UNWRITABLE)
    one, two = (paper.put_article(f"{DAY}/story-number-{number}-of-the-day") for number in ("one", "two"))
    desk.write_site(feeds=[paper.put_feed("/rss", one, two)])
    done = run_script([tmp_path / "unwritable.py"], tmp_path, environment_in(tmp_path), given=None)
    assert f"{two} was not written: UnicodeEncodeError: " in the_line(done)
    (items,) = (tmp_path / "collections" / "paper" / "items").glob("*.jsonl")
    assert [json.loads(line)["url"] for line in items.read_text().splitlines()] == [one]
    assert crawl("paper").status == 0
    assert {json.loads(line)["url"] for line in items.read_text().splitlines()} == {one, two}
    assert run(tmp_path, "newswarc", "verify", "paper").status == 0


@pytest.fixture
def nothing_new(tmp_path):
    """A folder is the same after the test as before: its files, and their bytes."""
    before = tree(tmp_path)
    yield
    assert tree(tmp_path) == before


def tree(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.mark.usefixtures("nothing_new")
def test_a_private_address(crawl, paper):
    line = the_line(crawl(paper.base, "--json"))
    assert f"{paper.base}/: refused to speak to 127.0.0.1" in line
    assert line.endswith("or --allow-private")
    assert paper.asked == []


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize("host", ["a..example", f"{'a' * 64}.example"])
def test_no_such_host(crawl, host):
    """For which no name server has to be asked."""
    done = crawl(f"https://{host}/", "--json")
    assert the_line(done).startswith(f"newswarc: https://{host}/: no such host; check the spelling")
    said = json.loads(done.out)
    assert [said[place] for place in ("collection", "items", "log", "reports")] == [None] * 4


@pytest.mark.usefixtures("nothing_new")
def test_nobody_listens(crawl, port):
    line = the_line(crawl(f"http://127.0.0.1:{port}/", "--allow-private", "--json"))
    assert f"http://127.0.0.1:{port}/: connection refused; check" in line


def test_a_folder_with_parts_of_a_collection_is_left_alone(crawl, port, tmp_path):
    """Nobody knows whose they are."""
    logs = tmp_path / "collections" / "paper" / "logs"
    logs.mkdir(parents=True)
    (logs / "mine.log").write_text("mine")
    done = crawl(f"http://127.0.0.1:{port}/", "--allow-private", "--json")
    assert "connection refused" in the_line(done)
    assert (logs / "mine.log").read_text() == "mine"
    assert json.loads(done.out)["log"] == str(next(logs.glob("2*.log")))


def test_other_files_in_the_folder_stay(crawl, port, tmp_path):
    folder = tmp_path / "collections" / "paper"
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    before = tree(tmp_path)
    assert "connection refused" in the_line(crawl(f"http://127.0.0.1:{port}/", "--allow-private", "--json"))
    assert tree(tmp_path) == before


def test_a_collection_outlives_a_later_crawl_that_fails(crawl, paper, port, tmp_path):
    story = paper.put_article(f"{DAY}/story-of-today-about-lamps")
    assert crawl(story, "--allow-private").status == 0
    assert "connection refused" in the_line(crawl(f"http://127.0.0.1:{port}/", "--allow-private", "--json"))
    folder = tmp_path / "collections" / "paper"
    assert len(list((folder / "archive").iterdir())) == 1
    assert len(list((folder / "logs").iterdir())) == 2


def test_https_at_a_server_that_does_not_speak_it(crawl, paper):
    line = the_line(crawl(paper.base.replace("http:", "https:"), "--allow-private", "--json"))
    assert "connection failed; check that the server speaks https at this port" in line


def test_a_front_page_that_is_not_there(crawl, paper):
    done = crawl(paper.base, "--allow-private")
    assert done.err == f"newswarc: {paper.base}/: status 404; check the address in the site file\n"
    assert done.status == 1
    assert re.search(r"^ ?articles +0 *$", done.out, re.MULTILINE), "folded or not"


def test_every_link_is_out_of_scope(crawl, paper, answer):
    """A site whose pages are on another host than the address that was given."""
    here = paper.base.removeprefix("http://127.0.0.1")
    story = paper.put_article(f"{DAY}/story-of-today-about-lamps")
    paper.put("/", answer(f'<a href="{story}">Lamps</a>'.encode()))
    line = the_line(crawl(f"http://localhost{here}/", "--allow-private", "--json"))
    assert f"its links lead to articles on 127.0.0.1{here}, which is out of scope; crawl that address" in line


def test_a_front_page_without_any_article(crawl, paper, answer):
    paper.put("/", answer(b"<p>Welcome"))
    line = the_line(crawl(paper.base, "--allow-private", "--json"))
    assert "no article was found; give the address of a feed or a section" in line


def test_nothing_new_is_no_failure(crawl, paper):
    """What is not due yet is not asked for; the site is as well as it was."""
    feed = paper.put_feed("/feed", paper.put_article(f"{DAY}/story-of-today-about-lamps", ETag='"1"'))
    for _ in range(2):
        done = crawl(feed, "--allow-private")
        assert (done.status, done.err) == (0, "")


def test_a_crawl_whose_time_is_up_says_what_is_left(crawl, paper):
    paper.put_robots("User-agent: *\nCrawl-delay: 1\n")
    feed = paper.put_feed("/feed", *(paper.put_article(f"{DAY}/story-number-{n}-of-today") for n in range(40)))
    done = crawl(feed, "--allow-private", "--max-time", "4", "--json")
    pending = json.loads(done.out)["ledger"]["pending"]
    assert done.err == f"newswarc: the time was up, {pending} pending; the same command goes on with them\n"
    assert done.status == 0


@pytest.mark.parametrize(
    ("left", "reason"),
    [
        ({}, "finished"),
        ({"ledger/state/pending": 1}, TIME_UP),
        ({"scheduler/enqueued": 9}, TIME_UP),
        ({"sources/polled": 0}, TIME_UP),
        ({"sources/polled": 0, "ledger/asked": 1}, "finished"),
    ],
    ids=["nothing", "a story", "a picture", "all sources", "nothing beside a lone article"],
)
def test_a_crawl_that_has_nothing_left_is_done_whatever_the_time(left, reason):
    begun = RunSummary(job="x", collection=None, items=None, log=None, reports=None)
    stats = {"finish_reason": TIME_UP, "scheduler/enqueued": 8, "scheduler/dequeued": 8, "sources/polled": 1}
    summary = summed_up(
        begun,
        [site_at("https://news.example/")],
        [{**stats, "archive/captures": 8, **left}],
        seconds=9.0,
        completed=True,
    )
    assert summary.finish_reason == reason
    pending = ", 1 pending" if "ledger/state/pending" in left else ""
    told = [line.removesuffix(" with them") for line in verdict(summary)[1]]
    assert told == ([f"the time was up{pending}; the same command goes on"] if reason == TIME_UP else [])
