"""Repair of a collection whose writer died: what every start of a crawl does, and on request more."""

from collections.abc import Callable
from pathlib import Path

from archives.collection import Collection, Done
from archives.reindex import reindex_all


def recover(
    collection_path: Path | str,
    *,
    reindex: bool = False,
    database: str | None = None,
    progress: Callable[[Path], object] = lambda _: None,
) -> tuple[Done, ...]:
    """Seal the files of dead writers, cut torn tails at the last whole exchange, index what is whole but unindexed.

    With `reindex` every shard and row is held against the records, and made anew where it is not as they say;
    `progress` is told each file before it is read.
    Refused with `CollectionLocked` while a writer is alive. Returns what was done; empty if there was nothing to do.
    """
    with Collection.open(collection_path, write=True, create=False, database=database) as collection:
        anew = reindex_all(collection.layout, collection.catalog, progress) if reindex else ()
        return (*collection.repairs, *anew)
