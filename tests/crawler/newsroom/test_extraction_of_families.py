"""Every family's page comes out as the newsroom says that it must: one test id per family and field."""

import re
from dataclasses import asdict
from functools import cache

import pytest

from crawler.extraction import extract
from crawler.items import Article
from crawler.newsroom.changes import changes
from crawler.newsroom.clock import OPENING
from crawler.newsroom.desk import Desk
from crawler.newsroom.edition import Edition
from crawler.newsroom.families import CHARSETS, PAGES
from crawler.newsroom.plan import plan_stories
from crawler.newsroom.truth import FIELDS, expected, expected_of_print

BASE = "http://127.0.0.1:8765"
STORIES_EACH = 3
"""The newest of each family; they differ in authors, updates, standfirsts and appended articles."""


@cache
def edition():
    plans = plan_stories(60, 1, BASE)
    return Edition(Desk(plans, changes(plans), 1, BASE), plans, OPENING, BASE)


@cache
def compared(family):
    """Pairs of what must come out and what did, for some stories of the family."""
    paper = edition()
    wanted = "courier" if family == "print" else family
    pairs = []
    for plan in [plan for plan in paper.plans if plan.family == wanted][:STORIES_EACH]:
        story = paper.story(plan)
        content = PAGES[family](story, paper.around(plan)).encode(CHARSETS.get(family, "utf-8"))
        truth = expected_of_print(story) if family == "print" else expected(story)
        url = story.print_url if family == "print" else story.url
        content_type = "text/html" if family in CHARSETS else "text/html; charset=utf-8"
        pairs.append((url, truth, extract(content, url, content_type)))
    return tuple(pairs)


def plainly(value):
    """A value with its white space made plain, so that a wide space equals a narrow one; tuples as lists of dicts."""
    if isinstance(value, str):
        return [re.sub(r"\s+", " ", block) for block in value.split("\n\n")]
    if isinstance(value, tuple):
        return [plainly(asdict(item)) if not isinstance(item, str) else plainly(item) for item in value]
    if isinstance(value, dict):
        return {key: plainly(part) for key, part in value.items()}
    return value


@pytest.mark.parametrize("family", sorted(PAGES))
def test_a_page_of_each_family_is_an_article(family):
    """No family's page is turned away."""
    assert [url for url, _, item in compared(family) if not isinstance(item, Article)] == []


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("family", sorted(PAGES))
def test_field(family, field):
    """The field comes out as the page states it, nothing more and nothing less."""
    assert [plainly(truth[field]) for _, truth, _ in compared(family)] == [
        plainly(getattr(item, field)) for _, _, item in compared(family)
    ]
