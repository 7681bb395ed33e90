"""Catching up with what a crawl commits, without holding it up."""

import time
from collections.abc import Callable

from archives.catalog import Catalog
from archives.search.index import BATCH, indexed, refresh

WAIT = 60.0
"""Seconds between two batches."""


class SearchWriter:
    """Catches up for the one writer of a catalog: a batch a minute while it writes, with all when it ends.

    So one that goes slowly is found in the search at once, and one in a hurry is not held up.
    """

    def __init__(self, catalog: Catalog, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._catalog = catalog
        self._clock = clock
        self._last = clock()
        self._there = indexed(catalog.engine)

    def follow(self) -> None:
        """Index a batch, if it is due; whoever writes calls it now and then."""
        if not self._there or self._clock() - self._last < WAIT:
            return
        with self._catalog.writing() as connection:
            refresh(connection, BATCH)
        self._last = self._clock()

    def catch_up(self) -> int:
        """Index all that is marked; returns how many articles that were."""
        done = 0
        while self._there:
            with self._catalog.writing() as connection:
                some = refresh(connection, BATCH)
            if not some:
                break
            done += some
        return done
