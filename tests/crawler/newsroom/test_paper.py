"""The paper without its server: the same every time, changed only by the clock, announced in well-formed documents."""

from datetime import timedelta

import pytest
from lxml import etree

from crawler.newsroom import feeds, lists
from crawler.newsroom.clock import OPENING
from crawler.newsroom.families import PAGES
from crawler.newsroom.paper import Paper
from crawler.newsroom.story import Story

BASE = "http://127.0.0.1:8765"
ARTICLES = 60


@pytest.fixture(scope="module")
def paper():
    return Paper(articles=ARTICLES, seed=1, base=BASE)


def pages(paper):
    edition = paper.at(OPENING)
    return [paper.sheet(edition, plan, plan.family).content for plan in edition.plans]


def change(paper, kind):
    return next(change for change in paper.changes if change.kind == kind)


def before_and_after(paper, kind) -> tuple[Story, Story]:
    found = change(paper, kind)
    moments = (found.at - timedelta(seconds=1), found.at)
    before, after = [
        next(edition.story(plan) for plan in edition.by_path.values() if plan.number == found.number)
        for edition in map(paper.at, moments)
    ]
    return before, after


def test_same_seed_gives_the_same_bytes(paper):
    assert pages(Paper(articles=ARTICLES, seed=1, base=BASE)) == pages(paper)


def test_another_seed_gives_other_stories(paper):
    other = {found.title for found in Paper(articles=ARTICLES, seed=2, base=BASE).stories(OPENING)}
    assert len(other & {found.title for found in paper.stories(OPENING)}) < ARTICLES / 4


def test_all_families_are_there_and_every_story_has_its_own_address_and_prose(paper):
    stories = paper.stories(OPENING)
    assert len(stories) == ARTICLES
    assert {found.family for found in stories} == PAGES.keys() - {"print"}
    assert len({found.url for found in stories}) == ARTICLES
    assert len({found.body_text for found in stories}) == ARTICLES


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


def test_headline_is_rewritten_and_the_page_says_when(paper):
    before, after = before_and_after(paper, "headline")
    assert after.title != before.title
    assert after.url == before.url
    assert after.modified == change(paper, "headline").at
    assert before.body == after.body


def test_correction_is_appended(paper):
    before, after = before_and_after(paper, "correction")
    assert after.body[:-1] == before.body
    assert after.body[-1].startswith("Correction:")
    assert after.modified > before.modified


def test_silent_edit_moves_no_date_but_the_server_s(paper):
    before, after = before_and_after(paper, "silent")
    assert after.body != before.body
    assert after.date_modified == before.date_modified
    assert after.changed == change(paper, "silent").at


@pytest.mark.parametrize(("kind", "status"), [("gone", 410), ("missing", 404)])
def test_removed_story_is_listed_no_more(paper, kind, status):
    before, after = before_and_after(paper, kind)
    assert (before.removed, after.removed) == (None, status)
    later = paper.at(change(paper, kind).at)
    assert after.number not in {plan.number for plan in later.plans}


def test_new_stories_come_out_with_the_clock(paper):
    numbers = {found.number for found in paper.stories(OPENING + timedelta(hours=9))}
    assert {ARTICLES, ARTICLES + 1, ARTICLES + 2} <= numbers


def test_unchanged_pages_stay_the_same_bytes_while_the_clock_moves(paper):
    changed = {found.number for found in paper.changes}
    now, later = paper.at(OPENING), paper.at(OPENING + timedelta(days=3))
    for plan in now.plans:
        if plan.number not in changed:
            page = PAGES[plan.family]
            assert page(now.story(plan), now.around(plan)) == page(later.story(plan), later.around(plan))


@pytest.mark.parametrize("name", feeds.RSS)
def test_rss_is_well_formed_and_lists_stories(paper, name):
    root = etree.fromstring(feeds.rss(paper.at(OPENING), name))
    known = {found.url for found in paper.stories(OPENING)}
    links = root.xpath("//item/link/text()")
    assert links
    assert set(links) <= known


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
