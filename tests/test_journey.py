"""The whole path: a newspaper is crawled, archived, extracted, exported, verified and, when it is gone, replayed."""

import json
import shutil
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from archives.collection import Collection
from crawler.frontier import Entry, read_addresses, read_entries
from crawler.items import Article
from crawler.jobs.demo import replay_losses
from crawler.newsroom import Newsroom, Story
from tests.support.commands import run, settle_newsroom

STORIES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What a crawl of the newsroom left behind; the newsroom itself is down."""

    folder: Path
    collection: Path
    items: list[dict[str, Any]]
    ledger: dict[str, Entry]
    variants: dict[str, str]
    """Further address → the one that its story's row goes by."""
    """By path."""
    stories: list[Story]
    asked: list[str]
    """Paths, as the newsroom was asked for them."""
    base: str
    log: str


def newswarc(journey: "Journey", *arguments: str) -> str:
    done = run(journey.folder, "newswarc", *arguments)
    assert done.status == 0, f"{arguments}\n{done.out[-1500:]}\n{done.err[-3000:]}"
    return done.out


@pytest.fixture(scope="module")
def journey(tmp_path_factory) -> Journey:
    folder = tmp_path_factory.mktemp("journey")
    with Newsroom(articles=STORIES) as newsroom:
        settle_newsroom(folder, newsroom.url.removeprefix("http://"))
        patience = ("-s", "NEWSWARC_RETRY_BACKOFF=0.1")
        done = run(folder, "scrapy", "crawl", "newsroom", "-O", "items.jsonl", *patience)
        assert done.status == 0, done.err[-3000:]
        base, stories = newsroom.url, list(newsroom.stories)
        asked = [exchange.path for exchange in newsroom.exchanges]
    collection = folder / "collections" / "newsroom"
    engine = sa.create_engine(f"sqlite:///{collection / 'catalog.sqlite'}")
    ledger = {entry.url.removeprefix(base): entry for entry in read_entries(engine)}
    known = read_addresses(engine, [entry.url for entry in ledger.values()])
    variants = {url.removeprefix(base): lead for lead, (_, *others) in known.items() for url in others}
    engine.dispose()
    return Journey(
        folder=folder,
        collection=collection,
        items=[json.loads(line) for line in (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()],
        ledger=ledger,
        variants=variants,
        stories=stories,
        asked=asked,
        base=base,
        log=done.err,
    )


def test_every_item_has_every_key_in_order(journey):
    keys = [field.name for field in fields(Article)]
    assert [list(item) for item in journey.items] == [keys] * len(journey.items)


def test_every_story_is_found_once(journey):
    found = [item["canonical_url"] or item["url"] for item in journey.items]
    wanted = {journey.base + story.path for story in journey.stories}
    assert wanted - set(found) == set()
    assert len(found) == len(set(found))
    titles = Counter(item["title"] for item in journey.items)
    assert {story.title: titles[story.title] for story in journey.stories} == {
        story.title: 1 for story in journey.stories
    }


@pytest.mark.parametrize(
    ("habit", "state", "reason"),
    [
        ("chunked", "captured", ""),
        ("trailers", "captured", ""),
        ("gzip", "captured", ""),
        ("br", "captured", ""),
        ("early-hints", "captured", ""),
        ("too-many", "captured", ""),
        ("unsteady", "captured", ""),
        ("soft-404", "gone", "soft 404"),
        ("gone-soft", None, ""),
        ("consent", "failed", "consent wall"),
        ("challenge", "failed", ""),
        ("challenge-soft", "failed", "challenge"),
        ("cut-body", "failed", "cut off"),
        ("slow-body", "failed", "time-out"),
        ("too-large", "failed", "too large"),
        ("not-found", "gone", "status 404"),
        ("gone", "gone", "status 410"),
        ("loop", "failed", "redirects without end"),
        ("login", "failed", "redirects to"),
    ],
)
def test_awkward_habit_ends_in_its_state(journey, habit, state, reason):
    entry = journey.ledger[f"/odd/{habit}"]
    assert entry.state == state if state else entry.state != "captured"
    assert reason in (entry.reason or "")


def test_ledger_leaves_nothing_undecided(journey):
    assert [path for path, entry in journey.ledger.items() if entry.state == "pending"] == []


def test_a_short_address_leads_to_the_article_that_was_asked_for_already(journey):
    """Both are one row."""
    short = {path: lead for path, lead in journey.variants.items() if path.startswith("/s/")}
    assert short
    assert not short.keys() & journey.ledger.keys()
    stories = {story.short_url: story.url for story in journey.stories}
    for path, lead in short.items():
        assert lead == stories[journey.base + path]
        assert path in journey.asked


def test_what_robots_forbids_is_not_asked_for(journey):
    assert "/robots.txt" in journey.asked
    assert [path for path in journey.asked if path.startswith("/internal/")] == []


def test_the_endless_calendar_ends(journey):
    """The site file reads five pages of a listing at most."""
    months = {path for path in journey.asked if path.startswith("/calendar/")}
    assert 1 <= len(months) <= 5


def test_the_log_holds_no_librarys_thoughts(journey):
    assert " DEBUG: " in journey.log
    assert "charset_normalizer" not in journey.log


def test_every_item_names_its_bytes(journey):
    with Collection.open(journey.collection) as collection:
        for item in journey.items:
            capture = collection.catalog.by_record_id(item["capture"]["record_id"])
            assert capture is not None
            assert (capture.url, capture.offset, capture.status) == (item["url"], item["capture"]["offset"], 200)


def test_the_archive_is_verified_deeply(journey):
    report = json.loads(newswarc(journey, "verify", str(journey.collection), "--deep", "--json"))
    assert report["findings"] == []
    assert report["items"] >= len(journey.items)


def test_extraction_from_the_archive_gives_the_same_articles(journey):
    lines = newswarc(journey, "extract", str(journey.collection), "--jobs", "2").splitlines()
    again = {item["capture"]["record_id"]: item for item in map(json.loads, lines)}
    for item in journey.items:
        assert again[item["capture"]["record_id"]] == item


def test_a_second_extraction_is_the_first(journey):
    once, twice = (newswarc(journey, "extract", str(journey.collection), "--jobs", jobs) for jobs in "12")
    assert once == twice


def test_every_article_is_replayed_with_its_text(journey, pywb):
    assert pywb.is_file()
    assert replay_losses(journey.collection) == []


def test_markdown_has_the_parts_of_the_printed_story(journey):
    newswarc(journey, "export", str(journey.collection), "--format", "markdown", "-o", "articles")
    files = sorted((journey.folder / "articles").glob("*.md"))
    assert len(files) == len(journey.items)
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert text.startswith("# ")
        assert "\n\nOriginal url:\n\n<http" in text


def test_a_catalog_that_was_lost_comes_back_from_what_was_archived(journey, tmp_path):
    kept = tmp_path / "kept"
    shutil.copytree(journey.collection, kept)
    for part in kept.glob("catalog.sqlite*"):
        part.unlink()
    assert "made anew from the records" in newswarc(journey, "recover", str(kept))

    def stories(collection: Path) -> list[tuple[str, str, str, int]]:
        lines = map(json.loads, newswarc(journey, "export", str(collection)).splitlines())
        return sorted((item["url"], item["title"], item["body"], item["revision"]) for item in lines)

    assert stories(kept) == stories(journey.collection)
    newswarc(journey, "verify", str(kept), "--deep")
    assert "nothing to put right" in run(journey.folder, "newswarc", "recover", str(kept), "--reindex").err
