"""Takedowns of a collection whose catalog is on a server do what they do in a folder."""

import json

import pytest
import sqlalchemy as sa

from archives.collection import Collection
from archives.search.results import Search
from archives.search.wanted import Wanted
from archives.takedown.order import Order, take_down
from archives.verify import verify
from tests.archives.takedown.stories import STORY, build

SEARCHED = ("", "garden", "corrected", "other")


@pytest.fixture
def state(postgres, tmp_path):
    """Carries orders out on a collection, its catalog embedded and on a server; gives what readers see of both."""
    folder, server = tmp_path / "embedded" / "post", tmp_path / "served" / "post"
    databases = {folder: None, server: postgres.database()}
    for root, database in databases.items():
        build(root, database=database)

    def state(*actions):
        return [seen(root, database, actions) for root, database in databases.items()]

    return state


def seen(root, database, actions):
    """What is left after the actions, without what differs in each collection that is built."""
    for action in actions:
        with Collection.open(root, write=True, create=False, database=database) as collection:
            take_down(collection, Order(target=STORY, action=action, who="Ada", reason="asked to"))
    assert list(verify(root, database=database)) == []
    with Collection.open(root, database=database) as collection:
        captures = [(one.url, one.date, one.kind, one.status) for one in collection.captures()]
        payloads = [collection.payload(one) for one in collection.captures()]
        articles = [{**item, "capture": None} for item in collection.catalog.articles(latest=False)]
        search = Search(collection.catalog)
        found = {text: sorted(hit.card["url"] for hit in search.find(Wanted(text=text)).hits) for text in SEARCHED}
    lines = [json.loads(line) for path in (root / "items").iterdir() for line in path.read_text().splitlines()]
    return captures, payloads, articles, found, sorted((line["url"], line["body"], line["revision"]) for line in lines)


@pytest.mark.parametrize("actions", [(), ("hide",), ("block",), ("hide", "undo"), ("purge",), ("hide", "purge")])
def test_what_is_left_is_the_same(state, actions):
    in_folder, on_server = state(*actions)
    assert in_folder == on_server


def test_after_a_purge_no_word_of_it_is_left_in_the_database(postgres, tmp_path):
    """Nor in what the server knows of its tables' values, nor in the files in which it has them."""
    root, url = tmp_path / "post", postgres.database()
    build(root, database=url)
    engine = sa.create_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
        assert "corrected" in words_known(connection)
        with Collection.open(root, write=True, create=False, database=url) as collection:
            (latest,) = [one for one in collection.catalog.articles() if one["url"] == STORY]
            take_down(collection, Order(target=latest["capture"]["record_id"], action="purge"))
        assert "other" in words_known(connection)
        assert "corrected" not in words_known(connection)
        connection.exec_driver_sql("CHECKPOINT")
        folder = postgres.folder / "cluster" / "base" / str(connection.execute(DATABASE).scalar_one())
        assert [path.name for path in folder.iterdir() if b"corrected" in path.read_bytes()] == []
    engine.dispose()


DATABASE = sa.text("SELECT oid FROM pg_database WHERE datname = current_database()")


def words_known(connection: sa.Connection) -> str:
    """All that the server knows of words: the index, and the values that it keeps of each column."""
    vectors = connection.exec_driver_sql("SELECT string_agg(vector::text, ' ') FROM post.search_text").scalar_one()
    kept = connection.exec_driver_sql("SELECT string_agg(pg_stats::text, ' ') FROM pg_stats WHERE schemaname = 'post'")
    return f"{vectors} {kept.scalar_one()}"
