"""Which requisites of a page are asked for: each once, so many, so fresh; and a crawl that archives them."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import TextResponse
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from archives.collection import Collection
from crawler.discovery.requisites import Requisite
from crawler.newsroom import Newsroom
from crawler.spiders.requisites import FRESH, Requisites
from tests.support.commands import QUICK, run, settle_newsroom

NOW = datetime(2031, 3, 2, tzinfo=UTC)
PAGE = "https://paper.example/story"


def url(name):
    return f"https://paper.example/{name}"


class Archive:
    """What is held: URL → when, and whether there was something; and the sheets."""

    def __init__(self, captured, sheets):
        self.captured, self.sheets = captured, sheets

    def last_captured(self, url):
        return self.captured.get(url)

    def archived(self, url):
        return self.sheets[url], "text/css"


@pytest.fixture
def requisites():
    """Those of a crawl, by what was captured when."""

    def make(captured=(), sheets=(), wanted="all", most=20, most_bytes=4_000):
        return Requisites(
            wanted=wanted,
            most=most,
            most_bytes=most_bytes,
            largest=0,
            held=Archive(dict(captured), dict(sheets)),
            stats=MemoryStatsCollector(get_crawler()),
            now=NOW,
        )

    return make


def come(asking, asked, body=b"x", kind="image/png"):
    """Everything that is asked for comes, also what is asked for then; the names, in order."""
    names = []
    queue = list(asked)
    while queue:
        one = queue.pop(0)
        names.append(one["url"].rpartition("/")[2])
        response = TextResponse(one["url"], body=body, headers={"Content-Type": kind})
        response.request = type("Request", (), {"meta": one["meta"]})()
        queue += asking.arrived(response)
    return names


PICTURES = [Requisite(url(f"{number}.png"), "image") for number in range(8)]


def test_each_is_asked_for_once_a_run_behind_the_articles(requisites):
    asking = requisites()
    first = asking.of_page(PAGE, PICTURES, is_new=True)
    assert all(one["priority"] < 0 for one in first)
    assert come(asking, first) == [f"{number}.png" for number in range(8)]
    assert asking.of_page(url("other"), PICTURES, is_new=True) == []


def test_no_page_asks_for_more_than_its_budget(requisites):
    asking = requisites(most=5)
    assert len(come(asking, asking.of_page(PAGE, PICTURES, is_new=True))) == 5
    asking = requisites(most_bytes=400)
    assert len(come(asking, asking.of_page(PAGE, PICTURES, is_new=True), body=bytes(100))) == 4


def test_what_was_too_large_is_paid_for_too(requisites):
    asking, number = requisites(most_bytes=400), 0
    queue = asking.of_page(PAGE, PICTURES, is_new=True)
    while queue:
        number += 1
        request = type("Request", (), {"meta": queue.pop(0)["meta"]})()
        queue += asking.failed(request, DownloadCancelledError())
    assert number == 4


def test_however_many_pages_wait_half_of_the_places_are_left_to_articles(requisites):
    asking = requisites()
    pages = {url(f"{number}"): [Requisite(url(f"{number}.png"), "image")] for number in range(9)}
    assert sum(len(asking.of_page(page, found, is_new=True)) for page, found in pages.items()) == 8


def test_what_was_captured_lately_is_not_asked_for_again(requisites):
    captured = {url("0.png"): (NOW - FRESH / 2, True), url("1.png"): (NOW - FRESH - timedelta(seconds=1), True)}
    asking = requisites(captured)
    assert come(asking, asking.of_page(PAGE, PICTURES[:3], is_new=True)) == ["1.png", "2.png"]


def test_of_an_unchanged_page_only_what_was_never_captured(requisites):
    asking = requisites({url("1.png"): (NOW - 9 * FRESH, True), url("2.png"): (NOW - 9 * FRESH, False)})
    assert come(asking, asking.of_page(PAGE, PICTURES[:3], is_new=False)) == ["0.png", "2.png"]


def test_a_sheet_that_is_here_is_read_for_what_it_needs(requisites):
    """A crawl that broke off may have had the sheet and not its pictures."""
    asking = requisites({url("a.css"): (NOW, True)}, {url("a.css"): b"p{background:url(p.png)}"})
    assert come(asking, asking.of_page(PAGE, [Requisite(url("a.css"), "style")], is_new=True)) == ["p.png"]


def test_of_an_unchanged_page_the_sheet_asks_for_nothing_old_either(requisites):
    old = (NOW - 9 * FRESH, True)
    sheet = b"p{background:url(p.png)} q{background:url(q.png)}"
    asking = requisites({url("a.css"): old, url("p.png"): old}, {url("a.css"): sheet})
    assert come(asking, asking.of_page(PAGE, [Requisite(url("a.css"), "style")], is_new=False)) == ["q.png"]


def test_pictures_alone(requisites):
    asking = requisites(wanted="images")
    found = [*PICTURES[:1], Requisite(url("s.css"), "style"), Requisite(url("f.woff"), "font")]
    assert come(asking, asking.of_page(PAGE, found, is_new=True)) == ["0.png"]


def test_style_sheets_that_import_each_other_come_to_an_end(requisites):
    asking = requisites()
    first = asking.of_page(PAGE, [Requisite(url("a.css"), "style")], is_new=True)
    css = b'@import "aa.css"; @import "a.css"; p{background:url(p.png)}'
    assert come(asking, first, body=css, kind="text/css") == ["a.css", "aa.css", "p.png"]


def test_one_that_cannot_be_had_makes_way(requisites):
    asking = requisites()
    first = asking.of_page(PAGE, PICTURES, is_new=True)
    request = type("Request", (), {"meta": first[0]["meta"]})()
    assert [one["url"] for one in asking.failed(request, None)] == [url("4.png")]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """The newspaper crawled twice: the summaries, what was asked for in each crawl, the collection."""
    folder = tmp_path_factory.mktemp("requisites")
    with Newsroom(articles=12, **QUICK) as newsroom:
        settle_newsroom(folder, newsroom.url.removeprefix("http://"), name="paper")
        summaries, asked = [], []
        for options in ((), ()):
            before = len(newsroom.exchanges)
            done = run(folder, "newswarc", "crawl", "paper", "--json", *options)
            assert done.status == 0, done.err
            summaries.append(json.loads(done.out))
            asked.append(Counter(exchange.path for exchange in newsroom.exchanges[before:]))
    return folder, summaries, asked


def host(folder):
    return re.search(r'domains = \["(.*?)"', (folder / "sites" / "paper.toml").read_text())[1]


def dress(asked):
    return {path: times for path, times in asked.items() if path.startswith(("/assets/", "/pictures/", "/favicon"))}


def test_a_crawl_archives_style_script_font_and_pictures_once(crawled):
    folder, (summary, _), (asked, _) = crawled
    assert {"/assets/paper.css", "/assets/paper.js", "/assets/marks.woff", "/favicon.ico"} <= asked.keys()
    assert summary["requisites"] == len(dress(asked))
    with Collection.open(folder / "collections" / "paper") as collection:
        whole = [capture for capture in collection.captures() if capture.status == 200 and not capture.truncated]
    assert {"text/css", "text/javascript", "font/woff", "image/png"} <= {capture.mime for capture in whole}
    times = Counter(capture.url.removeprefix(f"http://{host(folder)}") for capture in whole)
    assert {times[path] for path in dress(asked)} == {1}


def test_they_are_neither_articles_nor_in_the_ledger(crawled):
    folder, (summary, _), _ = crawled
    ledger = run(folder, "newswarc", "ledger", "paper", "--urls", "--json").out
    rows = [json.loads(line) for line in ledger.splitlines()]
    assert not [row for row in rows if "/assets/" in row["url"] or "/pictures/" in row["url"]]
    assert sum(summary["ledger"].values()) == len(rows)
    assert run(folder, "newswarc", "verify", "paper", "--deep").status == 0


def test_the_next_crawl_asks_for_none_of_them_again(crawled):
    _, (_, summary), (_, asked) = crawled
    assert dress(asked) == {}
    assert summary["requisites"] == 0


def test_none_are_archived_where_none_are_wanted(tmp_path):
    with Newsroom(articles=5, **QUICK) as newsroom:
        settle_newsroom(tmp_path, newsroom.url.removeprefix("http://"), name="paper")
        done = run(tmp_path, "newswarc", "crawl", "paper", "--requisites", "none", "--json", "--max-pages", "3")
        assert done.status == 0, done.err
        assert not [exchange for exchange in newsroom.exchanges if exchange.path.startswith("/assets/")]
