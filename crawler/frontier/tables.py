"""Tables of the ledger, which lie beside the catalog's in its database, and what is asked of them after a crawl."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from archives.database import add_missing_columns, preparing

_BATCH = 500
METADATA = sa.MetaData()
LEDGER = sa.Table(
    "frontier",
    METADATA,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("story", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("date", sa.Text),
    sa.Column("first_announced", sa.Text, nullable=False),
    sa.Column("last_announced", sa.Text, nullable=False),
    sa.Column("last_seen", sa.Text),
    sa.Column("next_look", sa.Text),
    sa.Column("looks", sa.Integer, nullable=False),
    sa.Column("since", sa.Text),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Index("frontier_story", "story"),
    sa.Index("frontier_next_look", "site", "next_look"),
)
ANNOUNCEMENTS = sa.Table(
    "announcements",
    METADATA,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("date", sa.Text),
    sa.Column("first_announced", sa.Text, nullable=False),
    sa.Column("last_announced", sa.Text, nullable=False),
)
SOURCES = sa.Table(
    "sources",
    METADATA,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("parent", sa.Text),
    sa.Column("lastmod", sa.Text),
    sa.Column("found", sa.Text, nullable=False),
    sa.Column("polled", sa.Text),
    sa.Column("next_poll", sa.Text),
    sa.Column("interval", sa.Float, nullable=False),
    sa.Column("announced", sa.Integer, nullable=False),
    sa.Column("known", sa.Integer, nullable=False),
    sa.Column("peak", sa.Float, nullable=False),
    sa.Column("news", sa.Text),
    sa.Column("lull", sa.Float, nullable=False, server_default="0"),
    sa.Column("lulls", sa.Integer, nullable=False, server_default="0"),
    sa.Column("digest", sa.Text),
    sa.Column("validator", sa.Text),
    sa.Column("honesty", sa.Text, nullable=False),
    sa.Column("confirmations", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("problem", sa.Text),
    sa.Column("dead", sa.Text),
    sa.Column("overflows", sa.Integer, nullable=False),
    sa.Column("overflowed", sa.Text),
    sa.Index("sources_next_poll", "site", "next_poll"),
)
HOSTS = sa.Table(
    "distrusted_hosts",
    METADATA,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
)


def has_ledger(connection: sa.Connection) -> bool:
    """Whether anything was ever crawled into the database."""
    return bool(sa.inspect(connection).has_table(LEDGER.name))


def counts_by_state(connection: sa.Connection, site: str | None = None) -> dict[Any, int]:
    """How many URLs of a site, or of all, are in which state."""
    query = sa.select(LEDGER.c.state, sa.func.count()).group_by(LEDGER.c.state).order_by(LEDGER.c.state)
    which = query if site is None else query.where(LEDGER.c.site == site)
    return {row[0]: row[1] for row in connection.execute(which)}


def first_announcements(connection: sa.Connection, urls: Sequence[str]) -> dict[str, sa.Row[Any]]:
    """URL → who announced it first: `source` and `kind`, and the `site` that it is of; without those nobody did."""
    query = (
        sa.select(ANNOUNCEMENTS.c.url, ANNOUNCEMENTS.c.source, ANNOUNCEMENTS.c.kind, LEDGER.c.site)
        .join_from(ANNOUNCEMENTS, LEDGER, LEDGER.c.url == ANNOUNCEMENTS.c.url)
        .order_by(ANNOUNCEMENTS.c.first_announced.desc())
    )
    found: dict[str, sa.Row[Any]] = {}
    for start in range(0, len(urls), _BATCH):
        some = query.where(ANNOUNCEMENTS.c.url.in_(urls[start : start + _BATCH]))
        found |= {row.url: row for row in connection.execute(some)}
    return found


def prepare(engine: sa.Engine) -> None:
    """Make the tables that are missing, and in tables of old the columns that are."""
    with preparing(engine) as connection:
        METADATA.create_all(connection)
        for table in (LEDGER, SOURCES):
            add_missing_columns(connection, table)


def ledger_columns(engine: sa.Engine) -> list[sa.ColumnElement[Any]]:
    """What to select of a ledger that is only read: columns that one of old has not are null, or 0."""
    there = {column["name"] for column in sa.inspect(engine).get_columns(LEDGER.name)}
    return [column if column.name in there else _absent(column) for column in LEDGER.columns]


def _absent(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    value = sa.null() if column.nullable else sa.literal(0)
    return value.label(column.name)
