"""The paper without its server: the same bytes every time, announced in well-formed documents."""

import pytest
from lxml import etree

from crawler.newsroom import feeds, lists
from crawler.newsroom.clock import OPENING
from crawler.newsroom.paper import Paper

BASE = "http://127.0.0.1:8765"
ARTICLES = 60


@pytest.fixture(scope="module")
def paper():
    return Paper(articles=ARTICLES, seed=1, base=BASE)


def pages(paper):
    edition = paper.at(OPENING)
    return [paper.sheet(edition, plan, plan.family).content for plan in edition.plans]


def test_same_seed_gives_the_same_bytes(paper):
    assert pages(Paper(articles=ARTICLES, seed=1, base=BASE)) == pages(paper)


def test_related_links_lead_to_other_stories_that_are_out(paper):
    edition = paper.at(OPENING)
    for found in paper.stories(OPENING):
        for link in found.related_links:
            path = link.url.removeprefix(BASE)
            plan = edition.by_path.get(path) or edition.by_slug.get(path.rsplit("/", 1)[-1])
            assert plan is not None, f"{found.url} links {link.url}, which is no story"
            assert plan.number != found.number
            assert plan.title == link.title


def test_padding_reaches_the_size_that_was_asked_for():
    paper = Paper(articles=12, seed=1, base=BASE, page_size=45_000)
    assert {abs(len(page) - 45_000) < 3_000 for page in pages(paper)} == {True}


@pytest.mark.parametrize("name", feeds.RSS)
def test_rss_is_well_formed_and_lists_stories(paper, name):
    root = etree.fromstring(feeds.rss(paper.at(OPENING), name))
    known = {found.url for found in paper.stories(OPENING)}
    links = root.xpath("//item/link/text()")
    assert links
    assert {link.replace("/app/", "/") for link in links} <= known


def test_sitemaps_hold_every_story_once(paper):
    edition = paper.at(OPENING)
    index = etree.fromstring(feeds.sitemap_index(edition))
    names = [loc.rsplit("/", 1)[-1].removesuffix(".xml") for loc in index.xpath("//*[local-name()='loc']/text()")]
    months = [feeds.month_sitemap(edition, name) for name in names if name != "news"]
    found = [loc for month in months for loc in etree.fromstring(month).xpath("//*[local-name()='loc']/text()")]
    assert sorted(found) == sorted(story.url for story in paper.stories(OPENING))


def test_news_sitemap_and_atom_are_well_formed(paper):
    edition = paper.at(OPENING)
    assert etree.fromstring(feeds.news_sitemap(edition)).xpath("//*[local-name()='publication_date']")
    assert len(etree.fromstring(feeds.atom(edition)).xpath("//*[local-name()='entry']")) == 30


def test_paging_lists_every_story_of_a_language_once(paper):
    edition = paper.at(OPENING)
    number, listed = 1, []
    while page := lists.listing(edition, "/", number):
        listed += [href.partition("?")[0] for href in etree.HTML(page).xpath("//div[@class='card']//h2/a/@href")]
        number += 1
    assert sorted(listed) == sorted(story.url for story in paper.stories(OPENING) if story.language == "en")
