"""Exchanges, a clock that stands still, record ids that count, and a collection that uses them."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.exchange import Exchange, message
from archives.writing import Writing

NOON = datetime(2024, 6, 11, 12, 0, 0, 250000, tzinfo=UTC)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    return lambda: NOON


@pytest.fixture
def ids() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"<urn:uuid:00000000-0000-4000-8000-{next(numbers):012d}>"


@pytest.fixture
def exchange() -> Callable[..., Exchange]:
    """An exchange by its body; `head` is status line and headers without the blank line, `response` replaces all."""

    def make(
        url: str = "http://news.example/story",
        body: bytes = b"<p>Ferry late again</p>",
        *,
        head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8",
        response: bytes | None = None,
        **more,
    ) -> Exchange:
        more.setdefault("started", NOON)
        more.setdefault("request", b"GET /story HTTP/1.1\r\nHost: news.example\r\n\r\n")
        whole = head + b"\r\n\r\n" + body if response is None else response
        return Exchange(url=url, response=message(whole), **more)

    return make


@pytest.fixture
def collection(tmp_path: Path, clock, ids) -> Iterator[Collection]:
    """A collection that is open for writing."""
    with Collection.open(tmp_path / "evening-post", write=Writing(now=clock, new_id=ids)) as opened:
        yield opened
