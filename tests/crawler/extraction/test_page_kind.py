"""Articles told from other pages, and one kind of article from another."""

import json

import pytest

from crawler.extraction import extract, parse, start
from crawler.extraction.kind import kind_of_page
from crawler.extraction.page_kind import page_kind, rejection
from crawler.items import Rejected
from tests.support.endless import must_end

URL = "https://paper.example/town/ferry-line-returns-to-harbour-1187"
STORY = (
    "<p>The ferry crossed the lower harbour for the first time in nine years on Tuesday, with 41 people on board.</p>"
    * 8
)
TEASERS = "".join(
    f'<div><h3><a href="/news/{n}">Story number {n} of the day</a></h3><p>Short.</p></div>' for n in range(20)
)
CARDS = "".join(
    f'<section><h3><a href="/town/story-{n}">Story number {n} of the town</a></h3>'
    f"<p>On day {n} the ferry crossed the lower harbour, and {n} people of the town stood on the quays and waved.</p>"
    "<p>It will cross once more on the next day, if the weather and the master of the port let it, he said.</p>"
    "</section>"
    for n in range(12)
)
ARTICLE = f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "Ferry"})}</script>'


def document(body, head="", url=URL):
    return parse(f"<html><head>{head}</head><body>{body}</body></html>".encode(), url)


@pytest.mark.parametrize(
    ("body", "head", "url", "expected"),
    [
        pytest.param(f"<h1>Ferry</h1>{STORY}", "", URL, "article", id="a story"),
        pytest.param("<h1>Ferry</h1><p>Short.</p>", ARTICLE, URL, "article", id="a short story that says so"),
        pytest.param(f"<h1>404 is a number</h1>{STORY}", "", URL, "article", id="a story about 404"),
        pytest.param(f"<h1>Cookie law</h1>{STORY}", "", URL, "article", id="a story about cookies"),
        pytest.param(
            f"<h1>Ferry line returns to harbour</h1><p>Short.</p>{TEASERS}",
            "",
            URL,
            "article",
            id="a story under its own words",
        ),
        pytest.param(TEASERS, "<title>Paper</title>", URL, "listing", id="teasers under an old address"),
        pytest.param(
            f"<h1>Ferry</h1><div>{(2 * STORY).replace('</p><p>', '<br>')[3:-4]}</div>{TEASERS}",
            "",
            "https://paper.example/1187",
            "article",
            id="a story without paragraphs",
        ),
        pytest.param(TEASERS, "", "https://paper.example/", "listing", id="front page"),
        pytest.param(f"{TEASERS}{STORY}", "", "https://paper.example/", "listing", id="front page with prose"),
        pytest.param("<h1>Page not found</h1><p>Sorry.</p>", "", URL, "soft 404", id="not found"),
        pytest.param("<h1>Seite nicht gefunden</h1>", ARTICLE, URL, "soft 404", id="not found, template of a story"),
        pytest.param("<h1>Страница не найдена</h1>", "", URL, "soft 404", id="not found in Russian"),
        pytest.param(
            "<h1>We value your privacy: consent</h1><button>Accept</button>", "", URL, "consent wall", id="consent"
        ),
        pytest.param(
            "<h1>Hafenpost mit Werbung</h1><p>Wir und unsere 180 Partner nutzen Cookies. Sie können zustimmen.</p>",
            "",
            URL,
            "consent wall",
            id="consent in German",
        ),
        pytest.param(
            "<h1>Votre choix</h1><p>Nos partenaires lisent vos données personnelles, avec votre accord.</p>",
            "",
            URL,
            "consent wall",
            id="consent in French",
        ),
        pytest.param(f"<h1>Search results</h1>{TEASERS}{STORY}", "", URL, "listing", id="what a search found"),
        pytest.param(
            f"<h1>Results for the ferries are in</h1>{STORY}", "", URL, "article", id="results of another kind"
        ),
        pytest.param(
            CARDS, "<title>Town</title>", "https://paper.example/town", "listing", id="teasers that tell much"
        ),
        pytest.param(
            f"<h1>Town</h1>{STORY}{CARDS}", "", "https://paper.example/town", "article", id="a story and teasers"
        ),
        pytest.param("<p>x</p>", "<title>Just a moment...</title>", URL, "challenge", id="challenge"),
        pytest.param('<form id="challenge-form"></form>', "", URL, "challenge", id="challenge by its form"),
        pytest.param('<h1>Sign in</h1><input type="password">', "", URL, "login", id="login"),
        pytest.param("", "", URL, "empty", id="empty"),
    ],
)
def test_page_kind(body, head, url, expected):
    assert page_kind(document(body, head, url)) == expected


@pytest.mark.parametrize(
    "content", [b"<?xml version='1.0'?><rss><channel/></rss>", b"<feed></feed>", b"<urlset></urlset>"]
)
def test_feeds_are_no_pages(content):
    assert rejection(parse(content, URL)) == "not an article: not HTML"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, id="png"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(255, 0, -1)) * 9, id="jpeg"),
        pytest.param(b"GIF89a" + bytes(range(256)) * 9, id="gif"),
        pytest.param(b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n" + b"stream \x9c\x80\xfe" * 99, id="pdf"),
        pytest.param(b"PK\x03\x04" + bytes(range(256)) * 9, id="zip"),
        pytest.param(json.dumps({"headline": "Ferry", "text": "The ferry sails. " * 40}).encode(), id="json"),
    ],
)
def test_files_of_other_kinds_are_no_pages(content):
    """Whatever header they were sent with."""
    assert rejection(parse(content, URL, "text/html")) == "not an article: not HTML"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html><frameset cols='1,2'><frame src='a.html'></frameset></html>", id="frameset"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><text>Hi</text></svg>", id="svg"),
    ],
)
def test_pages_without_text_are_empty(content):
    assert rejection(parse(content, URL)) == "not an article: empty"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://paper.example/search?q=ferry", "listing"),
        ("https://paper.example/de/suche.html?suche=paddle", "listing"),
        ("https://paper.example/search/ferry-line-returns-to-harbour", "article"),
        ("https://paper.example/?q=1", "article"),
    ],
)
def test_what_a_search_found_is_a_listing(url, expected):
    assert page_kind(document(f"<h1>Ferry</h1>{STORY}", "", url)) == expected


@must_end
def test_many_linked_headings_cost_no_more_than_their_number():
    page = document("<h2><a href=/x>Some heading that is linked</a></h2>" * 60_000)
    assert rejection(page) is not None


def test_a_rejected_page_says_why():
    rejected = extract(b"<title>Just a moment...</title>", URL)
    assert rejected == Rejected(url=URL, reason="not an article: challenge")


def test_a_page_without_prose_is_no_article():
    page = f"<html><head>{ARTICLE}</head><body><h1>Ferry</h1></body></html>".encode()
    assert extract(page, URL) == Rejected(url=URL, reason="no body")


@pytest.mark.parametrize(
    ("url", "head", "section", "expected"),
    [
        (URL, "", None, "article"),
        ("https://paper.example/opinion/why-boats-matter", "", None, "opinion"),
        ("https://paper.example/x", "", "Kommentar", "opinion"),
        ("https://paper.example/x", '{"@type": "OpinionNewsArticle"}', None, "opinion"),
        ("https://paper.example/live/ferry", "", None, "live_blog"),
        ("https://paper.example/x", '{"@type": "LiveBlogPosting"}', None, "live_blog"),
        ("https://paper.example/video/ferry", "", None, "video"),
        ("https://paper.example/x", '{"@type": "ImageGallery"}', None, "gallery"),
        ("https://paper.example/podcasts/ferry", "", None, "podcast"),
        ("https://paper.example/x", '{"@type": "DiscussionForumPosting"}', None, "other"),
        ("https://paper.example/x", '{"@type": "QAPage"}', None, "other"),
        ("https://paper.example/x", '{"@type": "CollectionPage"}', None, "other"),
        ("https://paper.example/x", '[{"@type": "CollectionPage"}, {"@type": "NewsArticle"}]', None, "article"),
        ("https://paper.example/video-game-prices-fall", "", None, "article"),
    ],
)
def test_kind(url, head, section, expected):
    ld = f'<script type="application/ld+json">{head}</script>' if head else ""
    page = start(document(STORY, ld, url)).fill(section=section)
    assert kind_of_page(page)[0] == expected


def test_a_gallery_in_a_long_text_does_not_make_it_one():
    story = "".join(
        f"<p>{'The ferry crossed the lower harbour on its way to the old quays. ' * 4}</p>" for _ in range(8)
    )
    gallery = '<div itemscope itemtype="https://schema.org/ImageGallery"><img itemprop="image" src="/1.jpg"></div>'
    found = extract(f"<h1>Ferries</h1><article>{story}{gallery}</article>".encode(), "https://paper.example/ferries/1")
    assert found.kind == "article"
