"""A URL that was taken down and blocked is not asked for, in whatever form."""

from types import SimpleNamespace

import pytest
from scrapy import Request

from archives.collection import Collection
from archives.takedown.order import Order, take_down
from crawler.capture.blocked import Blocked, TakenDown
from crawler.spiders.outcomes import outcome_of_failure


@pytest.fixture
def blocked(tmp_path) -> Blocked:
    with Collection.open(tmp_path / "post", write=True) as collection:
        take_down(collection, Order(target="https://news.example/story", action="block"))
        take_down(collection, Order(target="https://news.example/free", action="block"))
        take_down(collection, Order(target="https://news.example/free", action="undo"))
    return Blocked(SimpleNamespace(collection=collection))


@pytest.mark.parametrize("url", ["https://news.example/story", "http://www.news.example/story#top"])
def test_refused(blocked, url):
    with pytest.raises(TakenDown) as refusal:
        blocked.process_request(Request(url))
    assert outcome_of_failure(refusal.value) == ("skipped", "taken down")


@pytest.mark.parametrize("url", ["https://news.example/", "https://news.example/free", "https://other.example/story"])
def test_let_through(blocked, url):
    assert blocked.process_request(Request(url)) is None
