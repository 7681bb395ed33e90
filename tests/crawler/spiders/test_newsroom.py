"""The built-in newspaper crawled end to end: each story once, each awkward habit in its state."""

import json
import os
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest
import sqlalchemy as sa

from crawler.frontier import read_entries
from crawler.items import Article
from crawler.newsroom import Newsroom

SCRAPY = Path(sys.executable).with_name("scrapy")
STORIES = 30


def scrapy(folder, *arguments, **environment):
    done = subprocess.run(
        [str(SCRAPY), "crawl", "newsroom", "-O", "items.jsonl", *arguments],
        cwd=folder,
        env={**os.environ, "SCRAPY_SETTINGS_MODULE": "crawler.settings", **environment},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """Items, ledger by path, the newsroom's truth, and what it was asked."""
    folder = tmp_path_factory.mktemp("newsroom")
    with Newsroom(articles=STORIES) as newsroom:
        log = scrapy(folder, "-a", f"base={newsroom.url}", "-s", "NEWSWARC_RETRY_BACKOFF=0.1")
        stories, base = list(newsroom.stories), newsroom.url
    engine = sa.create_engine(f"sqlite:///{folder / 'collections' / 'newsroom' / 'catalog.sqlite'}")
    ledger = {entry.url.removeprefix(base): entry for entry in read_entries(engine)}
    engine.dispose()
    items = [json.loads(line) for line in (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    return items, ledger, stories, base, log


def test_every_story_is_found_exactly_once(crawled):
    items, _, stories, *_ = crawled
    found = Counter(item["title"] for item in items)
    assert {story.title: 1 for story in stories} == {story.title: found[story.title] for story in stories}


def test_items_have_every_key_in_order(crawled):
    items, *_ = crawled
    expected = [field.name for field in fields(Article)]
    assert [item["url"] for item in items if list(item) != expected] == []


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
        ("login", "skipped", "redirects to"),
    ],
)
def test_awkward_habit_ends_in_its_state(crawled, habit, state, reason):
    _, ledger, *_ = crawled
    entry = ledger[f"/odd/{habit}"]
    assert entry.state == state if state else entry.state != "captured"
    assert reason in (entry.reason or "")


def test_ledger_leaves_nothing_undecided(crawled):
    _, ledger, *_ = crawled
    assert [url for url, entry in ledger.items() if entry.state == "pending"] == []


def test_what_robots_forbids_is_not_asked_for(crawled):
    *_, log = crawled
    assert "GET http" not in "".join(line for line in log.splitlines() if "/internal/" in line and "Crawled" in line)


def test_the_log_holds_no_librarys_thoughts(crawled):
    *_, log = crawled
    assert "charset_normalizer" not in log


def test_the_endless_calendar_ends(crawled):
    *_, log = crawled
    months = {
        line.partition("/calendar/")[2][:7] for line in log.splitlines() if "Crawled" in line and "/calendar/" in line
    }
    assert len(months) <= 10


@pytest.fixture
def port():
    """One that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_the_crawl_starts_the_newspaper_where_nobody_does(tmp_path, port):
    """`scrapy crawl newsroom` works by itself: the built-in newspaper is up for as long as the crawl."""
    sites = tmp_path / "sites"
    sites.mkdir()
    text = (Path(__file__).parents[3] / "crawler" / "sites" / "newsroom.toml").read_text(encoding="utf-8")
    (sites / "newsroom.toml").write_text(text.replace("8765", str(port)), encoding="utf-8")
    scrapy(tmp_path, "-a", "max_pages=3", NEWSWARC_SITES=str(sites), NEWSWARC_HOME=str(tmp_path / "home"))
    assert len((tmp_path / "items.jsonl").read_text().splitlines()) >= 1
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0, "the newspaper is still up"


def test_the_crawl_starts_the_newspaper_at_another_address_too(tmp_path, port):
    scrapy(tmp_path, "-a", f"base=http://127.0.0.1:{port}", "-a", "max_pages=1", NEWSWARC_HOME=str(tmp_path / "home"))
    (line,) = (tmp_path / "items.jsonl").read_text().splitlines()
    assert json.loads(line)["url"].startswith(f"http://127.0.0.1:{port}/")
