"""Canonical URL, slug, description, section, tags and access: what the page states, and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction import parse, start
from crawler.extraction.access import fill_access
from crawler.extraction.canonical_url import fill_canonical_url
from crawler.extraction.description import fill_description
from crawler.extraction.section import fill_section
from crawler.extraction.slug import LONGEST, fill_slug, slug_of
from crawler.extraction.tags import fill_tags
from crawler.extraction.version import extractor, rules_digest
from crawler.items import SiteRules

URL = "https://www.harbourpost.example/town/ferry-line-returns-1187"


def page(head="", body="", url=URL, rules=None, **properties):
    ld = (
        f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle"} | properties)}</script>'
        if properties
        else ""
    )
    return start(parse(f"<html><head>{head}{ld}</head><body>{body}</body></html>".encode(), url), rules)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<link rel="canonical" href="/a#top">', "https://www.harbourpost.example/a"),
        ('<link rel="Canonical" href="https://x.example/a?id=3">', "https://x.example/a?id=3"),
        ('<meta property="og:url" content="https://x.example/b">', "https://x.example/b"),
        ('<link rel="canonical" href="https://www.harbourpost.example/">', None),
        ('<link rel="canonical" href="javascript:void(0)">', None),
        ('<link rel="canonical">', None),
        ("", None),
    ],
)
def test_canonical_url(head, expected):
    assert fill_canonical_url(page(head)).article.canonical_url == expected


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        ("Ferry Line Returns!", URL, "ferry-line-returns"),
        ("Паром вернулся", URL, "parom-vernulsia"),
        (None, URL, "ferry-line-returns-1187"),
        (None, "https://a.example/x/story.html?id=1", "story"),
        ("../../etc/passwd", URL, "etc-passwd"),
        ("???", "https://a.example/", "article"),
        (None, "https://a.example/%2e%2e%2f%2e%2e%2fetc", "etc"),
    ],
)
def test_slug(title, url, expected):
    assert fill_slug(page(url=url).fill(title=title)).article.slug == expected


@given(st.text())
def test_a_slug_is_never_a_path(text):
    """Plain letters, digits and hyphens, of bounded length: no slug leaves its folder or is too long."""
    slug = slug_of(text)
    assert len(slug) <= LONGEST
    assert not set(slug) - set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-")


@pytest.mark.parametrize(
    ("filled", "expected"),
    [
        (page('<meta name="description" content="One &amp; two">'), "One & two"),
        (page('<meta name="description" content="b"><meta property="og:description" content="Printed">'), "Printed"),
        (page(description="From data"), "From data"),
        (page(), None),
    ],
    ids=["meta", "og first", "json-ld", "none"],
)
def test_description(filled, expected):
    assert fill_description(filled).article.description == expected


@pytest.mark.parametrize(
    ("filled", "expected"),
    [
        (page(articleSection=["Town", "Harbour"]), "Town"),
        (page('<meta property="article:section" content="Town">'), "Town"),
        (page('<meta property="article:section" content="Home">'), None),
        (page('<meta property="og:site_name" content="Harbour Post">', articleSection="Harbour Post"), None),
        (page(), None),
    ],
    ids=["json-ld", "meta", "the front page is no section", "the site is no section", "none"],
)
def test_section(filled, expected):
    assert fill_section(filled).article.section == expected


def test_the_front_page_is_no_section_whatever_a_trail_calls_it():
    trail = [
        {"@type": "ListItem", "name": "Harbour news centre", "item": "https://news.example/"},
        {"@type": "ListItem", "name": "Ferries", "item": {"@id": "https://news.example/ferries"}},
        {"@type": "ListItem", "name": "The ferry is late"},
    ]
    ld = json.dumps({"@type": "BreadcrumbList", "itemListElement": trail})
    assert fill_section(page(f'<script type="application/ld+json">{ld}</script>')).article.section == "Ferries"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("Fish &amp;amp; Ships, Harbour", ("Fish & Ships", "Harbour")),
        ("Harbour, 18153161, cce15240-c52a-4887-a61a-cd64701d6596", ("Harbour",)),
        ("contentType: review, tag: Harbour, clone:no, Ferries", ("Harbour", "Ferries")),
        ("Quay Wars: Return, Harbour", ("Quay Wars: Return", "Harbour")),
        ("CSI: Harbour, CSI: Quay, Covid-19: ferries", ("CSI: Harbour", "CSI: Quay", "Covid-19: ferries")),
        ("28195, Harbour", ("28195", "Harbour")),
        ("Tags:, Harbour, harbour, Ferries", ("Harbour", "Ferries")),
        ("Read more about the pier, Harbour", ("Harbour",)),
    ],
    ids=["entities", "numbers", "properties", "a colon in one", "colons in all", "a postcode", "a label", "a call"],
)
def test_what_only_programs_read_is_no_tag(stated, expected):
    assert fill_tags(page(f'<meta name="keywords" content="{stated}">')).article.tags == expected


def test_section_of_the_breadcrumb_is_before_the_story_itself():
    crumbs = [{"name": "Home"}, {"item": {"name": "Town"}}, {"name": "Ferry line returns"}]
    ld = json.dumps({"@type": "BreadcrumbList", "itemListElement": crumbs})
    assert fill_section(page(f'<script type="application/ld+json">{ld}</script>')).article.section == "Town"


@pytest.mark.parametrize(
    ("filled", "expected"),
    [
        (
            page('<meta property="article:tag" content="Ferry"><meta property="article:tag" content="ferry">'),
            ("Ferry",),
        ),
        (page(keywords=["Ferry", "Town, Sea"]), ("Ferry", "Town", "Sea")),
        (page(body='<a rel="tag" href="/t/1">Ferry</a><a rel="tag" href="/t/2">#Town</a>'), ("Ferry", "Town")),
        (page(body='<p>Tags: <a href="/tag/1">Ferry</a>, <a href="/tag/2">港</a></p>'), ("Ferry", "港")),
        (page(body='<aside><a href="/tag/1">Popular</a></aside>'), ()),
        (page('<meta name="keywords" content="Ferry; Town">'), ("Ferry", "Town")),
        (page(), ()),
    ],
    ids=["meta", "json-ld", "rel", "printed", "a cloud of tags", "keywords", "none"],
)
def test_tags(filled, expected):
    assert fill_tags(filled).article.tags == expected


@pytest.mark.parametrize(
    ("filled", "expected"),
    [
        (page(isAccessibleForFree=True), "free"),
        (page(isAccessibleForFree="False"), "paywalled"),
        (page(isAccessibleForFree="http://schema.org/True"), "free"),
        (page('<meta property="article:content_tier" content="metered">', isAccessibleForFree=False), "metered"),
        (page('<meta property="article:content_tier" content="locked">'), "paywalled"),
        (page(isAccessibleForFree="perhaps"), None),
        (page(), None),
    ],
)
def test_access(filled, expected):
    assert fill_access(filled).article.access == expected


@pytest.mark.parametrize(
    ("step", "field"), [(fill_description, "description"), (fill_section, "section"), (fill_tags, "tags")]
)
def test_the_sites_selectors_come_first(step, field):
    rules = SiteRules(name="post", selectors={field: (".mine",)})
    article = step(page(body="<p class=mine>Ours</p>", rules=rules, keywords="x", articleSection="y")).article
    assert getattr(article, field) in ("Ours", ("Ours",))
    assert article.sources[field] == "selector:post"


def test_the_extractor_names_version_and_rules():
    """Another site file is another extractor; the same rules are the same one."""
    with_rules = extractor(SiteRules(name="post", digest="ab"))
    assert extractor().startswith("newswarc/")
    assert with_rules != extractor() == extractor(SiteRules(name="other"))
    assert len(rules_digest()) == 64
