"""The changes of a collection's articles as a feed, to be followed with a cursor."""

from collections.abc import Collection as Collected
from collections.abc import Iterator
from typing import Any

from archives.collection import Collection
from archives.history import Cursor, Happening, History
from crawler.changes import Change, Kind, compare


def changes(
    collection: Collection, since: Cursor, *, site: str | None = None, kinds: Collected[Kind] = ()
) -> Iterator[dict[str, Any]]:
    """What changed after a cursor, as plain data; of some kinds only, if any are named.

    Where the same bytes are merely read otherwise nobody changed anything: that is told only to who asks for it.
    """
    for happening in History(collection.catalog).happenings(since, site=site):
        change = change_of(happening)
        if set(change.kinds) & set(kinds) if kinds else change.kind not in (None, "reading"):
            yield told(happening, change)


def change_of(happening: Happening) -> Change:
    """What changed, and what kind of change it is; none where catalogs of old took something else for a change."""
    if happening.before is not None:
        return compare(happening.before, happening.item)
    return Change(kinds=("restored" if happening.removed is None else "removed",), fields=())


def told(happening: Happening, change: Change) -> dict[str, Any]:
    """One line of the feed."""
    item = happening.item
    return {
        "cursor": str(happening.cursor),
        "date": happening.date,
        "site": happening.article.site,
        "url": happening.article.url,
        "title": item.get("title"),
        "revision": item.get("revision"),
        "record_id": happening.record_id,
        "reason": happening.removed,
        **change.as_json(),
    }
