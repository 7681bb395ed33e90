"""None of the newsroom's own pages is taken for an article, and none of its articles for another page."""

import pytest
from slugify import slugify

from crawler.extraction import extract
from crawler.items import Article
from crawler.newsroom import lists
from crawler.newsroom.changes import changes
from crawler.newsroom.clock import OPENING
from crawler.newsroom.desk import Desk
from crawler.newsroom.edition import Edition
from crawler.newsroom.families import CHARSETS, PAGES
from crawler.newsroom.families.around import tag_slug
from crawler.newsroom.plan import plan_stories

BASE = "http://127.0.0.1:8765"


@pytest.fixture(scope="module")
def edition():
    plans = plan_stories(60, 1, BASE)
    return Edition(Desk(plans, changes(plans), 1, BASE), plans, OPENING, BASE)


def is_article(content, url):
    found = extract(content, url, "text/html; charset=utf-8")
    return isinstance(found, Article) and found.kind != "other"


def taken_for_articles(edition, paths):
    """Those of the lists, with all their pages, that come out as articles."""
    taken = []
    for path in paths:
        page = 1
        while (content := lists.listing(edition, path, page)) is not None:
            address = f"{BASE}{path}" + (f"?page={page}" if page > 1 else "")
            taken += [address] if is_article(content.encode(), address) else []
            page += 1
        assert page > 1, path
    return taken


def test_front_pages_are_no_articles(edition):
    assert taken_for_articles(edition, ["/", "/ru/", "/de/", "/ja/", "/ar/"]) == []


def test_sections_are_no_articles(edition):
    assert taken_for_articles(edition, [section.path for section in edition.sections]) == []


def test_pages_of_tags_are_no_articles(edition):
    slugs = {tag_slug(tag) for plan in edition.plans for tag in plan.tags}
    assert taken_for_articles(edition, [f"/tag/{slug}" for slug in sorted(slugs)]) == []


def test_pages_of_authors_are_no_articles(edition):
    slugs = {slugify(name) for plan in edition.plans for name in plan.authors}
    assert taken_for_articles(edition, [f"/author/{slug}" for slug in sorted(slugs)]) == []


@pytest.mark.parametrize("path", sorted(lists.PLAIN))
def test_plain_pages_are_no_articles(edition, path):
    assert not is_article(lists.plain_page(edition.plain_around(), path).encode(), BASE + path)


def test_the_calendar_is_no_article(edition):
    content = lists.calendar(edition.plain_around(), 2026, 5).encode()
    assert not is_article(content, f"{BASE}/calendar/2026/05")


def test_every_article_is_one(edition):
    lost = []
    for plan in edition.plans:
        story = edition.story(plan)
        content = PAGES[plan.family](story, edition.around(plan)).encode(CHARSETS.get(plan.family, "utf-8"))
        found = extract(content, story.url, "text/html" if plan.family in CHARSETS else "text/html; charset=utf-8")
        lost += [] if isinstance(found, Article) and found.kind != "other" else [(plan.family, story.url, found)]
    assert lost == []
