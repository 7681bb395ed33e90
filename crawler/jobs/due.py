"""Whether a crawl has anything to do. Schedulers of many sites ask that often, so it must cost next to nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from archives.catalog import Catalog
from archives.errors import ArchiveError
from archives.layout import Layout
from crawler.frontier.due import is_due
from crawler.frontier.entry import stamp
from crawler.sites import Site


def anything_due(collection: Path, sites: Sequence[Site], *, database: str | None, now: datetime | None = None) -> bool:
    """Whether a crawl into the collection would ask for anything, if it asks for no more than what is due.

    True, too, where nobody can tell.
    """
    layout = Layout(collection)
    if not layout.exists:
        return True
    moment = stamp(now or datetime.now(UTC))
    try:
        catalog = Catalog.open(database, write=False) if database else Catalog.at(layout.catalog, write=False)
    except ArchiveError:
        return True
    try:
        with catalog.engine.connect() as connection:
            return any(is_due(connection, site, moment) for site in sites)
    finally:
        catalog.close()
