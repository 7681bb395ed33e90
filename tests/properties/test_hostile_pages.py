"""No page, however broken or hostile, makes the extraction fail, hang, or say what cannot be written down."""

import base64
import json
import re
import time
from dataclasses import asdict
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.export.explained import explained_page
from crawler.extraction import extract
from crawler.extraction.explain import explain
from crawler.items import Rejected
from tests.properties.mutations import TYPES, mutated
from tests.scoring.corpus import golden_pages, newsroom_pages

URL = "https://news.example/2031/03/02/council-asks-for-lamps"
SLOWEST = 2.0
"""CPU seconds that no page may cost."""
LENGTH = 50_000
"""Characters of a hostile text: enough that a regular expression that backtracks takes many seconds over it."""
HARMLESS = {"html", "meta", "title", "style", "h1", "h2", "p", "bdi", "table", "tr", "th", "td"}
"""Elements of an explanation's own page."""


@cache
def pages():
    return [page.content for page in (*golden_pages(), *newsroom_pages(24))]


def check(content, content_type=None, *, explained=False):
    """Extraction ends soon, in an article that is JSON, or in a reason."""
    start = time.process_time()
    found = extract(content, URL, content_type)
    spent = time.process_time() - start
    assert spent < SLOWEST, f"{spent:.1f} s of CPU time"
    written = json.dumps(asdict(found), ensure_ascii=False).encode()
    assert json.loads(written)["url"] == URL
    assert not isinstance(found, Rejected) or found.reason
    if explained:
        explanation = explain(content, URL, content_type)
        json.dumps(asdict(explanation), ensure_ascii=False).encode()
        assert {tag.lower() for tag in re.findall(r"<(\w+)", explained_page(explanation))} <= HARMLESS


def fuzz(seeds):
    for seed in seeds:
        random = Random(seed)
        page = mutated(random, random.choice(pages()), pages())
        content_type = random.choice(TYPES)
        try:
            check(page, content_type, explained=seed % 10 == 0)
        except Exception as fault:
            shown = base64.b64encode(page[:3000]).decode()
            message = f"seed {seed}, Content-Type {content_type!r}: {type(fault).__name__}: {fault}\n{shown}"
            raise AssertionError(message) from fault


@pytest.mark.parametrize("part", range(5))
def test_mutated_pages(part):
    """Golden pages and the newsroom's, made worse; the failure's seed makes the page again."""
    fuzz(range(part * 400, part * 400 + 400))


@pytest.mark.soak
@pytest.mark.parametrize("part", range(40))
def test_many_mutated_pages(part):
    """Two hundred thousand of them."""
    fuzz(range(10_000 + part * 5_000, 15_000 + part * 5_000))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000), st.sampled_from(TYPES))
def test_any_bytes(content, content_type):
    check(content, content_type)


TEXT = "The council of Varnholm met this spring and heard the harbour master, who asked for new lamps along the quay. "
SLOTS = {
    "title": "<title>{}</title>",
    "og title": "<meta property='og:title' content=\"{}\">",
    "site name": "<meta property='og:site_name' content=\"{}\"><meta property='og:title' content='Lamps - Post'>",
    "author": '<meta name=author content="{}">',
    "card": "<meta name=twitter:label1 content='Written by'><meta name=twitter:data1 content=\"{}\">",
    "published": "<meta property='article:published_time' content=\"{}\">",
    "meta name": "<meta name=\"{}\" content='2031-03-02'>",
    "keywords": '<meta name=keywords content="{}">',
    "section": "<meta property='article:section' content=\"{}\">",
    "canonical": '<link rel=canonical href="{}">',
    "language": '<meta name=language content="{}">',
    "description": '<meta name=description content="{}">',
    "heading": "<body><h1>{}</h1>",
    "subheading": "<body><h2>{}</h2>",
    "kicker": "<body><h1><span>{}</span> Council asks for lamps</h1>",
    "byline": "<body><h1>Lamps</h1><p class=byline>{}</p>",
    "labelled byline": "<body><h1>Lamps</h1><p class=byline>By {}</p>",
    "rel author": "<body><h1>Lamps</h1><a rel=author href=/a>{}</a>",
    "date line": "<body><h1>Lamps</h1><p class=date>2 March 2031 {}</p>",
    "time": '<body><h1>Lamps</h1><time datetime="{}">{}</time>',
    "class": '<body><div class="{}"><p>Lamps for the quay',
    "id": '<body><div id="{}"><p>Lamps for the quay',
    "style": '<body><div style="{}"><p>Lamps for the quay',
    "paragraph": "<body><p>{}</p>",
    "list item": "<body><ul><li>{}</li></ul>",
    "link": '<body><p><a href="{}">Harbour master counts the old lamps</a></p>',
    "link text": "<body><p><a href=/2031/03/01/harbour-master-counts-lamps>{}</a></p>",
    "label": "<body><p>Related article {}: <a href=/2031/03/01/harbour-master>Harbour master counts</a></p>",
    "caption": "<body><figure><img src=/lamp.jpg><figcaption>Lamps. Photo: {}</figcaption></figure>",
    "picture": '<body><figure><img src="{}" srcset="{}" alt="{}"></figure>',
    "tags": "<body><p>Tags: <a href=/tag/a>{}</a></p>",
    "script": "<body><script>{}</script>",
    "script text": '<body><script>var story = "<p>{}";</script>',
    "dated script": '<body><script>{{"datePublished": "{}"}}</script>',
    "linked headline": '<script type=\'application/ld+json\'>{{"@type": "NewsArticle", "headline": "{}"}}</script>',
    "linked author": '<script type=\'application/ld+json\'>{{"@type": "NewsArticle", "author": "{}"}}</script>',
    "linked date": '<script type=\'application/ld+json\'>{{"@type": "NewsArticle", "datePublished": "{}"}}</script>',
    "linked body": '<script type=\'application/ld+json\'>{{"@type": "NewsArticle", "articleBody": "{}"}}</script>',
    "linked data": "<script type='application/ld+json'>{}</script>",
}
ATOMS = (
    " ", "a", "A", "1", "a ", "A. ", "1 ", "1/", "1.", "1:", "-", " - ", " | ", "/", ",", ", ", " and ", " & ",
    "by ", "By: ", "von ", "&amp;", "&", "&#", "\\", "\\'", "'", "(", ")", "((", "[", "{", "{}", "]", "_", "*", "#",
    "@", "%41", "=", ";", "\n", "\t", "\u00a0", "\u200b", "\u00ad", "é", "ß", "Я", "年", "月1", "日", "の", "ا",
    "\u0661", "\u2028", "p>", "x=", "http://", "://", "2031-", "2031-03-02", "March ", "Photo: ", "tag-", "comment ",
    "related-", "//", "/*", "<", "<p", "<p>", "</p>", "<!--", "<b>", "<br>",
)  # fmt: skip


def hostile_page(slots, text):
    """A story with the text in these slots; it closes no attribute, so that it stays where it is put."""
    text = re.sub(r'"', "'", text)
    parts = "".join(SLOTS[slot].replace("{{", "\ufdd0").replace("}}", "\ufdd1").replace("{}", text) for slot in slots)
    parts = parts.replace("\ufdd0", "{").replace("\ufdd1", "}")
    return f"<!doctype html><html lang=en><head>{parts}<article><p>{TEXT * 3}</p><p>{TEXT * 3}</p></article>".encode()


@pytest.mark.parametrize("slot", SLOTS)
def test_no_field_is_slow_to_read(slot):
    """The same few characters, fifty thousand of them, wherever a page may have text."""
    for atom in ATOMS:
        text = (atom * LENGTH)[:LENGTH]
        try:
            check(hostile_page([slot], text))
        except AssertionError as fault:
            raise AssertionError(f"{slot}: {atom!r}: {fault}") from fault


BLOCKS = (
    "<p><a href=/2031/03/01/harbour-master-counts-lamps>Harbour master counts the old lamps</a></p>",
    "<p>Related: <a href=/2031/03/01/harbour-master-counts-lamps>Harbour master counts the old lamps</a></p>",
    f"<p>{TEXT}</p>",
)


@pytest.mark.parametrize("block", BLOCKS)
def test_no_block_is_slow_to_read_however_often_it_stands_there(block):
    """Two megabytes of it."""
    check(hostile_page([], "") + (block * (40 * LENGTH // len(block))).encode())


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(ATOMS), min_size=2, max_size=4), st.sampled_from(ATOMS))
def test_no_regular_expression_backtracks(atoms, end):
    """A mixture of them in all those places at once, and something else at the end."""
    text = ("".join(atoms) * LENGTH)[: LENGTH // 5] + end
    check(hostile_page(SLOTS, text))
