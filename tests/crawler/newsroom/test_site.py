"""The newspaper's own addresses over the wire: validators, redirects, announcements, links, and the clock."""

import gzip
import re
import xml.etree.ElementTree as ET
from datetime import timedelta
from html import unescape

import pytest

from crawler.newsroom.clock import OPENING

PAGES = ["/", "/ru/", "/news", "/de/politik", "/rss/news", "/rss/ru", "/atom.xml", "/sitemap/index.xml.gz",
         "/sitemap/news.xml", "/sitemap/2026-5.xml", "/robots.txt", "/assets/paper.css", "/assets/marks.woff",
         "/favicon.ico", "/pictures/7-0.png", "/about"]  # fmt: skip


def changed(newsroom, kind):
    (change,) = [change for change in newsroom.changes if change.kind == kind]
    (story,) = [story for story in newsroom.stories if story.number == change.number]
    return change, story


@pytest.mark.parametrize("path", PAGES)
def test_304_to_those_who_have_it(wire, path):
    got = wire.ask(path)
    tag, date = f"If-None-Match: {got.header('ETag')}", f"If-Modified-Since: {got.header('Last-Modified')}"
    for known in ([tag], [date], [f'If-None-Match: "x", W/{got.header("ETag")}'], [tag, "If-Modified-Since: never"]):
        answer = wire.ask(path, *known)
        assert (answer.status, answer.body, answer.header("ETag")) == (304, b"", got.header("ETag"))


@pytest.mark.parametrize(
    "condition",
    ['If-None-Match: "another"', "If-Modified-Since: Thu, 01 Jan 1998 00:00:00 GMT", "If-Modified-Since: soon"],
)
def test_200_to_those_who_have_something_else(newsroom, wire, condition):
    for path in ("/", newsroom.stories[0].path):
        assert wire.ask(path, condition).status == 200


def test_etag_is_of_the_bytes_that_are_sent(newsroom, wire):
    """RFC 9110 section 8.8.3.3: another coding, another entity tag."""
    for story in newsroom.stories:
        plain, packed = wire.ask(story.path), wire.ask(story.path, "Accept-Encoding: gzip, br")
        coded = packed.header("Content-Encoding") is not None
        assert (plain.header("ETag") == packed.header("ETag")) != coded
        assert packed.header("Vary") == ("Accept-Encoding" if coded else None)


def test_articles_travel_in_every_way(newsroom, wire):
    answers = [wire.ask(story.path, "Accept-Encoding: gzip, br") for story in newsroom.stories]
    ways = {(got.header("Content-Encoding"), got.header("Transfer-Encoding")) for got in answers}
    assert ways == {(None, None), ("gzip", None), (None, "chunked"), ("br", None), ("gzip", "chunked")}


def test_no_coding_for_those_who_refuse_it(newsroom, wire):
    answers = [wire.ask(story.path, "Accept-Encoding: gzip;q=0, identity") for story in newsroom.stories]
    assert {got.header("Content-Encoding") for got in answers} == {None}


def test_old_charset_is_told_by_the_page_alone(newsroom, wire):
    story = next(story for story in newsroom.stories if story.family == "legacy")
    got = wire.ask(story.path)
    assert got.header("Content-Type") == "text/html"
    assert story.title in unescape(got.content.decode("windows-1251"))


def test_tracking_parameters_change_nothing(newsroom, wire):
    path = newsroom.stories[0].path
    assert wire.ask(path).body == wire.ask(f"{path}?utm_source=front&fbclid=x").body
    assert b"?utm_source=front" in wire.ask("/").body


def test_short_addresses_redirect(newsroom, wire):
    for story in newsroom.stories:
        got = wire.ask(story.short_url.removeprefix(newsroom.url))
        assert (got.status, got.header("Location")) == (301, story.url)


def test_slug_alone_redirects_whatever_its_day(newsroom, wire):
    story = next(story for story in newsroom.stories if story.family == "courier")
    slug = re.fullmatch(r"/\d{4}/\d\d/\d\d/(.*)-a\d+", story.path)[1]
    assert wire.ask(f"/1999/01/01/{slug}").header("Location") == story.url


def test_missing_slash_redirects(newsroom, wire):
    story = next(story for story in newsroom.stories if story.family == "wordpress")
    assert wire.ask(story.path.rstrip("/")).header("Location") == story.url


def test_robots_and_sitemaps(newsroom, wire):
    robots = wire.ask("/robots.txt").body.decode()
    assert "Disallow: /internal/" in robots
    assert "Crawl-delay: 0.02" in robots
    (index,) = re.findall(rf"Sitemap: {newsroom.url}(\S+)", robots)
    got = wire.ask(index)
    assert (got.header("Content-Type"), got.header("Content-Encoding")) == ("application/gzip", None)
    children = [loc.text for loc in ET.fromstring(gzip.decompress(got.body)).iterfind(".//{*}loc")]
    pages = [wire.ask(child.removeprefix(newsroom.url)).body for child in children]
    found = {loc.text for page in pages for loc in ET.fromstring(page).iterfind(".//{*}loc")}
    assert found == {story.url for story in newsroom.stories}


def test_every_link_of_the_front_pages_and_an_article_resolves(newsroom, wire):
    pages = ["/", "/ru/", "/de/", "/ja/", "/ar/", *(story.path for story in newsroom.stories)]
    links = set()
    for page in pages:
        charset = "windows-1251" if page.startswith("/ru/news") else "utf-8"
        links |= {
            unescape(link).removeprefix(newsroom.url).partition("#")[0]
            for link in re.findall(r'(?:href|src)="([^"]+)"', wire.ask(page).content.decode(charset), re.IGNORECASE)
        }
    inside = sorted(link for link in links if link.startswith("/") and link != "/odd/")
    assert len(inside) > 60
    assert {path: got.status for path in inside if (got := wire.ask(path)).status not in {200, 301}} == {}


def test_pictures_are_png_and_differ(wire):
    pictures = {wire.ask(f"/pictures/{number}.png").body for number in range(4)}
    assert {picture[:8] for picture in pictures} == {b"\x89PNG\r\n\x1a\n"}
    assert len(pictures) == 4
    assert len(wire.ask("/pictures/1.png?w=96").body) < len(wire.ask("/pictures/1.png").body)


@pytest.mark.parametrize("kind", ["headline", "correction", "silent"])
def test_change_shows_at_its_time_and_moves_the_validators(newsroom, wire, kind):
    change, story = changed(newsroom, kind)
    before = wire.ask(story.path)
    newsroom.clock.set(change.at - timedelta(seconds=1))
    known = [f"If-None-Match: {before.header('ETag')}", f"If-Modified-Since: {before.header('Last-Modified')}"]
    assert wire.ask(story.path, known[0]).status == 304
    newsroom.clock.set(change.at)
    assert [wire.ask(story.path, one).status for one in known] == [200, 200]
    assert wire.ask(story.path).body != before.body


@pytest.mark.parametrize(("kind", "status"), [("gone", 410), ("missing", 404)])
def test_story_is_removed_and_comes_back_with_the_clock(newsroom, wire, kind, status):
    change, story = changed(newsroom, kind)
    newsroom.clock.set(change.at)
    assert wire.ask(story.path).status == status
    assert all(out.path != story.path for out in newsroom.stories)
    newsroom.clock.set(OPENING)
    assert wire.ask(story.path).status == 200


def test_front_page_and_feeds_turn_with_the_clock(newsroom, wire):
    paths = ["/", "/rss/news", "/atom.xml", "/sitemap/2026-5.xml"]
    known = {path: wire.ask(path) for path in paths}
    newsroom.clock.advance(timedelta(hours=9))
    for path in paths:
        for name, field in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
            assert wire.ask(path, f"{name}: {known[path].header(field)}").status == 200
    assert len(newsroom.stories) == 24 - 2 + 3


def test_date_is_the_newspaper_s(newsroom, wire):
    assert wire.ask("/").header("Date") == "Mon, 18 May 2026 09:00:00 GMT"
    newsroom.clock.advance(timedelta(minutes=1))
    assert wire.ask("/").header("Date") == "Mon, 18 May 2026 09:01:00 GMT"
