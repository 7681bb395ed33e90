"""The files of items say what the catalog says, of every capture that showed an article: any difference is found."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.crawl_log import NAME, CrawlLog, fetch_of
from archives.exchange import Exchange, message
from archives.layout import Layout
from archives.run_report import SiteRun
from archives.runs import begin_site
from archives.takedown.order import Order, take_down
from archives.takedown.withheld import REFERENCE
from archives.verify import verify

NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)
JOB = "20240611T120000Z"
FIRST = "http://news.example/0"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n%s"


def item_from(text: str, url: str) -> dict:
    return {
        "url": url,
        "canonical_url": url,
        "slug": text.lower().replace(" ", "-"),
        "site": "paper",
        "title": text,
        "body": text,
        "body_markdown": f"**{text}**",
        "related_links": [],
        "language": "en",
        "sources": {"title": "h1"},
        "capture": {},
        "revision": 1,
        "extractor": "newswarc/1",
    }


def extract(payload: bytes, url: str, content_type: str | None, item) -> dict:
    return item_from(payload.decode(), url)


SEEN = ((0, "Ferry late"), (1, "Weir rebuilt"), (2, "Mill sold"), (0, "Ferry late"), (0, "Ferry on time"))
"""Three stories; the first is seen once more as it was, and then changed."""


def crawl(root: Path, seen=SEEN, job: str = JOB, now: datetime = NOON) -> None:
    """A crawl with all that it leaves: number of a story and its text, a minute after the other."""
    layout = Layout(root)
    with Collection.open(root, write=True) as collection:
        log = CrawlLog(begin_site(layout, job, SiteRun(name="paper", finish_reason="finished"), now=now) / NAME)
        lines = []
        for minute, (number, text) in enumerate(seen):
            started = now + timedelta(minutes=minute)
            response = message(PAGE % text.encode())
            exchange = Exchange(url=f"http://news.example/{number}", started=started, request=b"", response=response)
            capture = collection.archive(exchange)
            log.add(fetch_of(capture, logged=started, size=len(text)))
            item = item_from(text, capture.url) | {"capture": {name: getattr(capture, name) for name in REFERENCE}}
            revision = collection.catalog.put_article(item).revision
            lines.append(json.dumps(item | {"revision": revision}) + "\n")
        log.close()
    (root / "items" / f"{job}.jsonl").write_text("".join(lines))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("lines") / "post"
    crawl(root)
    return root


@pytest.fixture
def root(crawled, tmp_path) -> Path:
    return shutil.copytree(crawled, tmp_path / "post")


def lines_of(root: Path) -> Path:
    return root / "items" / f"{JOB}.jsonl"


def findings(root: Path, **more) -> list[str]:
    return [str(one).removeprefix(f"{root}/") for one in verify(root, **more)]


def rewritten(root: Path, number: int, change: Callable[[dict], dict]) -> None:
    path = lines_of(root)
    lines = path.read_text().splitlines(keepends=True)
    lines[number] = json.dumps(change(json.loads(lines[number]))) + "\n"
    path.write_text("".join(lines))


def test_what_is_whole_has_no_findings(root):
    assert findings(root) == findings(root, extract=extract) == findings(root, extract=extract, jobs=2) == []


@pytest.mark.parametrize("key", sorted(item_from("", "").keys() - {"url", "capture"}))
def test_a_line_that_says_otherwise_of_any_key(root, key):
    rewritten(root, 1, lambda item: item | {key: "another"})
    (found,) = findings(root)
    assert found.startswith(f"items/{JOB}.jsonl, line 2: {key}: not as in the catalog; ")


@pytest.mark.parametrize("key", sorted(item_from("", "").keys() - {"url", "capture"}))
def test_a_line_that_lacks_a_key(root, key):
    rewritten(root, 1, lambda item: {name: value for name, value in item.items() if name != key})
    (found,) = findings(root)
    assert f"line 2: {key}: not as in the catalog" in found


def test_keys_that_are_none_and_keys_in_another_order(root):
    rewritten(root, 1, lambda item: item | {"mood": None})
    rewritten(root, 2, lambda item: dict(reversed(item.items())))
    rewritten(root, 3, lambda item: item | {"mood": None})
    one, two, three = findings(root)
    assert "line 2: mood: not as in the catalog" in one
    assert "line 3: its keys are not those of the catalog's item, in that order" in two
    assert "line 4: its keys are not those" in three


def test_the_line_of_a_further_capture_is_held_against_its_bytes(root):
    rewritten(root, 3, lambda item: item | {"body_markdown": "another"})
    assert findings(root) == []
    (found,) = findings(root, extract=extract)
    assert 'line 4: body_markdown extracted anew is "**Ferry late**", the item says "another"' in found
    rewritten(root, 3, lambda item: item | {"revision": 2, "title": "another"})
    assert "line 4: title, revision: not as in the catalog" in findings(root)[0]


def test_a_line_that_is_gone_and_one_that_is_there_twice(root):
    lines = lines_of(root).read_text().splitlines(keepends=True)
    lines_of(root).write_text("".join([*lines[:2], lines[0], *lines[3:]]))
    twice, gone = findings(root)
    assert twice.startswith(f"items/{JOB}.jsonl, line 3: another line is of the same capture; ")
    assert f"items/{JOB}.jsonl: lines of 1 article of this crawl are missing, the first of <urn:uuid:" in gone
    assert "recover" in gone


def test_a_file_that_is_gone(root):
    (root / "logs" / f"{JOB}.log").write_text("")
    lines_of(root).unlink()
    (found,) = findings(root)
    assert f"items/{JOB}.jsonl: lines of 5 articles of this crawl are missing" in found


def test_a_crawl_that_writes_elsewhere_or_has_not_ended_misses_nothing(root):
    lines_of(root).unlink()
    assert findings(root) == []
    lines_of(root).write_text("")
    (root / "items" / f"{JOB}.open").write_text("")
    assert findings(root) == []


@pytest.mark.parametrize(
    ("path", "revision", "told"),
    [
        ("$.revision", 1, "revision 1 of it says that it is other"),
        ("$.revision", 2, "revision 2 of it says that it is other"),
        ("$.site", 2, "it is of the site paper, its item says other"),
        ("$.extractor", 1, "line 1: extractor: not as in the catalog"),
    ],
)
def test_a_catalog_whose_items_were_changed(root, path, revision, told):
    catalog = sqlite3.connect(root / "catalog.sqlite")
    change = "UPDATE revisions SET item = json_set(item, ?, 'other') WHERE revision = ? AND article_id = 1"
    with catalog:
        assert catalog.execute(change, (path, revision)).rowcount == 1
    catalog.close()
    assert any(told in found for found in findings(root))


def take(root: Path, record_id: str, action: str) -> None:
    with Collection.open(root, write=True) as collection:
        take_down(collection, Order(target=record_id, action=action, who="Ada", reason="asked to"))


def record_ids(root: Path) -> list[str]:
    return [json.loads(line)["capture"]["record_id"] for line in lines_of(root).read_text().splitlines()]


def test_a_capture_to_which_a_revision_was_handed_on_has_its_line_as_the_catalog_has_it(root):
    rewritten(root, 3, lambda item: item | {"related_links": [{"url": "http://news.example/then"}]})
    first = record_ids(root)[0]
    for action in ("hide", "undo"):
        take(root, first, action)
        assert findings(root) == [], action


def test_lines_follow_revisions_that_come_back_and_move_later_ones_up(root):
    changed = record_ids(root)[4]
    take(root, changed, "hide")
    crawl(root, [(0, "Ferry sunk")], job="20240612T120000Z", now=NOON + timedelta(days=1))
    take(root, changed, "undo")
    later = json.loads((root / "items" / "20240612T120000Z.jsonl").read_text())
    assert (later["title"], later["revision"]) == ("Ferry sunk", 3)
    assert findings(root, extract=extract) == []
