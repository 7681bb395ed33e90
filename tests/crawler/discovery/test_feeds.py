"""Feeds of every form announce their entries, and hostile ones are refused in one line."""

import gzip

import pytest

from crawler.discovery import Unreadable, looks_like_feed, read_feed

FEED = "https://news.example/rss/all.xml"

RSS_2 = b"""<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Example</title>
<link>https://news.example/</link>
<item><title>Ferry <![CDATA[& tide]]></title><link> https://news.example/ferry-tide-10001 </link>
<media:title>Not this one</media:title><pubDate>Tue, 11 Jun 2024 10:00:00 +0300</pubDate></item>
<item><title>Second</title><guid>https://news.example/second-10002</guid></item>
</channel></rss>"""
RSS_091 = (
    b"""<rss version="0.91"><channel><item><title>Old</title><link>/old-story-10003</link></item></channel></rss>"""
)
RSS_1 = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/"/>
<item rdf:about="https://news.example/rdf-10004"><title>Graph</title><link>https://news.example/rdf-10004</link>
<dc:date>2024-06-11T08:00:00Z</dc:date></item></rdf:RDF>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/en/"><entry><title>Atomic</title>
<link rel="replies" href="comments"/><link rel="alternate" type="text/html" href="atomic-10005"/>
<id>tag:news.example,2024:5</id><updated>2024-06-12T08:00:00+02:00</updated>
<published>2024-06-11T08:00:00+02:00</published></entry></feed>"""
JSON_FEED = b"""{"version": "https://jsonfeed.org/version/1.1", "items": [
{"id": "1", "url": "https://news.example/json-10006", "title": "Braces", "date_published": "2024-06-11T08:00:00Z"}]}"""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            RSS_2,
            [
                ("https://news.example/ferry-tide-10001", "2024-06-11T10:00:00+03:00", "Ferry & tide"),
                ("https://news.example/second-10002", None, "Second"),
            ],
            id="rss-2.0-with-guid-and-media-title",
        ),
        pytest.param(RSS_091, [("https://news.example/old-story-10003", None, "Old")], id="rss-0.91-relative-link"),
        pytest.param(
            RSS_1, [("https://news.example/rdf-10004", "2024-06-11T08:00:00+00:00", "Graph")], id="rss-1.0-rdf"
        ),
        pytest.param(
            ATOM,
            [("https://news.example/en/atomic-10005", "2024-06-11T08:00:00+02:00", "Atomic")],
            id="atom-with-base-and-alternate",
        ),
        pytest.param(
            JSON_FEED, [("https://news.example/json-10006", "2024-06-11T08:00:00+00:00", "Braces")], id="json-feed"
        ),
        pytest.param(
            gzip.compress(RSS_091), [("https://news.example/old-story-10003", None, "Old")], id="gzipped-file"
        ),
        pytest.param(
            RSS_091.replace(b"</channel></rss>", b"<item><title>Torn</tit"),
            [("https://news.example/old-story-10003", None, "Old")],
            id="torn-tail-keeps-what-came-before",
        ),
    ],
)
def test_feed_announces_its_entries(content, expected):
    found = read_feed(content, FEED)
    assert expected == [(one.url, one.date, one.title) for one in found]
    assert {one.kind for one in found} == {"feed"}


BOMB = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><rss><channel><item><title>&c;</title></item></channel></rss>"""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(BOMB, "entity bomb", id="entities"),
        pytest.param(BOMB.decode().encode("utf-16"), "entity bomb", id="entities-in-utf-16"),
        pytest.param(gzip.compress(b"<rss>" + b" " * (65 * 2**20), 1), "gzip bomb", id="gzip-bomb"),
        pytest.param(b"", "empty feed", id="empty"),
        pytest.param(b"<html><body>Not found</body></html>", "no feed", id="html"),
        pytest.param(b"{not json", "broken JSON", id="broken-json"),
        pytest.param(b'{"a": 1}', "without items", id="other-json"),
        pytest.param(b"\x00\x01\x02", "no feed", id="binary"),
        pytest.param(b"<" * 100_000, "no feed", id="angle-brackets"),
    ],
)
def test_hostile_feed_is_refused_in_one_line(content, says):
    with pytest.raises(Unreadable) as refused:
        read_feed(content, FEED)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert ";" in str(refused.value), "the line also says what to do"


def test_deep_nesting_ends_the_reading_but_keeps_what_came_before():
    nested = b"<a>" * 100_000
    found = read_feed(RSS_091.replace(b"</channel>", nested), FEED)
    assert [one.url for one in found] == ["https://news.example/old-story-10003"]


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        pytest.param("https://news.example/" + "a" * 20_000, "URL of 20021 characters", id="20000-characters"),
        pytest.param("https://news.example/\x7fcontrol", "URL with control characters", id="control-character"),
        pytest.param("javascript:alert(1)", "javascript scheme", id="javascript"),
        pytest.param("http://[half", "malformed URL", id="half-an-ipv6-address"),
    ],
)
def test_url_that_cannot_be_asked_for_is_announced_with_the_reason(link, reason):
    """Each announced URL ends in the ledger, even one that nobody can fetch."""
    content = f"<rss><channel><item><link>{link}</link></item></channel></rss>".encode()
    (found,) = read_feed(content, FEED)
    assert reason == found.refused
    assert len(found.url) <= 1000
    assert found.url.isascii()
    assert found.url.isprintable()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (RSS_2, True),
        (RSS_1, True),
        (ATOM, True),
        (JSON_FEED, True),
        (b"\xef\xbb\xbf  <feed>", True),
        (b"<!doctype html><html>", False),
        (b'{"a": 1}', False),
        (b"", False),
    ],
)
def test_looks_like_feed(content, expected):
    assert expected == looks_like_feed(content)
