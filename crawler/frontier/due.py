"""Whether a crawl of a site would ask for anything now."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from crawler.discovery.url import normalised
from crawler.frontier.entry import BUDGET, latest_believed
from crawler.frontier.tables import LEDGER, SOURCES
from crawler.sites import Site


def is_due(connection: sa.Connection, site: Site, now: str) -> bool:
    """Whether a source or a URL of the site is due at that moment, or a source that its file names was never polled."""
    tables = sa.inspect(connection)
    if not (tables.has_table(LEDGER.name) and tables.has_table(SOURCES.name)):
        return True
    url_due = sa.select(LEDGER.c.url).where(LEDGER.c.site == site.name, LEDGER.c.next_look <= now)
    if connection.execute(url_due.limit(1)).first():
        return True
    was_ahead = SOURCES.c.polled > latest_believed(datetime.fromisoformat(now))
    waiting = sa.or_(SOURCES.c.next_poll.is_(None), SOURCES.c.next_poll <= now, was_ahead)
    source_due = sa.select(SOURCES.c.url).where(SOURCES.c.site == site.name, waiting)
    if connection.execute(source_due.limit(1)).first():
        return True
    return not _knows(connection, site.name, (*site.feeds, *site.sitemaps, *site.seeds, *site.sections))


def left_behind(connection: sa.Connection, site: str, *, now: str, before: str) -> tuple[int, str]:
    """How many stories were announced before a moment, are due, and were never asked for; and when the oldest was."""
    is_left = sa.or_(LEDGER.c.state == "pending", LEDGER.c.reason == BUDGET)
    due = (LEDGER.c.site == site, LEDGER.c.next_look <= now)
    query = sa.select(sa.func.count(), sa.func.min(LEDGER.c.first_announced))
    count, oldest = connection.execute(
        query.where(*due, is_left, LEDGER.c.since.is_(None), LEDGER.c.first_announced < before)
    ).one()
    return count, oldest or ""


def _knows(connection: sa.Connection, site: str, named: Iterable[str]) -> bool:
    urls = {normalised(url) for url in named}
    found = sa.select(sa.func.count()).where(SOURCES.c.site == site, SOURCES.c.url.in_(urls))
    return connection.execute(found).scalar_one() == len(urls)
