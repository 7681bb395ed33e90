"""JSON-LD and microdata as one list of nodes."""

import json

import pytest

from crawler.extraction.document import parse
from crawler.extraction.linked_data import is_article, link, text, texts, types

URL = "https://paper.example/news/1"


def document(*values, extra=""):
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(value)}</script>' for value in values)
    return parse(f"<html><head>{scripts}</head><body>{extra}</body></html>".encode(), URL)


def test_graph_is_flattened_and_references_are_resolved():
    """`@graph` members are nodes; a bare `@id` stands for the node that has it."""
    graph = {
        "@graph": [
            {"@type": "Article", "author": {"@id": "#p"}, "publisher": [{"@id": "#o"}]},
            {"@type": "Person", "@id": "#p", "name": "Ada Lovelace"},
            {"@type": "Organization", "@id": "#o", "name": "The Paper"},
        ]
    }
    (article,) = document(graph).article_nodes
    assert texts(article, "author") == ["Ada Lovelace"]
    assert text(article, "publisher") == "The Paper"


def test_references_in_a_circle():
    """Two nodes that refer to each other are read, and reading ends."""
    nodes = document(
        [{"@type": "Article", "@id": "#a", "x": {"@id": "#b"}}, {"@type": "Thing", "@id": "#b", "x": {"@id": "#a"}}]
    )
    assert [kind for node in nodes.linked_data for kind in types(node)] == ["Article", "Thing"]


def test_the_article_about_this_page_is_the_one_that_says_so():
    other = {"@type": "NewsArticle", "url": "https://paper.example/news/2", "headline": "Other"}
    ours = {"@type": "NewsArticle", "mainEntityOfPage": {"@id": "http://www.paper.example/news/1/"}, "headline": "Ours"}
    assert [node["headline"] for node in document(other, ours).article_nodes] == ["Ours"]


def test_articles_of_other_addresses_stay_if_none_is_of_this():
    """An archived or redirected page may be captured under an address that its data does not know."""
    assert len(document({"@type": "NewsArticle", "url": "https://paper.example/x"}).article_nodes) == 1


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"@type": "NewsArticle"}, True),
        ({"@type": ["Thing", "https://schema.org/OpinionNewsArticle"]}, True),
        ({"@type": "schema:BlogPosting"}, True),
        ({"@type": "LiveBlogPosting"}, True),
        ({"@type": "WebPage"}, False),
        ({"@type": None}, False),
        ({}, False),
    ],
)
def test_is_article(node, expected):
    assert expected is is_article(node)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://a.example/", "https://a.example/"),
        ({"@id": "/x"}, "/x"),
        ({"url": "/u", "@id": "/x"}, "/u"),
        ("Ada", None),
        (7, None),
    ],
)
def test_link(value, expected):
    assert expected == link(value)


def test_microdata_has_the_shape_of_json_ld():
    extra = """
    <div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Harbour <b>opens</b></h1>
    <span itemprop="author" itemscope itemtype="https://schema.org/Person">
    <a itemprop="name" href="/ada">Ada Lovelace</a></span>
    <time itemprop="datePublished" datetime="2024-05-01T10:00:00Z">today</time>
    <div itemprop="articleBody">Long</div></div>"""
    (article,) = document(extra=extra).article_nodes
    assert article["headline"] == "Harbour opens"
    assert article["datePublished"] == "2024-05-01T10:00:00Z"
    assert article["author"] == {"@type": "Person", "name": {"name": "Ada Lovelace", "url": "/ada"}}
    assert "articleBody" not in article


CARD = """<article itemscope itemtype="https://schema.org/NewsArticle"><a href="/2"><h3>Quay closes for winter</h3>
<i itemprop="author">Karl May</i><time itemprop="datePublished" datetime="2024-06-01">1 June</time></a></article>"""


def test_microdata_of_a_teaser_is_not_about_the_page():
    assert document(extra=CARD).article_nodes == ()


def test_a_short_post_whose_headline_links_to_itself_is_no_teaser():
    own = document().url
    (article,) = document(extra=CARD.replace("/2", own)).article_nodes
    assert article["author"] == "Karl May"


def test_authors_on_teasers_inside_an_article_are_not_its_own():
    teaser = '<div><h4><a href="/2">Quay closes for winter</a></h4><i itemprop="author">Karl May</i></div>'
    story = f"<p>{'The ferry crossed the harbour. ' * 40}</p>"
    held = f'<main itemscope itemtype="https://schema.org/Article"><i itemprop="author">Ada</i>{story}{teaser}</main>'
    (article,) = document(extra=held).article_nodes
    assert article["author"] == "Ada"


@pytest.mark.parametrize(
    "broken", ["null", "[]", '"x"', "7", '[[[["a"]]]]', '{"@graph": null}', '{"@type": {"@id": 1}}', "[" * 5000]
)
def test_odd_values_are_no_nodes(broken):
    page = f'<script type="application/ld+json">{broken}</script>'.encode()
    assert parse(page, URL).article_nodes == ()
