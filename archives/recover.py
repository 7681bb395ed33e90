"""Repair of a collection whose writer died: what every start of a crawl does, as a step of its own."""

from pathlib import Path

from archives.collection import Collection
from archives.repair import Repair


def recover(collection_path: Path | str, *, database: str | None = None) -> tuple[Repair, ...]:
    """Seal the files of dead writers, cut torn tails at the last whole exchange, index what is whole but unindexed.

    Refused with `CollectionLocked` while a writer is alive. Empty if there was nothing to repair.
    """
    with Collection.open(collection_path, write=True, create=False, database=database) as collection:
        return collection.repairs
