"""Takedowns of a collection whose catalog is on a server do what they do in a folder."""

import json

import pytest

from archives.collection import Collection
from archives.takedown.order import Order, take_down
from archives.verify import verify
from tests.archives.takedown.stories import STORY, build


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
    lines = [json.loads(line) for path in (root / "items").iterdir() for line in path.read_text().splitlines()]
    return captures, payloads, articles, sorted((line["url"], line["body"], line["revision"]) for line in lines)


@pytest.mark.parametrize("actions", [(), ("hide",), ("block",), ("hide", "undo"), ("purge",), ("hide", "purge")])
def test_what_is_left_is_the_same(state, actions):
    in_folder, on_server = state(*actions)
    assert in_folder == on_server
