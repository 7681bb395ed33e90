"""Articles handed over bit by bit: nothing is lost, nothing comes twice, whoever writes meanwhile."""

import json
import random
import threading
from contextlib import closing
from itertools import pairwise

import pytest
from sqlalchemy import delete, insert

from archives.catalog import Catalog
from archives.errors import StorageFailed
from archives.handover import PAGE, check_cursor, handed_over, newest, sites_of
from archives.revisions import put_articles
from archives.schema import articles_table, revisions_table


@pytest.fixture
def catalog(database):
    with closing(Catalog.open(database, write=True)) as opened:
        yield opened


def item(url: str, capture: int, *, site: str | None = "evening", title: str = "Ferry late") -> dict:
    capture = {"record_id": f"<urn:x:{capture}>", "date": f"2024-06-11T12:{capture // 60:02d}:{capture % 60:02d}Z"}
    return {"url": f"http://news.example/{url}", "site": site, "title": title, "capture": capture, "revision": 1}


def came(catalog: Catalog, since: int, until: int, **wanted) -> list[tuple[str, int]]:
    """Path and revision of what is handed over, in its order."""
    items = [json.loads(text) for page in handed_over(catalog, since, until, **wanted) for text in page]
    return [(one["url"].rpartition("/")[2], one["revision"]) for one in items]


@pytest.mark.parametrize("seed", range(3))
def test_increments_are_the_whole_and_each_revision_is_in_one(catalog, seed):
    chance, cursors, numbers = random.Random(seed), [0], range(60)
    for number in numbers:
        catalog.put_article(item(chance.choice("abcde"), number, title=f"Headline {number}"))
        if chance.random() < 0.2:
            cursors.append(newest(catalog))
    cursors.append(newest(catalog))
    spans = list(pairwise(cursors))
    increments = [one for since, until in spans for one in came(catalog, since, until, latest=False)]
    assert increments == came(catalog, 0, newest(catalog), latest=False)
    assert len(set(increments)) == len(increments) == len(numbers)
    latest: dict[str, int] = {}
    for since, until in spans:
        latest.update(came(catalog, since, until))
    assert latest == dict(came(catalog, 0, newest(catalog)))


def test_what_comes_while_an_export_runs_is_left_to_the_next(catalog):
    """An article that changes meanwhile is in both, as what it was and as what it is."""
    catalog.put_article(item("a", 1))
    until = newest(catalog)
    catalog.put_article(item("a", 2, title="Ferry on time"))
    catalog.put_article(item("b", 3))
    assert came(catalog, 0, until) == [("a", 1)]
    assert came(catalog, until, newest(catalog)) == [("a", 2), ("b", 1)]


def test_more_than_a_page(catalog):
    count = 2 * PAGE + 1
    rows = [item(str(number), 0) for number in range(count)]
    articles = [{"url": one["url"], "site": "evening", "revision": 1, "digest": ""} for one in rows]
    with catalog.writing() as connection:
        made = connection.execute(insert(articles_table).returning(articles_table.c.id, articles_table.c.url), articles)
        numbers = {row.url: row.id for row in made}
        revisions = [
            {"article_id": numbers[one["url"]], "revision": 1, "date": "", "item": json.dumps(one)} for one in rows
        ]
        connection.execute(insert(revisions_table), revisions)
    pages = list(handed_over(catalog, 0, newest(catalog)))
    assert [len(page) for page in pages] == [PAGE, PAGE, 1]
    assert [json.loads(text) for page in pages for text in page] == rows


def test_one_site(catalog):
    for number, site in enumerate(("evening", None, "morning", "evening")):
        catalog.put_article(item(str(number), number, site=site))
    assert came(catalog, 0, newest(catalog), site="evening") == [("0", 1), ("3", 1)]
    assert came(catalog, 0, newest(catalog), site="night") == []
    assert sites_of(catalog) == ["evening", "morning"]


def test_a_cursor_holds_though_the_last_rows_are_gone(catalog):
    for number in range(3):
        catalog.put_article(item(str(number), number))
    cursor = newest(catalog)
    with catalog.writing() as connection:
        connection.execute(delete(revisions_table).where(revisions_table.c.id == cursor))
    assert newest(catalog) == cursor
    catalog.put_article(item("3", 3))
    assert came(catalog, cursor, newest(catalog)) == [("3", 1)]


def test_a_cursor_of_another_catalog_is_told(catalog):
    catalog.put_article(item("a", 1))
    check_cursor(1, newest(catalog))
    with pytest.raises(StorageFailed, match="--since 2: the catalog has given no cursor behind 1: it was made anew"):
        check_cursor(2, newest(catalog))


def test_an_empty_catalog(catalog):
    assert newest(catalog) == 0
    assert came(catalog, 0, 0) == []


def test_a_number_that_is_given_and_not_committed_is_waited_for(postgres):
    """A cursor behind it would lose its article."""
    database = postgres.database()
    with closing(Catalog.open(database, write=True)) as catalog:
        found: list[int] = []
        looking = threading.Thread(target=lambda: found.append(newest(catalog)))
        with catalog.engine.begin() as connection:
            put_articles(connection, {"http://news.example/a": item("a", 1)})
            looking.start()
            looking.join(0.3)
            assert found == []
        looking.join(20)
        assert came(catalog, 0, *found) == [("a", 1)]
