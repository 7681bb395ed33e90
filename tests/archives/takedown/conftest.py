"""Copies of one collection, to take down from."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.takedown.order import Order, take_down
from tests.archives.takedown.stories import build


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("takedown") / "post"
    build(root)
    return root


@pytest.fixture
def root(built, tmp_path) -> Path:
    """A copy of the collection, to take down from."""
    return shutil.copytree(built, tmp_path / "post")


@pytest.fixture
def take(root) -> Callable:
    """`take(target, action)` on the copy."""

    def call(target: str, action: str, **more):
        with Collection.open(root, write=True, create=False) as collection:
            return take_down(collection, Order(target=target, action=action, who="Ada", reason="asked to", **more))

    return call
