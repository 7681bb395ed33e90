"""The ledger for who only reads it."""

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from crawler.frontier.entry import Entry
from crawler.frontier.tables import LEDGER, ledger_columns


def read_entries(
    engine: sa.Engine,
    site: str | None = None,
    *,
    urls: Collection[str] | None = None,
    stories: Collection[str] | None = None,
) -> Iterator[Entry]:
    """Rows of the ledger by URL: all, or those of a site, of some URLs, of some stories.

    Nothing if the collection was never crawled into.
    """
    if not sa.inspect(engine).has_table(LEDGER.name):
        return
    query = sa.select(*ledger_columns(engine)).order_by(LEDGER.c.url)
    if site is not None:
        query = query.where(LEDGER.c.site == site)
    for column, wanted in ((LEDGER.c.url, urls), (LEDGER.c.story, stories)):
        if wanted is not None:
            query = query.where(column.in_(wanted))
    with engine.connect() as connection:
        for row in connection.execute(query):
            yield Entry(**row._asdict())
