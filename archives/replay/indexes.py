"""Indexes of what other machines sent to a store, for pywb, which reads indexes from the disk alone."""

import contextlib
import logging
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from archives.collection import Collection
from archives.errors import ArchiveError
from archives.stored import Stored, fetch_shard, of_others

logger = logging.getLogger(__name__)

LOOK_EVERY = 60.0
"""Seconds until what has come meanwhile is fetched."""


@contextlib.contextmanager
def fetched_indexes(collections: Mapping[str, Collection], folder: Path) -> Iterator[dict[str, Path]]:
    """Name of each collection → a folder with the indexes that others have sent, kept up until the block ends."""
    fetched = {name: _Fetched(collection, folder / name) for name, collection in collections.items()}
    for one in fetched.values():
        one.fetch()
    over = threading.Event()
    thread = threading.Thread(target=_keep_up, args=(list(fetched.values()), over), name="indexes", daemon=True)
    thread.start()
    try:
        yield {name: one.folder for name, one in fetched.items()}
    finally:
        over.set()
        thread.join()


class _Fetched:
    """The folder of one collection."""

    def __init__(self, collection: Collection, folder: Path) -> None:
        self.folder = folder
        self._collection = collection
        self._has: dict[str, Stored] = {}
        self._fault = ""
        folder.mkdir(parents=True)

    def fetch(self) -> None:
        """Fetch what is new or has changed, and remove what is no more; what fails is told, and tried again."""
        layout = self._collection.layout
        try:
            wanted = of_others(self._collection.catalog, layout)
            for name in self._has.keys() - wanted.keys():
                (self.folder / layout.shard_path(name).name).unlink()
                del self._has[name]
            for name, file in wanted.items():
                if self._has.get(name) != file:
                    fetch_shard(file, self.folder / layout.shard_path(name).name)
                    self._has[name] = file
            os.utime(self.folder)  # pywb lists it anew if its times, in whole seconds, are others
        except ArchiveError as fault:
            if str(fault) != self._fault:
                logger.warning("Not all indexes of %s are here: %s", layout.name, fault)
            self._fault = str(fault)


def _keep_up(fetched: list[_Fetched], over: threading.Event) -> None:
    while not over.wait(LOOK_EVERY):
        for one in fetched:
            one.fetch()
