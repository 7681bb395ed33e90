"""The ledger for who only reads it."""

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from crawler.frontier.entry import Entry
from crawler.frontier.tables import ANNOUNCEMENTS, LEDGER, entry_column, ledger_columns


def read_entries(
    engine: sa.Engine,
    site: str | None = None,
    *,
    urls: Collection[str] | None = None,
    stories: Collection[str] | None = None,
) -> Iterator[Entry]:
    """Rows of the ledger by URL: all, or those of a site, of some URLs and variants, of some stories.

    Nothing if the collection was never crawled into.
    """
    if not sa.inspect(engine).has_table(LEDGER.name):
        return
    query = sa.select(*ledger_columns(engine)).order_by(LEDGER.c.url)
    if site is not None:
        query = query.where(LEDGER.c.site == site)
    if urls is not None:
        of_variants = sa.select(entry_column(engine)).where(ANNOUNCEMENTS.c.url.in_(urls))
        query = query.where(sa.or_(LEDGER.c.url.in_(urls), LEDGER.c.url.in_(of_variants)))
    if stories is not None:
        query = query.where(LEDGER.c.story.in_(stories))
    with engine.connect() as connection:
        for row in connection.execute(query):
            yield Entry(**row._asdict())


def read_addresses(engine: sa.Engine, urls: Collection[str]) -> dict[str, list[str]]:
    """URL that a row goes by → under which addresses its story was announced, or is found, those known first first."""
    found: dict[str, list[str]] = {url: [url] for url in urls}
    if not sa.inspect(engine).has_table(ANNOUNCEMENTS.name):
        return found
    entry = entry_column(engine)
    query = sa.select(ANNOUNCEMENTS.c.url, entry.label("entry")).where(entry.in_(urls))
    with engine.connect() as connection:
        for url, lead in connection.execute(query.order_by(ANNOUNCEMENTS.c.first_announced, ANNOUNCEMENTS.c.url)):
            if url not in found[lead]:
                found[lead].append(url)
    return found
