"""Several writers of one catalog on a server: what they find out at once is written once, and in one order."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing

import pytest
import sqlalchemy as sa

from archives.catalog import Catalog
from archives.revisions import put_article
from archives.schema import revisions_table
from archives.tracking import untracked
from tests.archives.test_catalog import item

WRITERS = 4


@pytest.fixture
def opened(postgres) -> Iterator[Callable[[], Catalog]]:
    """Opens the same catalog, again and again."""
    url, catalogs = postgres.database(), []

    def opened() -> Catalog:
        catalogs.append(Catalog.open(url, write=True, name="paper"))
        return catalogs[-1]

    yield opened
    for catalog in catalogs:
        catalog.close()


def about(number: int, record: str, **changes) -> dict:
    capture = {"record_id": f"<urn:x:{record}>", "date": "2024-06-11T12:00:00Z"}
    return item(0, url=f"http://news.example/{number}", capture=capture, **changes)


def test_an_article_that_two_found_at_once_is_there_once(opened):
    one, other = opened(), opened()
    assert one.take_article(about(1, "a")) == other.take_article(about(1, "b")) == (1, True)
    one.flush()
    other.flush()
    assert [(found["url"], found["revision"]) for found in one.articles(latest=False)] == [("http://news.example/1", 1)]
    assert (one.sighting("<urn:x:a>"), one.sighting("<urn:x:b>")) == ((1, True), (1, False))


def test_an_article_that_two_saw_change_at_once_has_both_revisions(opened):
    one, other = opened(), opened()
    one.take_article(about(1, "a"))
    other.take_article(about(1, "b", title="Ferry on time"))
    other.take_article(about(2, "c"))
    one.flush()
    other.flush()
    found = [(item["url"][-1], item["title"], item["revision"]) for item in one.articles(latest=False)]
    assert sorted(found) == [("1", "Ferry late", 1), ("1", "Ferry on time", 2), ("2", "Ferry late", 1)]


def test_many_write_about_the_same_articles(opened):
    """Each in an order of its own, and each of another text: every one is a revision, and no number is given twice."""

    def write(writer: int) -> None:
        catalog = opened()
        for number in [(writer * 7 + step) % 20 for step in range(20)]:
            catalog.take_article(about(number, f"{writer}-{number}", title=f"As {writer} has it"))
        catalog.flush()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with closing(opened()) as catalog:
        assert catalog.count_articles() == 20
        given = Counter((item["url"], item["revision"]) for item in catalog.articles(latest=False))
    assert given == {(f"http://news.example/{n}", r + 1): 1 for n in range(20) for r in range(WRITERS)}


def test_who_follows_the_revisions_by_their_ids_misses_none(opened):
    """A revision that has its id and is not committed yet keeps later ones from being committed before it."""
    slow, quick, reader = opened(), opened(), opened()
    ids = sa.select(revisions_table.c.id).order_by(revisions_table.c.id)
    with ThreadPoolExecutor(1) as pool:
        with slow.writing() as connection:
            first = about(1, "a")
            put_article(connection, untracked(first["url"]), first)
            begun = pool.submit(quick.put_article, about(2, "b"))
            assert wait([begun], timeout=0.3).not_done
            with reader.reading() as looking:
                assert looking.execute(ids).scalars().all() == []
        assert begun.result(timeout=30) == (1, True)
    assert [found["url"][-1] for found in reader.articles()] == ["1", "2"]
