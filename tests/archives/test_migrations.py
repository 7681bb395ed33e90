"""Catalogs that older versions made are opened and brought up to date; what is in them stays."""

import json
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

import archives.migrations
from archives.catalog import Catalog
from archives.collection import Collection
from archives.database import open_database
from archives.errors import StorageFailed
from archives.handover import handed_over, newest
from archives.migrations import HEAD, settle_schema
from archives.schema import metadata

FIRST = """
CREATE TABLE captures (
    id INTEGER NOT NULL, record_id VARCHAR NOT NULL, url VARCHAR NOT NULL, surt VARCHAR NOT NULL,
    timestamp VARCHAR(14) NOT NULL, date VARCHAR NOT NULL, warc VARCHAR NOT NULL, "offset" INTEGER NOT NULL,
    length INTEGER NOT NULL, payload_digest VARCHAR NOT NULL, status INTEGER NOT NULL, mime VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, framing VARCHAR NOT NULL, truncated VARCHAR, refers_to VARCHAR, etag VARCHAR,
    last_modified VARCHAR, method VARCHAR NOT NULL, PRIMARY KEY (id), UNIQUE (record_id)
);
CREATE INDEX captures_by_url ON captures (url, date);
CREATE INDEX captures_by_payload ON captures (payload_digest);
CREATE INDEX captures_by_place ON captures (warc, "offset");
CREATE INDEX captures_by_surt ON captures (surt, timestamp);
CREATE TABLE articles (
    id INTEGER NOT NULL, url VARCHAR NOT NULL, site VARCHAR, revision INTEGER NOT NULL, digest VARCHAR NOT NULL,
    PRIMARY KEY (id), UNIQUE (url)
);
CREATE INDEX ix_articles_site ON articles (site);
CREATE TABLE revisions (
    id INTEGER NOT NULL, article_id INTEGER NOT NULL, revision INTEGER NOT NULL, date VARCHAR NOT NULL,
    item TEXT NOT NULL, PRIMARY KEY (id), FOREIGN KEY(article_id) REFERENCES articles (id)
);
CREATE UNIQUE INDEX revisions_by_article ON revisions (article_id, revision);
CREATE TABLE sightings (
    record_id VARCHAR NOT NULL, article_id INTEGER NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY (record_id),
    FOREIGN KEY(article_id) REFERENCES articles (id)
);
"""
"""The tables of the first version, as it made them."""


def item(number: int, **changes) -> dict:
    capture = {"record_id": f"<urn:x:{number}>", "date": f"2031-03-0{number}T12:00:00Z"}
    made = {"url": "http://news.example/a", "site": "evening", "title": "Ferry late", "capture": capture, "revision": 1}
    return {**made, **changes}


@pytest.fixture
def old(tmp_path):
    """A catalog of the first version, with an article of two revisions."""
    path = tmp_path / "catalog.sqlite"
    items = [item(1), item(2, title="Ferry on time", revision=2)]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(FIRST)
        connection.execute("INSERT INTO articles VALUES (1, 'http://news.example/a', 'evening', 2, 'sha1:X')")
        for number, one in enumerate(items, 1):
            values = (number, number, one["capture"]["date"], json.dumps(one))
            connection.execute("INSERT INTO revisions VALUES (?, 1, ?, ?, ?)", values)
            connection.execute("INSERT INTO sightings VALUES (?, 1, ?)", (one["capture"]["record_id"], number))
    return path, items


def shape(engine: sa.Engine) -> dict[str, tuple]:
    """Table → its columns, keys and indexes, whatever their order."""
    there = sa.inspect(engine)
    return {
        table: (
            [str(column | {"type": str(column["type"])}) for column in there.get_columns(table)],
            there.get_pk_constraint(table)["constrained_columns"],
            [str(key["column_names"]) for key in there.get_unique_constraints(table)],
            [f"{key['constrained_columns']} {key['referred_table']}" for key in there.get_foreign_keys(table)],
            sorted(f"{one['name']} {one['column_names']} {one['unique']}" for one in there.get_indexes(table)),
        )
        for table in metadata.tables
    }


@pytest.fixture
def fresh(tmp_path) -> dict[str, tuple]:
    """The shape of a catalog that is made today."""
    with closing(Catalog.at(tmp_path / "fresh.sqlite", write=True)) as catalog:
        return shape(catalog.engine)


def version(engine: sa.Engine) -> str:
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()


def test_a_catalog_of_the_first_version_has_what_it_had(old, fresh):
    path, items = old
    with closing(Catalog.at(path, write=True)) as catalog:
        assert list(catalog.articles(latest=False)) == items
        assert [json.loads(text) for page in handed_over(catalog, 0, newest(catalog)) for text in page] == items[1:]
        assert (shape(catalog.engine), version(catalog.engine)) == (fresh, HEAD)
        removed = catalog.put_removal("http://news.example/a", record_id="<urn:x:3>", date="2031-03-03", reason="404")
        assert removed, "its tables are there"
        assert catalog.put_article(item(4, title="Ferry sunk")).revision == 3


def test_numbers_of_revisions_do_not_come_twice_any_more(old):
    path, _ = old
    with closing(Catalog.at(path, write=True)) as catalog:
        cursor = newest(catalog)
        with catalog.writing() as connection:
            connection.exec_driver_sql("DELETE FROM revisions WHERE id = 2")
        catalog.put_article(item(3, url="http://news.example/b"))
        (text,) = [text for page in handed_over(catalog, cursor, newest(catalog)) for text in page]
        assert json.loads(text)["url"] == "http://news.example/b"


def test_who_only_reads_takes_it_as_it_is(old):
    path, items = old
    before = path.read_bytes()
    with closing(Catalog.at(path, write=False)) as catalog:
        assert list(catalog.articles(latest=False)) == items
    assert path.read_bytes() == before


def test_a_catalog_from_before_versions_were_counted(database):
    """It has all that a new one has."""
    engine = open_database(database, write=True)
    metadata.create_all(engine)
    before = shape(engine)
    for _ in range(2):
        with closing(Catalog.open(database, write=True)) as catalog:
            assert (shape(catalog.engine), version(catalog.engine)) == (before, HEAD)
    engine.dispose()


LAST = 2**31 - 1
"""The last number of 32 bits."""


def test_captures_and_revisions_are_numbered_beyond_32_bits(postgres, exchange, tmp_path):
    """Also in a catalog of the first version that was on a server."""
    path, database = tmp_path / "paper", postgres.database()
    Collection.open(path, write=True, database=database).close()
    with closing(Catalog.open(database, write=False, name="paper")) as catalog, catalog.writing() as connection:
        wanted = shape(catalog.engine)
        for table in ("captures", "revisions", "removals"):
            connection.exec_driver_sql(f"ALTER TABLE {table} ALTER COLUMN id TYPE integer")
            connection.exec_driver_sql(f"ALTER SEQUENCE {table}_id_seq AS integer")
            connection.exec_driver_sql(f"SELECT setval('{table}_id_seq', {LAST})")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '1'")
    with Collection.open(path, write=True, database=database) as collection:
        catalog = collection.catalog
        assert (shape(catalog.engine), version(catalog.engine)) == (wanted, HEAD)
        assert newest(catalog) == LAST
        made = collection.archive(exchange("http://news.example/a"))
        catalog.put_article(item(1))
        catalog.put_article(item(2, title="Ferry on time"))
        assert newest(catalog) == LAST + 2
        assert len([one for page in handed_over(catalog, LAST + 1, newest(catalog)) for one in page]) == 1
        catalog.put_removal("http://news.example/a", record_id="<urn:x:3>", date="2031-03-03", reason="404")
        assert collection.latest("http://news.example/a") == made
        assert len(list(collection.captures())) == 1


def test_a_new_catalog_has_done_all_steps(database):
    for _ in range(2):
        with closing(Catalog.open(database, write=True)) as catalog:
            assert version(catalog.engine) == HEAD


def test_a_newer_catalog_is_left_alone(database):
    with closing(Catalog.open(database, write=True)) as catalog, catalog.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'of tomorrow'")
    with pytest.raises(StorageFailed, match="a newer newswarc has written to the catalog; use that one, or update"):
        Catalog.open(database, write=True)


def test_steps_that_are_cut_off_leave_the_old_catalog(old):
    path, items = old
    engine = open_database(f"sqlite:///{path}", write=True)
    with engine.connect() as connection:
        settle_schema(connection)
        assert sa.inspect(connection).has_table("removals")
        connection.rollback()
    assert not sa.inspect(engine).has_table("removals")
    engine.dispose()
    with closing(Catalog.at(path, write=True)) as catalog:
        assert list(catalog.articles(latest=False)) == items


def test_the_last_step_is_the_one_that_new_catalogs_have_done():
    assert ScriptDirectory(archives.migrations.__path__[0]).get_current_head() == HEAD
