"""Stories of every family change while a newspaper is crawled again and again: each change is seen and named."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.newsroom import Newsroom
from crawler.newsroom.plan import CYCLE
from tests.support.commands import QUICK, run, settle_newsroom

pytestmark = pytest.mark.timeout(300)  # three crawls

KINDS = ("headline", "correction", "silent", "cut", "closed", "gone", "missing")
FAMILIES = sorted(set(CYCLE))
TEASERS = {("paywalled", "cut"), ("paywalled", "closed")}
"""Of these stories nothing but a teaser is ever to be seen."""
SCHEDULE = [
    (newest, kind, family, newest)
    for family in FAMILIES
    for newest, kind in enumerate(KINDS, 1)
    if (family, kind) not in TEASERS
]
EXPECTED = {
    "headline": ["headline"],
    "correction": ["correction_note"],
    "silent": ["silent_edit"],
    "cut": ["cut", "silent_edit"],
    "closed": ["paywalled"],
    "gone": ["removed"],
    "missing": ["removed"],
}
UNDATED = {"silent": ["body"], "cut": ["cut", "body"]}
"""The old Russian pages never state a date of modification: nobody can say that it did not move."""


@dataclass
class Followed:
    """A collection that was crawled into three times, and what the feed gave after each crawl."""

    folder: Path
    base: str
    happened: dict[tuple[str, str], str]
    """(family, kind) → path of the story."""
    feeds: list[list[dict]]

    def story(self, family: str, kind: str) -> str:
        return self.base + self.happened[family, kind]

    def told(self, family: str, kind: str) -> list[dict]:
        url = self.story(family, kind)
        return [line for feed in self.feeds for line in feed if line["url"] == url]


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("followed")
    feeds, cursor = [], "0.0"
    with Newsroom(articles=len(CYCLE) * len(KINDS), schedule=SCHEDULE, **QUICK) as newsroom:
        settle_newsroom(folder, newsroom.url.removeprefix("http://"))
        for hours in (0, 8, 0):
            newsroom.clock.advance(timedelta(hours=hours))
            crawled = run(folder, "newswarc", "crawl", "newsroom")
            assert crawled.status == 0, crawled.err[-3000:]
            said = run(folder, "newswarc", "changes", "newsroom", "--since", cursor)
            assert said.status == 0, said.err
            feeds.append([json.loads(line) for line in said.out.splitlines()])
            cursor = feeds[-1][-1]["cursor"] if feeds[-1] else cursor
        plans = {plan.number: plan for plan in newsroom.edition.by_path.values()}
        changes = [change for change in newsroom.changes if change.kind != "published"]
    return Followed(
        folder=folder,
        base=newsroom.url,
        happened={(plans[one.number].family, one.kind): plans[one.number].path for one in changes},
        feeds=feeds,
    )


@pytest.fixture
def ask(followed, newswarc, monkeypatch):
    """The command in the folder of the collection."""
    monkeypatch.setenv("NEWSWARC_HOME", str(followed.folder / "collections"))
    return newswarc


def test_every_change_has_its_story(followed):
    assert len(followed.happened) == len(SCHEDULE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_change_is_named(followed, family, kind):
    if (family, kind) in TEASERS:
        assert (family, kind) not in followed.happened
        return
    expected = UNDATED.get(kind, EXPECTED[kind]) if family == "legacy" else EXPECTED[kind]
    assert [line["kinds"] for line in followed.told(family, kind)] == [expected]


def test_nothing_else_changed(followed):
    changed = {urlsplit(line["url"]).path for feed in followed.feeds for line in feed}
    assert changed == set(followed.happened.values())


def test_a_crawl_without_changes_makes_none(followed):
    first, _, third = followed.feeds
    assert (first, third) == ([], [])


def test_the_feed_is_the_same_however_it_is_read(followed, ask):
    said = ask("changes", "newsroom")
    assert [json.loads(line) for line in said.out.splitlines()] == [line for feed in followed.feeds for line in feed]


def test_the_feed_by_kind_and_site(followed, ask):
    said = ask("changes", "newsroom", "--kind", "removed", "--kind", "body")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert {("removed" in line["kinds"], "body" in line["kinds"]) for line in lines} == {(True, False), (False, True)}
    assert {line["reason"] for line in lines if line["kind"] == "removed"} == {"status 404", "status 410"}
    assert ask("changes", "newsroom", "--site", "another").out == ""


def test_a_cursor_that_is_none(followed, ask):
    said = ask("changes", "newsroom", "--since", "yesterday")
    assert (said.status, said.out) == (2, "")
    assert "'yesterday' is no cursor" in said.one_line


@pytest.mark.parametrize("form", ["{url}", "{url}?utm_source=feed#top", "{url}/print"])
def test_an_article_is_found_by_any_form_of_its_address(followed, ask, form):
    url = followed.story("courier", "headline")
    told = json.loads(ask("revisions", form.format(url=url), "--json").out)
    assert (told["url"], told["state"], told["revisions"]) == (url, "unchanged", 2)


def test_the_timeline_of_an_article(followed, ask):
    told = json.loads(ask("revisions", followed.story("arabic", "correction"), "--json").out)
    assert [look["what"] for look in told["captures"]] == ["first capture", "correction_note", "unchanged"]
    assert [look["revision"] for look in told["captures"]] == [1, 2, 2]
    changed = told["captures"][1]
    assert [field["field"] for field in changed["fields"]] == ["body", "date_modified"]
    assert changed["fields"][0]["new"].startswith(changed["fields"][0]["old"])


def test_the_timeline_of_a_story_that_is_gone(followed, ask):
    said = ask("revisions", followed.story("german", "missing"), "--collection", "newsroom")
    assert said.out.splitlines()[2].startswith("2 captures, 1 revision; gone, looked at again after 2")
    assert said.out.splitlines()[-1].endswith("removed: status 404")


def test_the_timeline_marks_words(followed, ask):
    url = followed.story("courier", "headline")
    (line,) = followed.told("courier", "headline")
    old, new = (next(field[at] for field in line["fields"] if field["field"] == "title") for at in ("old", "new"))
    said = ask("revisions", url)
    (marked,) = [text for text in said.out.splitlines() if text.startswith("    title: ")]
    assert "\x1b" not in said.out
    assert without(marked.removeprefix("    title: "), "{+", "+}", "[-", "-]") == old
    assert without(marked.removeprefix("    title: "), "[-", "-]", "{+", "+}") == new


def without(text, begin, end, *signs):
    """A marked text as it was before, or as it is since."""
    while begin in text:
        before, _, rest = text.partition(begin)
        text = before + rest.partition(end)[2]
    for sign in signs:
        text = text.replace(sign, "")
    return text


def test_two_revisions_are_compared(followed, ask):
    url = followed.story("courier", "silent")
    said = ask("diff", url)
    assert said.out.splitlines()[2].endswith("silent_edit")
    assert " paragraphs unchanged" in said.out
    assert "{+" in said.out
    assert "[-" in said.out
    assert ask("diff", url, "1", "2").out == said.out
    assert ask("diff", url, "2").out.splitlines()[2].endswith("no difference")


def test_two_captures_are_compared(followed, ask):
    """By their times, as far as it takes; what they say is read from their bytes."""
    url = followed.story("japanese", "silent")
    captures = json.loads(ask("revisions", url, "--json").out)["captures"]
    said = ask("diff", url, captures[0]["date"], captures[-1]["date"], "--json")
    told = json.loads(said.out)
    assert (told["kinds"], told["old"]["revision"], told["new"]["revision"]) == (["silent_edit"], 1, 2)
    (body,) = [field for field in told["fields"] if field["field"] == "body"]
    assert "".join(text for sign, text in body["words"] if sign in "=-") == body["old"]
    assert "".join(text for sign, text in body["words"] if sign in "=+") == body["new"]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("9",), "9: no revision of this article; there are 1, 2"),
        (("2", "1999"), "1999: no revision or capture of this article; name one of the times 2"),
        (("20",), "20: no revision of this article"),
        (("yesterday",), "yesterday: no revision or capture of this article"),
    ],
)
def test_what_is_not_there_is_one_line(followed, ask, arguments, what):
    said = ask("diff", followed.story("courier", "headline"), *arguments)
    assert (said.status, said.out) == (2, "")
    assert what in said.one_line


def test_a_capture_without_an_article_is_one_line(followed, ask):
    url = followed.story("german", "missing")
    captures = json.loads(ask("revisions", url, "--json").out)["captures"]
    said = ask("diff", url, "1", captures[-1]["date"])
    assert "no article in this capture (status 404); name another one" in said.one_line


@pytest.mark.parametrize("command", ["revisions", "diff"])
def test_an_address_that_nobody_knows_is_one_line(followed, ask, command):
    said = ask(command, "https://elsewhere.example/story")
    assert (said.status, said.out) == (2, "")
    assert "https://elsewhere.example/story: no collection in " in said.one_line
    said = ask(command, "https://elsewhere.example/story", "--collection", "newsroom")
    assert "has no article of this address; name the --collection that has it" in said.one_line
