"""A crawl of the newsroom that is killed, and the same command again."""

import json
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archives.collection import Collection
from archives.layout import OPEN
from crawler.jobs.collected import pages_of_collection
from crawler.jobs.extract import Extracted, extract_pages
from crawler.newsroom import Newsroom
from crawler.sites import load_sites
from tests.crashes.crawled import addresses_of, assert_nothing_lost
from tests.crashes.faults import WRITES
from tests.support.disk import small_disks

PAGE = 4
"""Kilobytes of memory that a file system in it takes at a time."""
SEED = 20_240_611
SITE = """domains = ["{host}"]
feeds = ["{url}/rss/news", "{url}/rss/opinion", "{url}/rss/de"]
allow_private = true
timezone = "Europe/Berlin"
[politeness]
delay = 0
concurrency = 8
recheck_after = 0
"""


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=10, crawl_delay=0.0, slow_seconds=0.1, large_bytes=200_000, retry_after=0) as opened:
        yield opened


@pytest.fixture
def crawl(forks, newsroom, tmp_path, monkeypatch) -> Callable[..., dict[str, Any]]:
    """Crawls the newsroom's feeds in a process of its own; `name` is the folder of the collection."""
    (tmp_path / "sites").mkdir()
    site = SITE.format(host=newsroom.url.removeprefix("http://"), url=newsroom.url)
    (tmp_path / "sites" / "paper.toml").write_text(site)
    monkeypatch.setenv("NEWSWARC_SITES", str(tmp_path / "sites"))
    environment = {"NEWSWARC_HOME": str(tmp_path), "NEWSWARC_SITES": str(tmp_path / "sites")}

    def crawl(name: str = "post", **fault: Any) -> dict[str, Any]:
        arguments = ["crawl", "paper", "--collection", name]
        said = tmp_path / "said"
        answer = forks(
            work="crawl", folder=tmp_path / name, arguments=arguments, environment=environment, said=said, **fault
        )
        assert fault or answer["status"] == 0, said.read_text()[-2000:]
        return answer

    return crawl


def kill_often(crawl, newsroom, tmp_path: Path, assert_whole, kills: int) -> None:
    """Killed so many times, at moments all over a crawl: as long as the last one took that was over too soon."""
    moments, longest, killed, tries = random.Random(SEED), 1.2, 0, 0
    while killed < kills:
        before = time.monotonic()
        if crawl(after=moments.uniform(0.02, longest))["status"] == -9:
            killed += 1
        else:
            longest = time.monotonic() - before
        tries += 1
        assert tries <= kills * 3, "the crawl is over before it can be killed; give the newsroom more articles"
    crawl()
    assert_whole(tmp_path / "post")
    crawl("undisturbed")
    assert_nothing_lost(tmp_path / "post", newsroom, addresses_of(tmp_path / "undisturbed"))
    assert not list((tmp_path / "post" / "items").glob(f"*{OPEN}"))


@pytest.mark.timeout(300)
def test_killed_thirty_times(crawl, newsroom, tmp_path, assert_whole):
    kill_often(crawl, newsroom, tmp_path, assert_whole, 30)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_killed_two_hundred_times(crawl, newsroom, tmp_path, assert_whole):
    kill_often(crawl, newsroom, tmp_path, assert_whole, 200)


def test_recover_extracts_what_was_archived_and_not_come_to(crawl, forks, newsroom, tmp_path):
    """Killed just before articles are committed: their pages are in the archive, the catalog knows none of them."""
    points = crawl("undisturbed")["points"]
    last_line = max(number for number, name in enumerate(points, 1) if name == "feed")
    crawl(fault="kill", at=next(number for number in range(last_line, len(points)) if points[number - 1] == "commit"))
    answer = forks(work="crawl", folder=tmp_path / "post", arguments=["recover", str(tmp_path / "post")])
    assert answer["status"] == 0
    with Collection.open(tmp_path / "post") as collection:
        committed = {item["url"] for item in collection.catalog.articles()}
    sites = list(load_sites(tmp_path / "sites").values())
    pages = pages_of_collection(tmp_path / "post", on_fault=pytest.fail)
    found = {json.loads(one.line)["url"] for one in extract_pages(pages, sites=sites) if isinstance(one, Extracted)}
    assert committed == found
    assert len(found) > 2
    (items,) = (tmp_path / "post" / "items").iterdir()
    assert {json.loads(line)["url"] for line in items.read_bytes().splitlines()} == found


FAULTS = pytest.mark.parametrize("fault", ["kill", "torn", "full", "power"])


@FAULTS
@pytest.mark.timeout(300)
def test_at_a_point_of_each_kind(fault, crawl, newsroom, tmp_path, assert_whole):
    """Of writes, at which a disk is full, at some."""
    go_through(3 if fault == "full" else 1, fault, crawl, newsroom, tmp_path, assert_whole)


@FAULTS
@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_at_every_point(fault, crawl, newsroom, tmp_path, assert_whole):
    """All that a whole crawl writes, syncs, renames, removes and commits."""
    go_through(None, fault, crawl, newsroom, tmp_path, assert_whole)


def go_through(most: int | None, fault: str, crawl, newsroom, tmp_path: Path, assert_whole) -> None:
    """The next crawl carries on; so many points of each kind are tried, if not all.

    The order of the points differs a little from run to run, as that of a crawl's answers does.
    """
    points = crawl("undisturbed")["points"]
    stories = addresses_of(tmp_path / "undisturbed")
    chance = random.Random(fault)
    for kind in kinds_for(fault, points):
        numbers = [number for number, name in enumerate(points, 1) if name == kind]
        for number in numbers if most is None else chance.sample(numbers, min(most, len(numbers))):
            name = f"{fault}-{number}"
            died = crawl(name, fault=fault, at=number)
            assert died["status"] in {-9, 1, 0}, died
            crawl(name)
            assert_whole(tmp_path / name)
            assert_nothing_lost(tmp_path / name, newsroom, stories, synced=fault == "power")
            shutil.rmtree(tmp_path / name)


def kinds_for(fault: str, points: list[str]) -> list[str]:
    """The kinds of points at which the fault can happen, each of which there are in a crawl."""
    assert {"write", "put", "feed", "fsync", "fdatasync", "rename", "replace", "unlink", "commit"} <= set(points)
    return sorted(WRITES if fault in ("torn", "full") else set(points))


@pytest.mark.soak
@pytest.mark.timeout(3000)
def test_on_a_disk_with_room_for_any_number_of_pages(crawl, newsroom, tmp_path, assert_whole):
    """Whatever needs a page that is not there any more, SQLite's files and the log for people too."""
    with small_disks(tmp_path) as disk:
        small = disk(20_000)
        collection = small.path / "post"
        crawl(str(collection))
        stories = addresses_of(collection)
        kilobytes, status = 0, 1
        while status:
            shutil.rmtree(collection)
            kilobytes += PAGE
            small.leave(kilobytes)
            status = crawl(str(collection), fault="none")["status"]
            assert status in {0, 1}
            small.resize(20_000)
            crawl(str(collection))
            assert_whole(collection)
            assert_nothing_lost(collection, newsroom, stories)
    assert kilobytes > 100, "the crawl was over before the disk was full; have it archive more"
