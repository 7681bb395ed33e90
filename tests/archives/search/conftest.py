"""A catalog that articles are put into, and searched for in."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from archives.catalog import Catalog
from archives.search.results import Search
from archives.search.wanted import Wanted
from archives.search.writer import SearchWriter

_names = count(1)


@pytest.fixture(scope="package")
def server(postgres) -> str:
    """One database for all tests: a collection has a schema of its own in it, which is made quicker."""
    return postgres.database()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path) -> tuple[str, str]:
    """The URL of a database, and the name of a collection that is not there yet."""
    name = f"paper{next(_names)}"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/catalog.sqlite", name
    return request.getfixturevalue("server"), name


@pytest.fixture
def catalog(place) -> Iterator[Catalog]:
    """On each kind of database."""
    url, name = place
    opened = Catalog.open(url, write=True, name=name)
    yield opened
    opened.close()


@pytest.fixture
def put(catalog) -> Callable[..., str]:
    """`put(title, body, **fields)`: an article, indexed; returns its address."""
    numbers = count(1)

    def call(title: str, body: str = "", *, index: bool = True, **fields) -> str:
        number = next(numbers)
        url = fields.pop("url", f"http://news.example/{number}")
        capture = {"record_id": f"<urn:x:{number}>", "date": f"2024-06-11T12:{number // 60:02d}:{number % 60:02d}Z"}
        catalog.put_article({"url": url, "site": "evening", "title": title, "body": body, "capture": capture, **fields})
        if index:
            SearchWriter(catalog).catch_up()
        return url

    return call


@pytest.fixture
def found(catalog) -> Callable[..., list[str]]:
    """`found(text, **filters)`: titles, in order."""

    def call(text: str = "", **filters) -> list[str]:
        return [hit.card["title"] for hit in Search(catalog).find(Wanted(text=text, **filters)).hits]

    return call
