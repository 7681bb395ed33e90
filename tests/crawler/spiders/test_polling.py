"""Which sources a crawl asks for, and by what they turn out to be."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zlib import crc32

import pytest

from tests.support.commands import environment_in, run_script
from tests.support.paper import Answer, article

STORIES = [f"/2024/06/11/story-number-{number}-of-the-day" for number in range(6)]
DUE_ONLY = ("-s", "NEWSWARC_DUE_ONLY=1")
NEVER_AGAIN = 'recheck_after = ["7 d"]'


@pytest.fixture
def stories(paper):
    return [paper.put_article(path) for path in STORIES]


def sitemap(*urls):
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()


def index(*urls):
    entries = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'.encode()


def test_a_crawl_of_a_schedule_leaves_alone_what_is_not_due(desk, paper, stories):
    desk.write_site(feeds=[paper.put_feed("/rss", *stories)], sections=[paper.base + "/news"])
    paper.put_body("/news", "text/html", b"<a href='/2024/06/11/story-number-0-of-the-day'>A long headline</a>")
    first = desk.crawl(*DUE_ONLY)
    assert first.asked["/rss"] == first.asked["/news"] == 1
    second = desk.crawl(*DUE_ONLY)
    assert second.asked["/rss"] == second.asked["/news"] == 0
    assert desk.crawl().asked["/rss"] == 1


def test_what_a_feed_links_with_marks_of_tracking_is_known_at_its_next_poll(desk, paper, stories):
    """Or each poll would take its window for one that rolled over, and come as soon as may be."""
    links = [f"{story}{marks}" for story in stories for marks in ("?utm_source=rss", "")]
    desk.write_site(feeds=[paper.put_feed("/rss", *links)])
    desk.crawl()
    crawled = desk.crawl()
    assert "overflowed" not in crawled.log
    with closing(sqlite3.connect(desk.folder / "collections" / "paper" / "catalog.sqlite")) as database:
        assert database.execute("SELECT announced, known, overflows FROM sources").fetchall() == [(6, 6, 0)]


def test_what_a_sitemap_names_that_is_too_old_is_in_the_ledger(desk, paper, stories):
    """It is skipped; and it is known at the next poll, which so comes no sooner."""
    dates = ["2011-05-03"] * 4 + [f"{datetime.now(UTC):%Y-%m-%d}"] * 2
    pages = "".join(
        f"<url><loc>{url}</loc><lastmod>{date}</lastmod></url>" for url, date in zip(stories, dates, strict=True)
    )
    listed = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>'.encode()
    desk.write_site("[limits]\nsitemap_age = 60\n", sitemaps=[paper.put_body("/map.xml", "text/xml", listed)])
    expected = dict.fromkeys(STORIES[4:], ("captured", None))
    assert desk.crawl().states(paper.base) == expected | dict.fromkeys(STORIES[:4], ("skipped", "too old"))
    assert desk.crawl().asked[STORIES[0]] == 0
    with closing(sqlite3.connect(desk.folder / "collections" / "paper" / "catalog.sqlite")) as database:
        assert database.execute("SELECT announced, known, interval FROM sources").fetchall() == [(6, 6, 1.5 * 3600)]


KILLED = """
import os
from scrapy.cmdline import execute
from crawler.frontier import Frontier
Frontier.announce = lambda *_, **__: os._exit(9)
execute(["scrapy", "crawl", "paper", "-s", "NEWSWARC_DUE_ONLY=1"])
"""


@pytest.mark.parametrize("kind", ["feeds", "sitemaps", "sections"])
def test_what_came_just_before_a_crawl_was_killed_is_asked_for_again(desk, paper, stories, tmp_path, kind):
    """A source counts as polled only once the ledger has what it announced: its window may roll over soon."""
    (tmp_path / "killed.py").write_text(KILLED)
    links = "".join(f"<a href='{story}'>A long headline of the day</a>" for story in stories)
    sources = {
        "feeds": lambda: paper.put_feed("/source", *stories),
        "sitemaps": lambda: paper.put_body("/source", "text/xml", sitemap(*stories)),
        "sections": lambda: paper.put_body("/source", "text/html", links.encode()),
    }
    desk.write_site(**{kind: [sources[kind]()]})
    assert run_script([tmp_path / "killed.py"], tmp_path, environment_in(tmp_path), given=None).status == 9
    assert paper.asked.count("/source") == 1
    again = desk.crawl(*DUE_ONLY)
    assert again.asked["/source"] == 1
    assert {state for state, _ in again.states(paper.base).values()} == {"captured"}


def test_a_story_that_moved_is_captured_where_it_is_now(desk, paper):
    """Although the new address alone would not be taken for an article's."""
    moved = paper.put_article("/archive/2024/06/11/story-of-the-harbour")
    story = paper.put("/2024/06/11/story-of-the-harbour", Answer(status=301, headers={"Location": moved}))
    desk.write_site(feeds=[paper.put_feed("/rss", story)])
    crawled = desk.crawl()
    assert {url: entry.state for url, entry in crawled.ledger.items()} == {moved: "captured"}
    assert "/2024/06/11/story-of-the-harbour" not in desk.crawl().asked


def test_a_window_that_rolled_over_is_told(desk, paper, stories):
    desk.write_site(feeds=[paper.put_feed("/rss", *stories[:3])])
    desk.crawl()
    paper.put_feed("/rss", *stories[2:4])
    assert "overflowed" not in desk.crawl().log
    paper.put_feed("/rss", *stories[4:])
    again = desk.crawl()
    assert f"{paper.base}/rss: feed window overflowed" in again.log
    assert again.states(paper.base)[STORIES[4]] == ("captured", None)


def test_sources_are_read_by_what_they_are(desk, paper, stories):
    """A sitemap under `feeds`, a feed under `sitemaps`, and either under `sections`."""
    body = sitemap(stories[0])
    desk.write_site(
        feeds=[paper.put_body("/a", "application/xml", body)],
        sitemaps=[paper.put_feed("/b", stories[1])],
        sections=[paper.put_feed("/c", stories[2]), paper.put_body("/d", "text/xml", sitemap(stories[3]))],
    )
    crawled = desk.crawl()
    assert [state for state, _ in crawled.states(paper.base).values()] == ["captured"] * 4


def test_a_sitemap_that_is_gone_is_not_asked_for_with_each_poll_of_its_index(desk, paper, stories):
    alive = paper.put_body("/alive.xml", "application/xml", sitemap(*stories))
    urls = [alive, f"{paper.base}/dead.xml"]
    desk.write_site(sitemaps=[paper.put_body("/sitemap.xml", "application/xml", index(*urls))])
    assert desk.crawl().asked["/dead.xml"] == 1
    again = desk.crawl()
    assert (again.asked["/sitemap.xml"], again.asked["/alive.xml"], again.asked["/dead.xml"]) == (1, 1, 0)


def make_older(desk, *, hours):
    """Let that much time have passed since what is known of the sources was written down."""
    catalog = sqlite3.connect(desk.folder / "collections" / "paper" / "catalog.sqlite")
    with closing(catalog), catalog:
        passed = timedelta(hours=hours)
        catalog.create_function("earlier", 1, lambda then: (datetime.fromisoformat(then) - passed).isoformat())
        for moment in ("found", "polled", "next_poll", "news"):
            catalog.execute(f"UPDATE sources SET {moment} = earlier({moment}) WHERE {moment} IS NOT NULL")


def test_many_sub_sitemaps_are_not_polled_all_at_once_by_a_schedule(desk, paper, stories):
    names = {f"/{number}.xml" for number in range(50)}
    children = [paper.put_body(name, "application/xml", sitemap(stories[0])) for name in sorted(names)]
    desk.write_site(sitemaps=[paper.put_body("/sitemap.xml", "application/xml", index(*children))])
    asked = desk.crawl(*DUE_ONLY).asked
    polled = names & asked.keys()
    assert sum(asked[name] for name in names) == len(polled) == 20
    for _ in range(3):
        make_older(desk, hours=1)
        more = names & desk.crawl(*DUE_ONLY).asked.keys()
        assert len(more - polled) <= 20
        polled |= more
    assert polled == names, "none is forgotten"


def test_of_an_index_of_very_many_sitemaps_a_schedule_leaves_none_out(desk, paper):
    names = [f"{paper.base}/map-{number}.xml" for number in range(700)]
    desk.write_site(sitemaps=[paper.put_body("/sitemap.xml", "application/xml", index(*names))])
    desk.crawl(*DUE_ONLY)
    with closing(sqlite3.connect(desk.folder / "collections" / "paper" / "catalog.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM sources WHERE parent IS NOT NULL").fetchall() == [(700,)]


def test_a_crawl_ends_when_it_has_received_what_it_may(desk, paper):
    links = [paper.put_article(f"/2024/06/11/a-story-of-some-length-{number}") for number in range(40)]
    desk.write_site(feeds=[paper.put_feed("/rss", *links)])
    crawled = desk.crawl("-s", "NEWSWARC_MAX_BYTES=6000", "-s", "DOWNLOAD_DELAY=0.1")
    states = [state for state, _ in crawled.states(paper.base).values()]
    assert 0 < states.count("captured") < 25
    assert states.count("pending") == 40 - states.count("captured")
    assert "Closing spider (bytes_up)" in crawled.log


def test_a_source_whose_etag_lied_is_not_believed_again(desk, paper, stories):
    """Nothing is asked for under a condition until its validators have shown that they change with the content."""
    desk.write_site(feeds=[paper.base + "/rss"])
    for number, tag in enumerate(["one", "one", "two", "three"], start=1):
        paper.put_feed("/rss", *stories[:number])
        paper.answers["/rss"][0].headers["ETag"] = f'"{tag}"'
        desk.crawl()
    conditional = [headers for path, headers in zip(paper.asked, paper.headers[-len(paper.asked) :], strict=True)
                   if path == "/rss" and "If-None-Match" in headers]  # fmt: skip
    assert paper.asked.count("/rss") == 1
    assert conditional == []


def test_a_host_that_lies_about_articles_is_found_out_and_not_believed_any_more(desk, paper):
    """Of articles that stay the same some are asked for in full; here one has changed under its old ETag meanwhile."""
    paths = (f"/2024/06/11/story-number-{number}-of-the-day" for number in range(1_000))
    path = next(path for path in paths if crc32(f"{paper.base}{path}".encode()) % 4 == 0)
    desk.write_site(feeds=[paper.put_feed("/rss", paper.put_article(path, ETag='"for ever"'))])
    for _ in range(4):
        desk.crawl()
    paper.put(path, Answer(article("/2024/06/11/quite-another-story"), headers={"ETag": '"for ever"'}))
    found = desk.crawl()
    assert found.states(paper.base)[path] == ("captured", None)
    assert f"{paper.base}{path} changed under the same validator" in found.log
    paper.put(path, Answer(article("/2024/06/11/a-third-story"), headers={"ETag": '"for ever"'}))
    assert desk.crawl().states(paper.base)[path] == ("captured", None)
