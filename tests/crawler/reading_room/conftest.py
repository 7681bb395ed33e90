"""A newspaper that was crawled while stories changed, and then stopped; and the reading room over it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from crawler.reading_room import Library, Room, make_app
from crawler.reading_room.room import ReplayElsewhere
from crawler.sites import load_sites
from tests.support.crawled import Crawled, crawl_newsroom

REPLAY = "http://127.0.0.1:9"
"""Where nobody replays anything: pages only name it."""


@pytest.fixture(scope="session")
def crawled(tmp_path_factory) -> Crawled:
    return crawl_newsroom(tmp_path_factory.mktemp("room"))


@pytest.fixture(scope="session")
def sites(crawled):
    return load_sites(str(crawled.folder / "sites"))


@pytest.fixture(scope="session")
def client(crawled, sites) -> Iterator[TestClient]:
    """Asks the reading room over the crawled newspaper; captures are said to be replayed somewhere."""
    with closing(Library.open([crawled.collection], sites=sites)) as library:
        yield TestClient(make_app(Room(library=library, replay=ReplayElsewhere(REPLAY))), follow_redirects=False)


@pytest.fixture
def room_over(sites) -> Iterator[Callable[..., TestClient]]:
    """`room_over(*collections, token=…)`: asks a reading room over other collections."""
    opened = []

    def call(*paths: Path, **options) -> TestClient:
        opened.append(Library.open(paths, sites=sites))
        return TestClient(make_app(Room(library=opened[-1], **options)), follow_redirects=False)

    yield call
    for library in opened:
        library.close()


def at(path: str, **query: str) -> str:
    """An address; `in_` stands for `in`."""
    return path + "?" + "&".join(f"{name.rstrip('_')}={quote(str(value), safe='')}" for name, value in query.items())


def item_with(crawled: Crawled, wanted: Callable[[dict], bool]) -> dict:
    return next(item for item in crawled.items() if wanted(item))
