"""Databases that a URL names: which can be, what is said of those that cannot, and several catalogs on one server."""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from archives.catalog import Catalog
from archives.collection import Collection
from archives.database import LONGEST_NAME, open_database
from archives.errors import StorageFailed

NAMES = ["evening-post", 'the "morning" post', "почта", "Public", "a" * LONGEST_NAME]


@pytest.fixture
def server(postgres):
    """The URL of an empty database on a server."""
    return postgres.database()


def archived(root, database, exchange, *urls):
    with Collection.open(root, write=True, database=database) as collection:
        return {collection.archive(exchange(url)).record_id for url in urls}


def test_collections_on_one_server_know_nothing_of_each_other(server, exchange, tmp_path):
    made = {
        name: archived(tmp_path / name, server, exchange, f"http://news.example/{n}") for n, name in enumerate(NAMES)
    }
    for name, ids in made.items():
        with Collection.open(tmp_path / name, database=server) as collection:
            assert {capture.record_id for capture in collection.captures()} == ids
        assert not (tmp_path / name / "catalog.sqlite").exists()


def test_a_name_that_the_server_would_cut_is_refused(server, tmp_path):
    with pytest.raises(StorageFailed, match="at most 63 bytes; choose a shorter one"):
        Collection.open(tmp_path / ("ä" * 32), write=True, database=server)
    assert not any(tmp_path.iterdir()), "what was begun for it is taken back"


@pytest.mark.parametrize("name", ["public", "information_schema", "pg_news"])
def test_a_schema_of_others_is_no_collections(server, tmp_path, name):
    """A collection that moves back takes its schema along: the queue's is not to be in it."""
    with pytest.raises(StorageFailed, match=f"{name}: PostgreSQL has a schema of that name"):
        Collection.open(tmp_path / name, write=True, database=server)
    assert not any(tmp_path.iterdir())


def test_many_begin_at_once(server):
    """Whoever comes first makes the tables."""

    def begin(_):
        Catalog.open(server, write=True, name="paper").close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(begin, range(8)))
    with closing(Catalog.open(server, write=False, name="paper")) as catalog:
        assert catalog.count_captures() == 0


def test_a_server_that_is_started_anew_is_gone_on_with(postgres, server, exchange, tmp_path):
    with Collection.open(tmp_path / "paper", write=True, database=server) as collection:
        first = collection.archive(exchange())
        collection.flush()
        postgres.stop()
        again = exchange("http://news.example/other")
        with pytest.raises(StorageFailed, match="see that the server runs"):
            collection.archive(again)
        postgres.start()
        second = collection.archive(again)
    with Collection.open(tmp_path / "paper", database=server) as collection:
        assert {first.record_id, second.record_id} <= {capture.record_id for capture in collection.captures()}


def test_what_was_never_crawled_is_said_in_a_line(server, tmp_path):
    said = "nothing was crawled into this collection with this database"
    with closing(Catalog.open(server, write=False, name="never")) as catalog, pytest.raises(StorageFailed) as told:
        catalog.count_captures()
    assert said in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("news", "cannot be read as the address of a database; "),
        ("postgres://ada:secret@host/news", "no database that newswarc knows; write postgresql"),
        ("postgresql+psycopg://ada:secret@host:port/news", "cannot be read as the address of a database; "),
        ("mysql+nodriver://ada:secret@host/news", "no database that newswarc knows"),
        ("mysql://ada:secret@host/news", "no database that newswarc knows"),
        ("postgresql+nodriver://ada:secret@host/news", "no database that newswarc knows"),
    ],
)
def test_a_url_that_is_none_is_one_clear_line_without_its_password(url, said):
    with pytest.raises(StorageFailed, match=said) as told:
        open_database(url, write=True)
    assert "secret" not in str(told.value)


def test_a_server_that_is_not_there_is_one_clear_line_without_its_password(port):
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with pytest.raises(StorageFailed, match="see that the server runs and lets newswarc in") as told:
        Catalog.open(f"postgresql+psycopg://ada:secret@127.0.0.1:{port}/news", write=True)
    assert "secret" not in str(told.value)
    assert "\n" not in str(told.value)


def test_a_role_that_may_do_too_little_is_told_what_it_needs(server):
    owner = open_database(server, write=False)
    with owner.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE stranger LOGIN")
        connection.commit()
    owner.dispose()
    with pytest.raises(StorageFailed, match=r"permission denied for database .*; let the role own the database, or"):
        Catalog.open(server.replace("//newswarc@", "//stranger@"), write=True, name="paper")


def test_a_driver_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StorageFailed, match=r"psycopg is not installed; pip install 'newswarc\[postgres\]'"):
        open_database("postgresql+psycopg://host/news", write=True)
