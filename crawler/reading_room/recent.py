"""The latest changes of a collection, newest first, without reading all that ever happened."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select

from archives.history import History
from archives.schema import removals_table
from archives.search.wanted import Wanted
from crawler.changes import Kind
from crawler.jobs.changes import change_of, told
from crawler.reading_room.library import Shelf

MOST = 50
"""Changes that are told."""
ARTICLES = 200
"""Articles that are looked at, those that changed last."""

_removals = removals_table.c


@dataclass(frozen=True, slots=True)
class Recent:
    """A change, and the collection that it was seen in."""

    shelf: Shelf
    told: dict[str, Any]
    """As `newswarc changes` tells it."""


def recent_changes(shelves: Iterable[Shelf], wanted: Wanted, kind: Kind | None = None) -> list[Recent]:
    """What changed last in the articles that are wanted, the newest first."""
    found = [one for shelf in shelves for one in _of_shelf(shelf, wanted, kind)]
    return sorted(found, key=lambda one: str(one.told["date"]), reverse=True)[:MOST]


def _of_shelf(shelf: Shelf, wanted: Wanted, kind: Kind | None) -> Iterator[Recent]:
    most = ARTICLES if kind else MOST
    articles = {
        *shelf.search.changed(wanted, most=most),
        *shelf.search.changed(wanted, most=most, among=_removed(shelf, most)),
    }
    for happening in History(shelf.collection.catalog).happenings(articles=articles):
        change = change_of(happening)
        if kind in change.kinds if kind else change.kind not in (None, "reading"):
            yield Recent(shelf, told(happening, change))


def _removed(shelf: Shelf, most: int) -> list[int]:
    """Articles that were seen to be gone, or there again, last."""
    query = select(_removals.article_id).order_by(_removals.id.desc()).limit(most)
    with shelf.collection.catalog.reading() as connection:
        has_removals = inspect(connection).has_table(removals_table.name)
        return list(connection.execute(query).scalars()) if has_removals else []
