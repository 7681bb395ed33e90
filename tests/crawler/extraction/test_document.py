"""Bytes → Document, of whatever bytes there are."""

import pytest

from crawler.extraction import extract
from crawler.extraction.document import LARGEST, MOST_TAGS, parse

URL = "https://paper.example/news/harbour-opens-again-1187"


def test_metadata_by_lower_cased_name():
    """Names are folded, empty contents left out, repeats kept in their order."""
    document = parse(
        b'<meta name=Author content=Ada><meta property="og:title" content=" T ">'
        b"<meta name=author content=Bob><meta name=x>",
        URL,
    )
    assert dict(document.meta) == {"author": ["Ada", "Bob"], "og:title": ["T"]}


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/a", "https://paper.example/a"),
        ("//cdn.example/b", "https://cdn.example/b"),
        ("mailto:a@b.example", None),
        ("javascript:void(0)", None),
        ("http://[", None),
        ("", None),
        (None, None),
    ],
)
def test_absolute(link, expected):
    assert expected == parse(b"<p>", URL).absolute(link)


def test_base_href_moves_relative_links():
    document = parse(b'<base href="https://static.example/x/"><p>', URL)
    assert document.absolute("y") == "https://static.example/x/y"


def test_scripts_without_linked_data():
    document = parse(b'<script>var a=1</script><script type="application/ld+json">{}</script>', URL)
    assert document.scripts == ("var a=1",)


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"<!-- -->", b"\x00\x01\x02", b"plain", b"\xff\xfe", b"{}", b"<" * 1000]
)
def test_any_bytes_are_a_document(content):
    """What is no HTML gives a document, and then no article; nothing is raised."""
    assert parse(content, URL).root.tag == "html"
    assert extract(content, URL).url == URL


def test_null_bytes_hide_nothing():
    document = parse(b"<p>be\x00fore</p>\x00<p>after</p>", URL)
    assert [p.text for p in document.root.iter("p")] == ["before", "after"]


@pytest.mark.parametrize(
    "piece",
    [
        b"<div>",
        b"<p><b>",
        b"<table><tr><td>",
        b"<div></div>",
        b'<span class="byline author">By Ada Lovelace</span>',
        b"<time datetime=2024-01-01>",
        b"<div itemscope itemprop=author>",
        b"<a rel=tag href=/tag/x>",
        b"<h1>",
        b'<script type="application/ld+json">{"a":[',
    ],
    ids=lambda piece: piece[:24].decode(),
)
def test_twenty_megabytes_of_tags_end(piece):
    """Depth, number and size are bounded, so that no page stops a crawl."""
    content = piece * (20_000_000 // len(piece))
    document = parse(content, URL)
    assert sum(1 for _ in document.root.iter()) <= 3 * MOST_TAGS
    assert extract(content[:LARGEST], URL).url == URL


def test_what_follows_an_early_end_of_the_page_belongs_to_it():
    page = b"<html><body><p>One</p></body></html><script></script><html><div><p>Two</p></div><p>Three</p>"
    document = parse(page, URL)
    assert [element.text for element in document.root.iterfind("body//p")] == ["One", "Two", "Three"]
