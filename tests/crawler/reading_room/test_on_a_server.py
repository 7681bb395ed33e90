"""The reading room and `newswarc search` over a catalog on a server."""

import json
import re
from contextlib import ExitStack, closing

import pytest
from fastapi.testclient import TestClient
from schemathesis import GenerationMode

from archives.collection import Collection
from crawler.jobs.indexing import catch_up
from crawler.reading_room import Library, Room, make_app
from tests.archives.takedown.stories import STORY, at, build, item_of
from tests.crawler.reading_room.test_pages import PAGES
from tests.crawler.reading_room.test_programs import ask, operations
from tests.support.commands import run

FERRY = {
    "title": "Ferry late again",
    "authors": [{"name": "Ada Lovelace", "url": None, "kind": "person"}],
    "tags": ["Harbour"],
    "section": "City",
    "language": "en",
    "date_published": "2024-06-10T23:30:00-05:00",
}
FILTERS = (
    {},
    {"q": "story"},
    {"q": "garden", "sort": "date"},
    {"q": '"secret garden" -corrected'},
    {"q": "title:ferry author:lovelace"},
    {"since": "2024-06-11", "until": "2024-06-11", "language": "en"},
    {"q": "story", "site": "no\2where", "tag": "\1"},
)


def make(root, database=None):
    """Some stories, of which one is well described; they are indexed."""
    build(root, database=database)
    with Collection.open(root, write=True, database=database) as collection:
        body = b"<p>The harbour ferry was late</p>"
        capture = collection.archive(at(9, "http://news.example/ferry", body))
        collection.catalog.put_article({**item_of(capture, body), **FERRY})
    assert catch_up(root, database) is None


@pytest.fixture(scope="module")
def served(postgres, tmp_path_factory):
    """A folder in which a collection is whose catalog is on a server, and the database's URL."""
    folder, url = tmp_path_factory.mktemp("served"), postgres.database()
    make(folder / "collections" / "post", url)
    return folder, url


@pytest.fixture(scope="module")
def rooms(served, tmp_path_factory):
    """The reading room over it, and over one that is the same with SQLite."""
    folder, url = served
    embedded = tmp_path_factory.mktemp("embedded") / "post"
    make(embedded)
    with ExitStack() as stack:
        libraries = [
            stack.enter_context(closing(Library.open([root], sites={}, database=database)))
            for root, database in ((folder / "collections" / "post", url), (embedded, None))
        ]
        yield [TestClient(make_app(Room(library=library)), follow_redirects=False) for library in libraries]


@pytest.mark.parametrize("path", [*PAGES, "/search?q=garden", "/search?tag=harbour", f"/article?url={STORY}"])
def test_pages_are_there(rooms, path):
    on_server, embedded = (room.get(path) for room in rooms)
    assert on_server.status_code == 200
    assert len(on_server.text) == pytest.approx(len(embedded.text), rel=0.02)


@pytest.mark.parametrize("asked", FILTERS, ids=str)
def test_the_same_is_found_as_over_sqlite(rooms, asked):
    on_server, embedded = (room.get("/api/search", params={**asked, "most": 100}).json() for room in rooms)
    assert on_server["total"] == embedded["total"]
    for fields in (("url", "title"), ("url", "snippet")):
        here, there = (sorted([hit[name] for name in fields] for hit in one["hits"]) for one in (on_server, embedded))
        assert here == there


def test_nothing_that_is_asked_is_a_fault_of_the_server(rooms):
    """Whatever the OpenAPI document allows, and a NUL, which PostgreSQL has no place for."""
    on_server, _ = rooms
    for operation in operations(on_server):
        assert ask(on_server, operation, GenerationMode.POSITIVE)
        path = re.sub(r"\{\w+\}", "x", operation.path)
        assert on_server.get(f"{path}?url=%00&record=%00&q=%00&site=%00").status_code == 400
    assert on_server.get("/api/changes?since=999999999999999999.999999999999999999").json() == []


def test_the_command_finds_it(served):
    folder, url = served
    said = run(folder, "newswarc", "search", "post", '"harbour ferry" tag:harbour', "--json", NEWSWARC_DATABASE=url)
    assert said.status == 0, said.err
    (hit,) = json.loads(said.out)["hits"]
    assert (hit["title"], hit["snippet"]) == (FERRY["title"], "<p>The harbour ferry was late</p>")
