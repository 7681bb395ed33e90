"""Which requisites of a page are asked for: each once, so many, so fresh; and a crawl that archives them."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from scrapy.http import TextResponse
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from archives.collection import Collection
from crawler.discovery.requisites import Requisite
from crawler.newsroom import Newsroom
from crawler.spiders.requisites import FRESH, Requisites
from tests.support.commands import run, settle_newsroom

NOW = datetime(2031, 3, 2, tzinfo=UTC)
PAGE = "https://paper.example/story"


def url(name):
    return f"https://paper.example/{name}"


@pytest.fixture
def requisites():
    """Those of a crawl, by what was captured when."""

    def make(captured=None, wanted="all", most=10, most_bytes=1_000):
        stats = MemoryStatsCollector(get_crawler())
        return Requisites(
            wanted=wanted,
            most=most,
            most_bytes=most_bytes,
            captured=(captured or {}).get,
            stats=stats,
            now=lambda: NOW,
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
    asking = requisites(most_bytes=250)
    assert len(come(asking, asking.of_page(PAGE, PICTURES, is_new=True), body=bytes(100))) < 8


def test_what_was_captured_lately_is_not_asked_for_again(requisites):
    captured = {url("0.png"): NOW - FRESH / 2, url("1.png"): NOW - FRESH - timedelta(seconds=1)}
    asking = requisites(captured)
    assert come(asking, asking.of_page(PAGE, PICTURES[:3], is_new=True)) == ["1.png", "2.png"]


def test_of_an_unchanged_page_only_what_was_never_captured(requisites):
    asking = requisites({url("1.png"): NOW - 9 * FRESH})
    assert come(asking, asking.of_page(PAGE, PICTURES[:3], is_new=False)) == ["0.png", "2.png"]


def test_pictures_alone(requisites):
    asking = requisites(wanted="images")
    found = [*PICTURES[:1], Requisite(url("s.css"), "style"), Requisite(url("f.woff"), "font")]
    assert come(asking, asking.of_page(PAGE, found, is_new=True)) == ["0.png"]


def test_style_sheets_that_import_each_other_come_to_an_end(requisites):
    asking = requisites(most=100, most_bytes=10**6)
    first = asking.of_page(PAGE, [Requisite(url("a.css"), "style")], is_new=True)
    css = b'@import "aa.css"; @import "a.css"; p{background:url(p.png)}'
    assert come(asking, first, body=css, kind="text/css") == ["a.css", "aa.css", "p.png"]


def test_one_that_cannot_be_had_makes_way(requisites):
    asking = requisites()
    first = asking.of_page(PAGE, PICTURES, is_new=True)
    request = type("Request", (), {"meta": first[0]["meta"]})()
    assert [one["url"] for one in asking.failed(request)] == [url("4.png")]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """The newspaper crawled twice: the summaries, what was asked for in each crawl, the collection."""
    folder = tmp_path_factory.mktemp("requisites")
    with Newsroom(articles=12) as newsroom:
        settle_newsroom(folder, newsroom.url.removeprefix("http://"), name="paper")
        summaries, asked = [], []
        for options in ((), ()):
            before = len(newsroom.exchanges)
            done = run(folder, "newswarc", "crawl", "paper", "--json", *options)
            assert done.status == 0, done.err
            summaries.append(json.loads(done.out))
            asked.append(Counter(exchange.path for exchange in newsroom.exchanges[before:]))
    return folder, summaries, asked


def dress(asked):
    return {path: times for path, times in asked.items() if path.startswith(("/assets/", "/pictures/", "/favicon"))}


def test_a_crawl_archives_style_script_font_and_pictures_once(crawled):
    folder, (summary, _), (asked, _) = crawled
    assert {"/assets/paper.css", "/assets/paper.js", "/assets/marks.woff", "/favicon.ico"} <= asked.keys()
    assert set(dress(asked).values()) == {1}
    assert summary["requisites"] == len(dress(asked))
    with Collection.open(folder / "collections" / "paper") as collection:
        mimes = {capture.mime for capture in collection.captures()}
    assert {"text/css", "text/javascript", "font/woff", "image/png"} <= mimes


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
    with Newsroom(articles=5) as newsroom:
        settle_newsroom(tmp_path, newsroom.url.removeprefix("http://"), name="paper")
        done = run(tmp_path, "newswarc", "crawl", "paper", "--requisites", "none", "--json", "--max-pages", "3")
        assert done.status == 0, done.err
        assert not [exchange for exchange in newsroom.exchanges if exchange.path.startswith("/assets/")]
