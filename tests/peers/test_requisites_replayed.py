"""A page in a browser, when its newspaper is gone: pywb replays it with its pictures, its style and its font."""

import sqlite3

import pytest

from archives.cdxj import timestamp_of
from archives.replay import replay
from crawler.newsroom import Newsroom
from tests.support.chromium import Chromium
from tests.support.commands import QUICK, run, settle_newsroom


@pytest.fixture(scope="module")
def archived(tmp_path_factory):
    """A collection that was crawled with requisites, and its articles: URL, date; the newspaper is down."""
    folder = tmp_path_factory.mktemp("requisites")
    with Newsroom(articles=12, **QUICK) as newsroom:
        settle_newsroom(folder, newsroom.url.removeprefix("http://"), name="paper")
        done = run(folder, "newswarc", "crawl", "paper", "--json")
        assert done.status == 0, done.err
        stories = {story.url: story.family for story in newsroom.stories}
    collection = folder / "collections" / "paper"
    with sqlite3.connect(collection / "catalog.sqlite") as database:
        rows = database.execute("SELECT url, date FROM captures WHERE status = 200 ORDER BY id").fetchall()
    return collection, {url: date for url, date in rows if url in stories}, stories


@pytest.fixture(scope="module")
def browser():
    with Chromium() as opened:
        yield opened


@pytest.mark.timeout(300)
def test_pages_look_right_without_the_newspaper(archived, browser, pywb):
    collection, captures, families = archived
    with replay([collection], program=pywb) as server:
        for url, date in captures.items():
            visit = browser.visit(server.page(collection.name, timestamp_of(date), url))
            archive = f"{server.url}/{collection.name}/"  # the rest is pywb's own
            of_page = {asked: said for asked, said in visit.answers.items() if asked.startswith(archive)}
            assert {asked: said for asked, said in of_page.items() if said not in (200, 304)} == {}, families[url]
            assert len(of_page) > 2, families[url]
            elsewhere = [asked for asked in visit.answers if not asked.startswith((server.url, "data:", "blob:"))]
            assert elsewhere == [], families[url]
            pictures = visit.evaluate("[...document.images].map(one => one.naturalWidth)")
            assert pictures is not None
            assert all(pictures), families[url]
            assert visit.evaluate("[...document.styleSheets].every(one => one.cssRules.length > 0)"), families[url]
