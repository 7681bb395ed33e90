"""The whole path: a newspaper is crawled, archived, extracted, exported, verified and, when it is gone, replayed."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from archives.collection import Collection
from crawler.items import Article
from crawler.jobs.demo import replay_losses
from crawler.newsroom import Newsroom

BIN = Path(sys.executable).parent
STORIES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What a crawl of the newsroom left behind; the newsroom itself is down."""

    folder: Path
    collection: Path
    items: list[dict[str, Any]]
    stories: list[Any]
    base: str


SITE_FILE = Path(__file__).parents[1] / "crawler" / "sites" / "newsroom.toml"


def run(*command: str, cwd: Path, status: int = 0) -> str:
    environment = {
        **os.environ,
        "SCRAPY_SETTINGS_MODULE": "crawler.settings",
        "NEWSWARC_HOME": str(cwd / "collections"),
        "NEWSWARC_SITES": str(cwd / "sites"),
    }
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == status, f"{command}\n{done.stdout[-1500:]}\n{done.stderr[-3000:]}"
    return done.stdout


def settle_at(url: str, sites: Path) -> None:
    """The newsroom's site file for the address that it was given."""
    sites.mkdir()
    text = SITE_FILE.read_text(encoding="utf-8").replace("127.0.0.1:8765", url.removeprefix("http://"))
    (sites / "newsroom.toml").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def journey(tmp_path_factory) -> Journey:
    folder = tmp_path_factory.mktemp("journey")
    with Newsroom(articles=STORIES) as newsroom:
        settle_at(newsroom.url, folder / "sites")
        run("scrapy", "crawl", "newsroom", "-O", "items.jsonl", cwd=folder)
        base, stories = newsroom.url, list(newsroom.stories)
    lines = (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()
    return Journey(
        folder=folder,
        collection=folder / "collections" / "newsroom",
        items=[json.loads(line) for line in lines],
        stories=stories,
        base=base,
    )


def test_every_item_has_every_key_in_order(journey):
    keys = [field.name for field in fields(Article)]
    assert [list(item) for item in journey.items] == [keys] * len(journey.items)


def test_every_story_is_found_once(journey):
    found = [item["canonical_url"] or item["url"] for item in journey.items]
    wanted = {journey.base + story.path for story in journey.stories}
    assert wanted - set(found) == set()
    assert len(found) == len(set(found))


def test_every_item_names_its_bytes(journey):
    with Collection.open(journey.collection) as collection:
        for item in journey.items:
            capture = collection.catalog.by_record_id(item["capture"]["record_id"])
            assert capture is not None
            assert (capture.url, capture.offset, capture.status) == (item["url"], item["capture"]["offset"], 200)


def test_the_archive_is_verified_deeply(journey):
    report = json.loads(run("newswarc", "verify", str(journey.collection), "--deep", "--json", cwd=journey.folder))
    assert report["findings"] == []
    assert report["items"] >= len(journey.items)


def test_extraction_from_the_archive_gives_the_same_articles(journey):
    lines = run("newswarc", "extract", str(journey.collection), "--jobs", "2", cwd=journey.folder).splitlines()
    again = {item["capture"]["record_id"]: item for item in map(json.loads, lines)}
    for item in journey.items:
        assert again[item["capture"]["record_id"]] == item


def test_a_second_extraction_is_the_first(journey):
    once, twice = (
        run("newswarc", "extract", str(journey.collection), "--jobs", jobs, cwd=journey.folder) for jobs in "12"
    )
    assert once == twice


def test_every_article_is_replayed_with_its_text(journey, pywb):
    assert pywb.is_file()
    assert replay_losses(journey.collection) == []


def test_markdown_has_the_parts_of_the_printed_story(journey):
    run("newswarc", "export", str(journey.collection), "--format", "markdown", "-o", "articles", cwd=journey.folder)
    files = sorted((journey.folder / "articles").glob("*.md"))
    assert len(files) == len(journey.items)
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert text.startswith("# ")
        assert "\n\nOriginal url:\n\n<http" in text
