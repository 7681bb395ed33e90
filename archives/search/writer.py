"""Catching up with what a crawl commits, without holding it up."""

import time
from collections.abc import Callable

from sqlalchemy import func, select

from archives.catalog import Catalog
from archives.search.index import BATCH, indexed, refresh
from archives.search.tables import stale_table

WAIT = 60.0
"""Seconds after which a few articles are indexed, too."""


class SearchWriter:
    """Catches up for the one writer of a catalog: at once with many articles, with a few once in a while."""

    def __init__(self, catalog: Catalog, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._catalog = catalog
        self._clock = clock
        self._last = clock()
        self._there = indexed(catalog.engine)

    def follow(self) -> None:
        """Index a batch, if it is due; whoever writes calls it now and then."""
        if not self._there:
            return
        with self._catalog.writing() as connection:
            waiting = connection.execute(select(func.count()).select_from(stale_table)).scalar_one()
            if waiting >= BATCH or (waiting and self._clock() - self._last >= WAIT):
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
