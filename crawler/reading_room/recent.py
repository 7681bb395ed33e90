"""The latest changes of a collection, newest first, without reading all that ever happened."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, inspect, select

from archives.history import Cursor
from archives.schema import removals_table, revisions_table
from archives.search.tables import documents_table
from crawler.changes import Kind
from crawler.jobs.changes import changes
from crawler.reading_room.library import Shelf

MOST = 50
"""Changes that are told, and articles whose last one is looked for."""

_documents, _revisions, _removals = documents_table.c, revisions_table.c, removals_table.c


@dataclass(frozen=True, slots=True)
class Recent:
    """A change, and the collection that it was seen in."""

    shelf: Shelf
    told: dict[str, Any]
    """As `newswarc changes` tells it."""


def recent_changes(shelves: Iterable[Shelf], *, site: str | None = None, kind: Kind | None = None) -> list[Recent]:
    """What changed last, the newest first."""
    found = [one for shelf in shelves if shelf.search.possible for one in _of_shelf(shelf, site, kind)]
    return sorted(found, key=lambda one: str(one.told["date"]), reverse=True)[:MOST]


def _of_shelf(shelf: Shelf, site: str | None, kind: Kind | None) -> Iterator[Recent]:
    kinds = (kind,) if kind else ()
    for told in changes(shelf.collection, _before_the_last(shelf, MOST), site=site, kinds=kinds):
        yield Recent(shelf, told)


def _before_the_last(shelf: Shelf, most: int) -> Cursor:
    """The cursor behind which the last changes are."""
    last = select(_documents.id).where(_documents.changed.is_not(None)).order_by(_documents.changed.desc()).limit(most)
    changed = (_revisions.article_id.in_(last.scalar_subquery()), _revisions.revision > 1)
    ends = select(func.max(_revisions.id)).where(*changed).group_by(_revisions.article_id).subquery()
    with shelf.collection.catalog.reading() as connection:
        revision = connection.execute(select(func.min(ends.c[0]))).scalar()
        end = connection.execute(select(func.max(_revisions.id))).scalar() or 0
        has_removals = inspect(connection).has_table(removals_table.name)
        removal = connection.execute(select(func.max(_removals.id))).scalar() if has_removals else 0
    return Cursor(revision=end if revision is None else revision - 1, removal=max(0, (removal or 0) - most))
