"""Sitemaps of every form announce pages or further sitemaps."""

import gzip

import pytest

from crawler.discovery import Unreadable, read_sitemap

AT = "https://news.example/sitemap.xml"
URLSET = b"""<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://news.example/a-10001</loc><lastmod>2024-06-11</lastmod>
<image:image><image:loc>https://news.example/a.jpg</image:loc><image:title>A picture</image:title></image:image></url>
<url><loc> /b-10002 </loc></url></urlset>"""
NEWS = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://news.example/c-10003</loc><news:news><news:publication><news:name>Example</news:name></news:publication>
<news:publication_date>2024-06-11T10:00:00+02:00</news:publication_date><news:title>Fresh &amp; new</news:title>
</news:news></url>
</urlset>"""
INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://news.example/s1.xml.gz</loc>
<lastmod>2024-06-01T00:00:00Z</lastmod></sitemap><sitemap><loc>https://news.example/s2.xml</loc></sitemap></sitemapindex>"""


def facts(announced):
    return [(one.url, one.date, one.kind, one.title) for one in announced]


def test_urlset_announces_pages_and_not_their_pictures():
    found = read_sitemap(URLSET, AT)
    assert facts(found.pages) == [
        ("https://news.example/a-10001", "2024-06-11", "sitemap", None),
        ("https://news.example/b-10002", None, "sitemap", None),
    ]
    assert found.children == ()


def test_news_extension_gives_date_and_title():
    found = read_sitemap(NEWS, AT)
    assert facts(found.pages) == [
        ("https://news.example/c-10003", "2024-06-11T10:00:00+02:00", "news_sitemap", "Fresh & new")
    ]


@pytest.mark.parametrize("content", [INDEX, gzip.compress(INDEX)], ids=["plain", "gzipped"])
def test_index_announces_further_sitemaps(content):
    found = read_sitemap(content, AT)
    assert facts(found.children) == [
        ("https://news.example/s1.xml.gz", "2024-06-01T00:00:00+00:00", "sitemap", None),
        ("https://news.example/s2.xml", None, "sitemap", None),
    ]
    assert found.pages == ()


def test_text_sitemap_announces_its_lines():
    found = read_sitemap(b"\xef\xbb\xbfhttps://news.example/a-1\r\n\r\nhttps://news.example/b-2\n", AT)
    assert [one.url for one in found.pages] == ["https://news.example/a-1", "https://news.example/b-2"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"<!DOCTYPE x [<!ENTITY a 'b'>]><urlset/>", "entity bomb", id="entities"),
        pytest.param(gzip.compress(b"<urlset>" + b"a" * (65 * 2**20), 1), "gzip bomb", id="gzip-bomb"),
        pytest.param(b"<html/>", "no sitemap", id="html"),
        pytest.param(b"  ", "empty sitemap", id="empty"),
        pytest.param(b"no addresses here", "no sitemap", id="text"),
        pytest.param(b"\x1f\x8bgarbage", "broken gzip", id="broken-gzip"),
    ],
)
def test_hostile_sitemap_is_refused_in_one_line(content, says):
    with pytest.raises(Unreadable) as refused:
        read_sitemap(content, AT)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_torn_gzip_gives_what_came_before():
    """A cut-off download still announces its whole entries."""
    entries = b"".join(b"<url><loc>https://news.example/n-%05d</loc></url>" % number for number in range(2000))
    torn = gzip.compress(b"<urlset>" + entries + b"</urlset>")[:-2000]
    found = read_sitemap(torn, AT)
    assert 0 < len(found.pages) < 2000
