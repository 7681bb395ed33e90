"""What is extracted and packed of a collection in several folders: what is in the folder, and no word of the rest."""

from datetime import UTC, datetime

import pytest

from archives.collection import Collection
from archives.exchange import Exchange, message
from archives.wacz.pack import pack
from crawler.capture import capture_ref
from crawler.extraction import extract
from crawler.items import Article, as_item
from crawler.jobs.extract import pages_of_collection
from tests.support.paper import article as page

DAY = "http://paper.example/2031/03/02"


@pytest.fixture
def folders(postgres, tmp_path):
    """A database, and two folders with a story each; the second repeats the first one's page, too."""
    database = postgres.database()
    paths = [tmp_path / name / "paper" for name in ("one", "two")]
    for path, stories in zip(paths, [("a",), ("b", "a")], strict=True):
        with Collection.open(path, write=True, database=database) as collection:
            for story in stories:
                url, body = f"{DAY}/story-{story}-of-{path.parent.name}", page(f"/story-{story}")
                answer = message(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body)
                asked = b"GET / HTTP/1.1\r\n\r\n"
                made = collection.archive(Exchange(url=url, started=datetime.now(UTC), request=asked, response=answer))
                found = extract(body, url, "text/html")
                assert isinstance(found, Article)
                collection.catalog.put_article({**as_item(found), "capture": as_item(capture_ref(made))})
    return database, paths


def test_pages_are_those_of_the_folder(folders):
    database, (one, two) = folders
    found = [[page.url for page in pages_of_collection(path, pytest.fail, database)] for path in (one, two)]
    assert found == [[f"{DAY}/story-a-of-one"], [f"{DAY}/story-b-of-two"]]


def test_a_package_has_the_pages_of_the_folder(folders, tmp_path):
    database, (one, two) = folders
    packed = []
    for path in (one, two):
        with Collection.open(path, database=database) as collection:
            packed.append(pack(collection, tmp_path / f"{path.parent.name}.wacz"))
    assert [(one.pages, one.captures) for one in packed] == [(1, 1), (2, 2)]
