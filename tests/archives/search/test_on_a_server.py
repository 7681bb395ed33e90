"""What only a server has: several writers at once, schemas, and whoever works there by hand."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from archives.catalog import Catalog
from archives.revisions import put_article
from archives.search.index import refresh
from archives.search.results import Search
from archives.search.wanted import Wanted
from archives.search.writer import SearchWriter
from tests.archives.test_shared_catalog import about


@pytest.fixture
def url(postgres) -> str:
    return postgres.database()


@pytest.fixture
def opened(url) -> Iterator[Callable[..., Catalog]]:
    """Opens the catalog of a collection, again and again."""
    catalogs = []

    def opened(name: str = "paper") -> Catalog:
        catalogs.append(Catalog.open(url, write=True, name=name))
        return catalogs[-1]

    yield opened
    for catalog in catalogs:
        catalog.close()


def found(catalog: Catalog, text: str = "") -> list[str]:
    return sorted(hit.card["title"] for hit in Search(catalog).find(Wanted(text=text)).hits)


def test_collections_of_one_database_are_searched_apart(opened):
    paper, other = opened("paper"), opened("o'ther-1")
    paper.put_article(about(1, "a", title="Ferry"))
    other.put_article(about(1, "a", title="Ferry elsewhere"))
    for catalog in (paper, other):
        SearchWriter(catalog).catch_up()
    assert (found(paper, "ferry"), found(other, "ferry")) == (["Ferry"], ["Ferry elsewhere"])


def test_what_is_written_while_it_is_indexed_is_marked_again(opened):
    """The mark was there already; whoever takes it away has indexed the article as it was before."""
    writer, machine = opened(), opened()
    writer.put_article(about(1, "a", title="Ferry late"))
    changed = about(1, "b", title="Ferry sunk")
    with writer.writing() as connection:
        put_article(connection, changed["url"], changed)
        with machine.writing() as other:
            assert refresh(other) == 0, "it is somebody else's just now"
    assert Search(machine).waiting() == 1
    assert SearchWriter(machine).catch_up() == 1
    assert found(machine) == ["Ferry sunk"]


def test_several_machines_index_what_all_of_them_write(opened):
    def write(machine: int) -> None:
        catalog = opened()
        for step in range(20):
            number = (machine * 7 + step) % 20
            catalog.put_article(about(number, f"{machine}-{number}", title=f"Ferry as {machine} has it"))
            if step % 3 == 0:
                SearchWriter(catalog).catch_up()
        catalog.flush()

    machines = 4
    with ThreadPoolExecutor(machines) as pool:
        list(pool.map(write, range(machines)))
    catalog = opened()
    SearchWriter(catalog).catch_up()
    assert Search(catalog).waiting() == 0
    assert found(catalog, "ferry") == found(catalog) == sorted(item["title"] for item in catalog.articles())


def test_two_who_open_a_new_collection_at_once_make_one_index(opened):
    with ThreadPoolExecutor(4) as pool:
        catalogs = list(pool.map(lambda _: opened("new"), range(4)))
    assert all(Search(catalog).possible for catalog in catalogs)


def test_who_deletes_an_article_by_hand_need_not_think_of_the_search(opened, url):
    catalog = opened()
    catalog.put_article(about(1, "a", title="Ferry"))
    SearchWriter(catalog).catch_up()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        delete_all(connection, "paper")
        assert connection.exec_driver_sql("SHOW search_path").scalar_one() == '"$user", public'
    engine.dispose()
    assert (found(catalog, "ferry"), found(catalog)) == ([], [])


def test_a_schema_that_was_renamed_keeps_to_itself(opened, url):
    old = opened()
    old.put_article(about(1, "a", title="Ferry"))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql('ALTER SCHEMA paper RENAME TO "paper set aside"')
    new = opened()
    new.put_article(about(1, "a", title="Ferry anew"))
    SearchWriter(new).catch_up()
    with engine.begin() as connection:
        delete_all(connection, '"paper set aside"')
    engine.dispose()
    assert (found(new, "ferry"), Search(new).waiting()) == (["Ferry anew"], 0)


def delete_all(connection: sa.Connection, schema: str) -> None:
    for table in ("sightings", "revisions", "articles"):
        connection.exec_driver_sql(f"DELETE FROM {schema}.{table}")
