"""What is asked for again once captures are lost: the articles of which no payload is left, and nothing else."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archives.catalog import Catalog
from crawler.discovery import Announced
from crawler.frontier import Frontier
from crawler.frontier.losses import ask_for_lost
from tests.archives.test_catalog import capture

NOW = datetime(2024, 6, 11, 12, tzinfo=UTC)
KEPT, LOST, REPEATED, SKIPPED, MOVED = (f"https://n.example/2024/06/11/story-{name}-of-today" for name in "abcde")


@pytest.fixture
def catalog(database):
    with closing(Catalog.open(database, write=True)) as opened:
        yield opened


def test_articles_without_a_payload_are_asked_for_again(catalog):
    ledger = Frontier(catalog.engine, site="n")
    ledger.announce([Announced(url=url, kind="feed") for url in (KEPT, LOST, REPEATED, SKIPPED, MOVED)], source="x")
    for url in (KEPT, LOST, REPEATED, MOVED):
        ledger.settle(url, "captured", seen=True, changed=True)
    ledger.settle(SKIPPED, "skipped", "no article", seen=True)
    ledger.flush()
    kept = capture(1, KEPT, warc="here.warc.gz")
    lost = capture(2, LOST, warc="gone.warc.gz")
    repeats = replace(capture(3, REPEATED, warc="here.warc.gz"), kind="revisit", refers_to=lost.record_id)
    elsewhere = [capture(number, MOVED, warc=f"{name}.warc.gz") for number, name in ((4, "here"), (5, "gone"))]
    for one in (kept, lost, repeats, *elsewhere, capture(6, SKIPPED, warc="gone.warc.gz")):
        catalog.add(one)
    catalog.flush()
    assert ask_for_lost(catalog.engine, NOW) == 0
    catalog.of_warc("gone.warc.gz").drop_behind(0)
    assert ask_for_lost(catalog.engine, NOW) == 2
    assert ask_for_lost(catalog.engine, NOW) == 0
    again = Frontier(catalog.engine, site="n")
    assert set(again.due()) >= {LOST, REPEATED}
    states = {entry.url: (entry.state, entry.last_seen is None) for entry in again.entries()}
    assert states[LOST] == states[REPEATED] == ("pending", True)
    assert states[KEPT] == states[MOVED] == ("captured", False)
    assert states[SKIPPED] == ("skipped", False)


def test_a_catalog_without_a_ledger_asks_for_nothing(catalog):
    assert ask_for_lost(catalog.engine, NOW) == 0
