"""A listing page gives links that look like articles, its next page, and the feeds that it advertises."""

from crawler.discovery import read_listing
from tests.support.endless import must_end

AT = "https://news.example/world"
PAGE = """<!doctype html><html><head><base href="/world/"><title>World</title>
<link rel="alternate" type="application/rss+xml" href="/rss/world"><link rel="alternate" hreflang="de" href="/de">
<link rel="alternate" type="application/rss+xml" href="/comments/feed"><link rel="next" href="/world?page=2"></head>
<body>
<nav><a href="/politics">Politics</a><a href="/tag/harbour">Harbour</a><a href="#top">Top</a></nav>
<a href="/2024/06/11/ferry-and-tide"><img src="a.jpg" alt=""></a>
<a href="/2024/06/11/ferry-and-tide#more">Ferry and <b>tide</b></a>
<a href="2024-06-11-slow-train-home">Slow train home</a>
<a href="mailto:desk@news.example">Write</a><a href="https://[broken">Broken</a>
<a href="/world?page=2">Older articles »</a></body></html>"""


def test_listing_offers_articles_next_page_feeds_and_sections():
    listing = read_listing(PAGE.encode(), AT)
    assert [(one.url, one.title) for one in listing.articles] == [
        ("https://news.example/2024/06/11/ferry-and-tide", "Ferry and tide"),
        ("https://news.example/world/2024-06-11-slow-train-home", "Slow train home"),
    ]
    assert listing.next_pages == ("https://news.example/world?page=2",)
    assert listing.feeds == ("https://news.example/rss/world",)
    assert listing.sections == ("https://news.example/politics", "https://news.example/tag/harbour")


def test_the_site_tells_what_an_article_is():
    listing = read_listing(PAGE.encode(), AT, is_article=lambda url: url.endswith("/politics"))
    assert [one.url for one in listing.articles] == ["https://news.example/politics"]


def test_next_page_on_another_host_is_not_followed():
    listing = read_listing(b'<a rel="next" href="https://elsewhere.example/2">Next</a>', AT)
    assert listing.next_pages == ()


def test_charset_of_the_header_counts():
    page = '<a rel="next" href="?p=2">Далее</a><a href="/2024/06/11/паром">Паром</a>'.encode("cp1251")
    listing = read_listing(page, AT, "text/html; charset=windows-1251")
    assert [one.title for one in listing.articles] == ["Паром"]


@must_end
def test_nested_tags_without_end_do_not_hang():
    listing = read_listing(b"<div>" * 2_000_000 + b'<a href="/2024/06/11/deep">x</a>', AT)
    assert listing.articles == ()


def test_nothing_comes_of_nothing():
    assert read_listing(b"", AT).articles == ()
    assert read_listing(b"\x00\xff", AT).articles == ()
