"""Blocks as Markdown."""

import pytest

from crawler.extraction.document import parse
from crawler.extraction.markdown import join, paragraph, related_line
from crawler.extraction.walk import segment
from crawler.items import Link


def markdown(markup):
    document = parse(f"<html><body>{markup}</body></html>".encode(), "https://news.example/a/b")
    blocks = segment(document.root).blocks
    return join([(paragraph(block, document.absolute), block) for block in blocks])


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>One <b>two </b>three</p>", "One **two** three"),
        ("<p><em>One</em> <strong><b>two</b></strong></p>", "*One* **two**"),
        ("<p>See <a href='../c'>the  list</a>.</p>", "See [the list](https://news.example/c)."),
        ("<p><a href='javascript:go()'>Go</a></p>", "Go"),
        ("<p><a href='/x (1)'>One</a></p>", "[One](https://news.example/x%20%281%29)"),
        ("<h1>One</h1><h3><b>Two</b></h3>", "## One\n\n### Two"),
        ("<ul><li>One</li><li>Two</li></ul><p>Three</p>", "- One\n- Two\n\nThree"),
        ("<ol><li>One</li><li>Two</li></ol>", "1. One\n1. Two"),
        ("<blockquote><p>One</p><p>Two</p></blockquote>", "> One\n>\n> Two"),
        ("<p>One<br>two</p>", "One  \ntwo"),
        ("<p>3 * 4 = [12]</p>", "3 \\* 4 = \\[12\\]"),
        ("<p># no heading</p><p>1. no list</p>", "\\# no heading\n\n1\\. no list"),
        ("<p><b></b>One<i> </i></p>", "One"),
    ],
    ids=[
        "bold",
        "nested",
        "link",
        "script-link",
        "brackets",
        "headings",
        "list",
        "numbers",
        "quote",
        "break",
        "special",
        "start",
        "empty",
    ],
)
def test_form_is_kept_and_text_is_never_taken_for_form(markup, expected):
    assert expected == markdown(markup)


def test_an_unlabelled_related_link_gets_the_samples_label():
    link = Link(title="The moon [is] late", url="https://news.example/moon", kind="in_body")
    assert related_line(link) == "**Related article:** [The moon \\[is\\] late](https://news.example/moon)"
