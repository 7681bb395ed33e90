"""A takedown in all parts of a collection: the archive's, and what the ledger has of the page's content."""

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from archives.collection import Collection
from archives.takedown.order import Order, Taken, take_down
from crawler.frontier.tables import ANNOUNCEMENTS, entry_column
from crawler.jobs.reread import item_of
from crawler.sites import Site


def carry_out(path: Path, order: Order, sites: Mapping[str, Site], *, database: str | None = None) -> Taken:
    """Carry an order out in the collection in a folder; ArchiveError, e.g. while a crawl is at work."""
    with Collection.open(path, write=True, create=False, database=database) as collection:
        if order.action == "purge" and order.record_id is None:
            forget_titles(collection.catalog.engine, order.url)
        return take_down(collection, order, item_of=lambda capture, site: item_of(collection, capture, sites.get(site)))


def forget_titles(engine: sa.Engine, url: str) -> None:
    """Drop the titles under which feeds announced a story, by any of its URLs; that it was announced stays known."""
    if sa.inspect(engine).has_table(ANNOUNCEMENTS.name):
        entry = entry_column(engine)
        rows = sa.select(entry).where(ANNOUNCEMENTS.c.url == url)
        with engine.begin() as connection:
            of_story = sa.or_(entry == url, entry.in_(connection.execute(rows).scalars().all()))
            connection.execute(sa.update(ANNOUNCEMENTS).where(of_story).values(title=None))
