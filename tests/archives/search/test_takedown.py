"""What is taken down is not found any more; after a purge, no word of it is left in the index."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.search.results import Search
from archives.search.wanted import Wanted
from archives.takedown.order import Order, take_down
from tests.archives.takedown.stories import STORY, at, build, contents, item_of

RARE = "zymurgist"


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The stories, and one page that is about a word of its own."""
    root = tmp_path_factory.mktemp("search") / "post"
    build(root)
    with Collection.open(root, write=True) as collection:
        body = f"<p>The {RARE} brews</p>".encode()
        capture = collection.archive(at(9, "http://news.example/rare", body))
        collection.catalog.put_article({**item_of(capture, body), "tags": [RARE], "title": f"A {RARE}"})
    return root


@pytest.fixture
def root(built, tmp_path) -> Path:
    return shutil.copytree(built, tmp_path / "post")


def take(root: Path, url: str, action: str) -> None:
    with Collection.open(root, write=True, create=False) as collection:
        assert take_down(collection, Order(target=url, action=action)).done


def found(root: Path, text: str) -> list[str]:
    with Collection.open(root) as collection:
        return sorted(hit.card["url"] for hit in Search(collection.catalog).find(Wanted(text=text)).hits)


def vocabulary(root: Path) -> set[str]:
    """Every word that the index knows, of whatever document."""
    with sqlite3.connect(root / "catalog.sqlite") as catalog:
        catalog.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, search_text, row)")
        known = {row[0] for row in catalog.execute("SELECT term FROM temp.vocabulary")}
    catalog.close()
    return known


@pytest.mark.parametrize("action", ["hide", "block", "purge"])
def test_it_is_not_found_any_more_and_others_are(root, action):
    assert found(root, RARE) == ["http://news.example/rare"]
    take(root, "http://news.example/rare", action)
    assert found(root, RARE) == []
    assert found(root, "garden") == ["http://news.example/copy"]
    with Collection.open(root) as collection:
        assert RARE not in [one.label for one in Search(collection.catalog).labels("tag")]


@pytest.mark.parametrize("action", ["hide", "block"])
def test_undo_brings_it_back(root, action):
    take(root, "http://news.example/rare", action)
    take(root, "http://news.example/rare", "undo")
    assert found(root, f"title:{RARE}") == ["http://news.example/rare"]


def test_a_revision_that_goes_is_not_found_and_the_one_before_is(root):
    """`story` said something secret, then was corrected."""
    assert STORY in found(root, "corrected")
    with Collection.open(root) as collection:
        (latest,) = [one for one in collection.catalog.articles() if one["url"] == STORY]
    take(root, latest["capture"]["record_id"], "hide")
    assert STORY not in found(root, "corrected")
    assert STORY in found(root, "secret")


def test_after_a_purge_no_byte_and_no_word_of_it_is_left(root):
    assert RARE in vocabulary(root)
    take(root, "http://news.example/rare", "purge")
    assert RARE not in vocabulary(root)
    assert "secret" in vocabulary(root)
    left = [path.name for path in root.rglob("*") if path.is_file() and RARE.encode() in contents(path)]
    assert left == []
    stem = RARE[3:].encode()  # the index leaves out what a word has in common with the one before
    assert stem not in (root / "catalog.sqlite").read_bytes()
