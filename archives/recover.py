"""Repair of a collection whose writer died: what every start of a crawl does, and on request more."""

from collections.abc import Callable, Iterator
from pathlib import Path

from archives.collection import Collection, Done
from archives.errors import StorageFailed
from archives.folders import give_up
from archives.reindex import Forgotten, reindex_all
from archives.store import Store
from archives.stored import Fetched, Stored, Unsent, fetch_unknown, send_all, take_over

PutRight = Done | Stored | Fetched | Unsent
"""Something that was done, or could not be: its text is a line for a person."""


def recover(
    collection_path: Path | str,
    *,
    reindex: bool = False,
    gone: str | None = None,
    database: str | None = None,
    store: str | None = None,
    progress: Callable[[Path], object] = lambda _: None,
) -> tuple[PutRight, ...]:
    """Seal the files of dead writers, cut torn tails at the last whole exchange, index what is whole but unindexed.

    With `reindex` every shard and row is held against the records, and made anew where it is not as they say;
    `progress` is told each file before it is read. `gone` is the mark of another folder of the collection whose disk is
    gone: what was captured there, and is in no store, is forgotten. Sealed files that are not in the `store` yet are
    sent there; with `reindex`, files that are there alone, and that a catalog which was lost knew, come back.
    Refused with `CollectionLocked` while a writer is alive. Returns what was done; empty if there was nothing to do.
    """
    with Collection.open(collection_path, write=True, create=False, database=database) as collection:
        layout, catalog = collection.layout, collection.catalog
        lost = sorted(give_up(catalog, layout, gone) - take_over(layout, catalog, gone)) if gone else ()
        forgotten = [Forgotten(file=name, rows=catalog.of_warc(name).drop_behind(0)) for name in lost]
        place = Store(store).inner(layout.name) if store else None
        fetched = fetch_unknown(place, layout, catalog) if reindex and place else ()
        anew = reindex_all(layout, catalog, progress) if reindex else ()
        sent = _sent(collection, place) if place else ()
        return (*collection.repairs, *forgotten, *fetched, *anew, *sent)


def _sent(collection: Collection, place: Store) -> Iterator[Stored | Unsent]:
    try:
        yield from send_all(place, collection.layout, collection.catalog)
    except StorageFailed as fault:
        yield Unsent(problem=str(fault))
