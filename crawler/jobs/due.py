"""Whether a crawl has anything to do. Schedulers of many sites ask that often, so it must cost next to nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from archives.collection import catalog_of
from archives.database import is_server
from archives.errors import ArchiveError
from archives.layout import Layout
from crawler.frontier.due import is_due
from crawler.frontier.entry import stamp
from crawler.sites import Site


def anything_due(collection: Path, sites: Sequence[Site], *, database: str | None, now: datetime | None = None) -> bool:
    """Whether a crawl into the collection would ask for anything, if it asks for no more than what is due.

    True, too, where nobody can tell.
    """
    moment = stamp(now or datetime.now(UTC))
    try:
        with opened_ledger(collection, database) as connection:
            return connection is None or any(is_due(connection, site, moment) for site in sites)
    except (ArchiveError, SQLAlchemyError):
        return True


@contextmanager
def opened_ledger(collection: Path, database: str | None) -> Iterator[sa.Connection | None]:
    """A connection to the ledger of a collection, for reading; None, where there is none."""
    layout = Layout(collection)
    if not (layout.exists or (database and is_server(database))):
        yield None
        return
    catalog = catalog_of(layout, database, write=False)
    try:
        with catalog.engine.connect() as connection:
            yield connection
    finally:
        catalog.close()
