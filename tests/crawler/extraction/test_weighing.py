"""Where the page's data says nothing, signs for and against an article are weighed."""

import inspect
import json
from importlib import import_module

import pytest

from crawler.extraction import STEPS, parse, start
from crawler.extraction.address_signs import address_signs, is_front_page, names_its_address
from crawler.extraction.data_signs import data_signs
from crawler.extraction.kind import is_settled
from crawler.extraction.layout_signs import build_of, layout_signs
from crawler.extraction.part_signs import part_signs
from crawler.extraction.sign_weights import WEIGHTS
from crawler.extraction.weighing import build_signs, head_signs, weight

HOST = "https://www.harbourpost.example"
URL = f"{HOST}/town/ferry-line-returns-1187"
SENTENCE = "The ferry crossed the lower harbour for the first time in nine years, with 41 people on board. "
STORY = f"<article><h1>Ferry line returns</h1>{f'<p>{SENTENCE * 3}</p>' * 9}</article>"
CARD = (
    '<div class="card"><h3><a href="/item/{0}">Paddle of oiled ash number {0}</a></h3><p>Light.</p>'
    "<b>€{0}9.00</b></div>"
)
CARDS = "".join(CARD.format(number) for number in range(1, 25))
SHELF = f'<main><h1>Paddles</h1><p>All paddles.</p><div class="filters">Size</div>{CARDS}</main>'
POST = (
    '<div class="message"><b class="avatar">A</b><span>{0} May 2024</span><div><p>{1}</p></div>'
    '<div class="signature">Sail on</div></div>'
)
THREAD = "<h1>Which paddle?</h1>" + "".join(POST.format(day, SENTENCE) for day in range(1, 20))
OFFER = (
    "<h1>Ash paddle</h1><p>€89.00</p><form><input name=quantity class=quantity><button>Add to cart</button></form>"
    f"<div class=reviews>{'<span class=rating>5</span>' * 5}</div><p>{SENTENCE}</p>"
)
SERVICE = "<h1>Our services</h1>" + "".join(
    f"<section><div><h2>We row you</h2><p>We bring you and your boat to your harbour, and you pay us {number} days "
    "later, when you are home.</p></div><a href=/q>Get a quote</a></section>"
    for number in range(9)
)  # fmt: skip


def filled(body, head="", url=URL):
    page = start(parse(f"<html><head>{head}</head><body>{body}</body></html>".encode(), url))
    for step in STEPS:
        page = step(page)
    return page


@pytest.mark.parametrize(
    ("body", "url", "expected"),
    [
        pytest.param(STORY, URL, "article", id="a story without any data"),
        pytest.param(STORY, f"{HOST}/1187", "article", id="a story under a number"),
        pytest.param(SHELF, f"{HOST}/collections/paddles", "other", id="a shop's shelf"),
        pytest.param(OFFER, f"{HOST}/products/ash-paddle", "other", id="a product"),
        pytest.param(THREAD, f"{HOST}/forum/which-paddle", "other", id="a forum's thread"),
        pytest.param(SERVICE, f"{HOST}/services/ferries", "other", id="a firm's offer"),
        pytest.param(STORY, f"{HOST}/", "other", id="a front page"),
    ],
)
def test_kind_without_data(body, url, expected):
    assert filled(body, url=url).article.kind == expected


def test_the_pages_own_data_is_not_outweighed():
    data = json.dumps({"@type": "NewsArticle", "headline": "Paddles"})
    assert filled(SHELF, f'<script type="application/ld+json">{data}</script>').article.kind == "article"


def test_articles_of_a_front_page_are_its_teasers():
    """Several that name other pages than this one settle nothing."""
    nodes = [{"@type": "NewsArticle", "headline": f"Story {n}", "url": f"{HOST}/{n}"} for n in range(5)]
    data = f'<script type="application/ld+json">{json.dumps(nodes)}</script>'
    assert is_settled(filled(SHELF, data, f"{HOST}/")) is False
    assert is_settled(filled(SHELF, data, f"{HOST}/town")) is None
    assert is_settled(filled(STORY, data.replace(f"{HOST}/3", URL))) is True


def test_what_heads_make_clear_is_not_looked_into():
    head = (
        '<meta property="og:type" content="article">'
        '<meta property="article:published_time" content="2024-05-01T09:00Z">'
    )
    page = filled(STORY, head, f"{HOST}/news/2024/05/01/ferry-line-returns-to-the-lower-harbour")
    heads = head_signs(page)
    assert weight(page) > 0
    assert {"type article", "publication in the head", "address of a story", "address of many words"} <= heads
    assert not build_signs(page, heads) & heads


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/news/ferry-line-returns", {"address of a story"}),
        ("/magazine/category/boats", {"address of a list", "address of a shop", "address of no headline"}),
        ("/2024/05/01/ferry-line-is-back", {"address with a date", "address of some words"}),
        ("/tag/ferries", {"address of a list", "address of no headline"}),
        ("/town", {"address of one word", "address of no headline"}),
        ("/forum/ferry-is-back", {"address of a forum"}),
        ("/town/latest", {"address ends in a list", "address of no headline"}),
    ],
)  # fmt: skip
def test_address_signs(path, expected):
    assert set(address_signs(HOST + path)) == expected


def test_an_address_that_is_none_has_no_signs_that_fail():
    assert isinstance(set(address_signs("http://[")), set)
    assert not is_front_page("http://[")


def test_names_its_address():
    assert names_its_address(f"{HOST}/a/ferry-line-returns-home-1187", "Ferry line returns")
    assert not names_its_address(f"{HOST}/a/ferry-line-returns-home-1187", "All our paddles")
    assert not names_its_address(f"{HOST}/ferry", "Ferry")


@pytest.mark.parametrize(
    ("kind", "sign"),
    [
        ("Product", "data of a product"),
        ("SearchResultsPage", "data of a collection"),
        ("QAPage", "data of a forum"),
        ("FAQPage", "data of questions"),
        ("LocalBusiness", "data of a service"),
    ],
)
def test_linked_data_that_is_no_article(kind, sign):
    page = filled(STORY, f'<script type="application/ld+json">{json.dumps({"@type": kind, "name": "x"})}</script>')
    assert sign in set(data_signs(page))


@pytest.mark.parametrize(
    ("body", "sign"),
    [
        ('<button>In den Warenkorb</button>', "a cart button"),
        ('<button data-action="add-to-cart">+</button>', "a cart button"),
        ('<div class="post__byline">By Ada</div>', "an author's part"),
        ('<div id=x class="filters">Size</div>', "filters"),
        ('<p class="price">1</p>' * 4, "prices' parts"),
        ('<p class="user-signature">Sail on</p>', "parts of a forum"),
        ('<p class="testimonial">Good!</p>', "praise of customers"),
        ('<a href="?new">New</a><a href="/town/ferry-line-returns-1187/?p=2">2</a>', "its own address with queries"),
    ],
)  # fmt: skip
def test_part_signs(body, sign):
    assert sign in set(part_signs(parse(f"<body>{body}</body>".encode(), URL)))
    assert sign not in set(part_signs(parse(f"<body>{STORY}</body>".encode(), URL)))


def test_layout_signs_of_a_story_and_a_shelf():
    story, shelf = (set(layout_signs(build_of(filled(body).story))) for body in (STORY, SHELF))
    assert story == {"prose below 5000"}
    assert {"cards of a kind above 9", "prices above 3", "headings that lead away above 15", "prose below 600"} <= shelf


def test_links_to_its_own_address_that_ask_nothing_else_are_no_sign():
    links = '<a href="?p=2">2</a><a href="?p=2#end">2</a><a href="#top">Up</a><a href="/a?p=3">3</a><a href="/?q">?</a>'
    assert "its own address with queries" not in set(part_signs(parse(f"<body>{links}</body>".encode(), URL)))


def test_prose_in_a_row_is_interrupted_by_more_than_one_other_block():
    parts = ["".join(f"<p>{n}. {SENTENCE * 3}</p>" for n in range(start, start + 4)) for start in (1, 5)]
    card = "<div><a href=/paddle>A paddle</a></div>"
    whole, parted = (build_of(filled(f"<main>{(card * count).join(parts)}</main>").story) for count in (1, 2))
    assert (whole.in_a_row, parted.in_a_row) == (whole.prose, parted.prose // 2)


def test_every_weight_has_its_sign():
    """No weight is left over from a sign that nothing shows any more: each is named in the modules that show signs."""
    names = {
        name.rsplit(" above ", 1)[0].rsplit(" below ", 1)[0].removeprefix("undated and unsigned, ") for name in WEIGHTS
    }
    modules = ("address_signs", "data_signs", "layout_signs", "part_signs", "weighing")
    code = "".join(inspect.getsource(import_module(f"crawler.extraction.{name}")) for name in modules)
    assert {name for name in names if f'"{name}"' not in code and f", {name}" not in code} == set()
