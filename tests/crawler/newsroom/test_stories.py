"""The newsroom's stories: the same from run to run, no two alike, and changing when the clock says so."""

from collections import Counter
from datetime import timedelta
from functools import cache
from html import unescape

import pytest
from lxml import html as lxml_html

from crawler.newsroom.changes import changes
from crawler.newsroom.clock import OPENING
from crawler.newsroom.desk import Desk
from crawler.newsroom.edition import Edition
from crawler.newsroom.families import CHARSETS, PAGES
from crawler.newsroom.plan import CYCLE, plan_stories

BASE = "http://127.0.0.1:8765"
MANY = 1_200


def edition(count=60, now=OPENING, seed=1):
    plans = plan_stories(count, seed, BASE)
    return Edition(Desk(plans, changes(plans), seed, BASE), plans, now, BASE)


@cache
def written(count):
    return stories(count)


def stories(count=60, seed=1):
    paper = edition(count, seed=seed)
    return [paper.story(plan) for plan in paper.plans]


def changed(kind):
    """The story to which the change happens, shortly before and shortly after it."""
    plans = plan_stories(60, 1, BASE)
    change = next(change for change in changes(plans) if change.kind == kind)
    plan = next(plan for plan in plans if plan.number == change.number)
    return plan, edition(now=change.at - timedelta(seconds=1)), edition(now=change.at)


def words(page):
    """A page's text with its white space made plain."""
    return " ".join(lxml_html.document_fromstring(page).text_content().split())


def test_the_same_seed_gives_the_same_stories():
    assert stories() == stories()


def test_another_seed_gives_other_stories():
    assert {story.body_text for story in stories()}.isdisjoint(story.body_text for story in stories(seed=2))


def test_as_many_stories_are_out_on_opening_as_were_asked_for():
    assert [len(edition(count).plans) for count in (1, 12, 60, 500)] == [1, 12, 60, 500]


def test_a_dozen_stories_show_every_family():
    assert {story.family for story in stories(12)} == set(CYCLE) == set(PAGES) - {"print"}


@pytest.mark.parametrize("part", ["path", "body_text"])
def test_no_two_stories_are_alike(part):
    counted = Counter(getattr(story, part) for story in written(MANY))
    assert [text for text, times in counted.items() if times > 1] == []


def test_no_story_says_a_thing_twice():
    twice = {story.path: [text for text, times in Counter(story.body).items() if times > 1] for story in written(MANY)}
    assert {path: texts for path, texts in twice.items() if texts} == {}


def test_nobody_writes_before_the_day_or_is_updated_before_it_is_published():
    for story in written(MANY):
        assert story.published <= story.modified <= story.changed, story.path


def test_a_story_does_not_recommend_itself():
    for story in written(MANY):
        urls = [link.url for link in story.related_links]
        assert story.url not in urls, story.path
        assert len(urls) == len(set(urls)), story.path


@pytest.mark.parametrize("family", sorted(set(PAGES) - {"script_data"}))
def test_every_block_of_the_body_stands_in_the_page(family):
    paper = edition()
    for plan in [plan for plan in paper.plans if plan.family == ("courier" if family == "print" else family)]:
        story = paper.story(plan)
        page = words(PAGES[family](story, paper.around(plan)))
        body = story.body[1:] if family == "print" and story.standfirst else story.body
        assert [block for block in body if " ".join(block.split()) not in page] == []
        assert " ".join(story.title.split()) in page


def test_the_body_of_a_page_drawn_by_scripts_is_nowhere_else():
    paper = edition()
    plan = next(plan for plan in paper.plans if plan.family == "script_data")
    story = paper.story(plan)
    before, _, state = PAGES["script_data"](story, paper.around(plan)).partition('id="__NEXT_DATA__"')
    lead = story.blocks[0].texts[0]
    assert lead in unescape(state)
    assert lead not in words(before)


def test_old_russian_pages_fit_their_charset():
    paper = edition(240)
    for plan in [plan for plan in paper.plans if plan.family == "legacy"]:
        PAGES["legacy"](paper.story(plan), paper.around(plan)).encode(CHARSETS["legacy"])


def test_a_headline_is_rewritten_at_the_same_address():
    plan, before, after = changed("headline")
    assert before.story(plan).title != after.story(plan).title == after.title(plan)
    assert before.story(plan).path == after.story(plan).path
    assert after.story(plan).modified == after.now
    assert before.story(plan).body == after.story(plan).body


def test_a_correction_is_appended_and_the_update_is_stated():
    plan, before, after = changed("correction")
    assert after.story(plan).body[:-1] == before.story(plan).body
    assert after.story(plan).body[-1].startswith("Correction:")
    assert after.story(plan).date_modified > before.story(plan).date_modified
    assert after.story(plan).date_published == before.story(plan).date_published
    assert "Updated:" in PAGES["courier"](after.story(plan), after.around(plan))


def test_a_silent_edit_changes_a_paragraph_and_states_no_update():
    plan, before, after = changed("silent")
    differing = [
        pair for pair in zip(before.story(plan).body, after.story(plan).body, strict=True) if pair[0] != pair[1]
    ]
    assert len(differing) == 1
    assert after.story(plan).date_modified == before.story(plan).date_modified
    assert before.story(plan).changed < after.story(plan).changed == after.now


@pytest.mark.parametrize(("kind", "status"), [("gone", 410), ("missing", 404)])
def test_a_story_is_taken_down(kind, status):
    plan, before, after = changed(kind)
    assert (before.story(plan).removed, after.story(plan).removed) == (None, status)
    assert plan in before.plans
    assert plan not in after.plans


def test_a_new_story_comes_out():
    plan, before, after = changed("published")
    assert plan.path not in before.by_path
    assert after.plans[0] == plan


@pytest.mark.parametrize("family", sorted(PAGES))
def test_a_page_does_not_move_with_the_clock(family):
    """Sidebars last, so that only what happened to the story gives its page other bytes."""
    early, late = edition(), edition(now=OPENING + timedelta(hours=200))
    wanted = "courier" if family == "print" else family
    still = [plan for plan in early.plans if plan.family == wanted and late.story(plan) == early.story(plan)]
    assert still
    assert [PAGES[family](early.story(plan), early.around(plan)) for plan in still] == [
        PAGES[family](late.story(plan), late.around(plan)) for plan in still
    ]
