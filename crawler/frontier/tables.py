"""Tables of the ledger, which lie beside the catalog's in its database, and what is asked of them after a crawl."""

from collections.abc import Mapping, Sequence
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
    sa.Index("frontier_story", "story").ddl_if(dialect="sqlite"),
    sa.Index("frontier_by_story", "story", postgresql_using="hash").ddl_if(dialect="postgresql"),  # whatever its length
    sa.Index("frontier_next_look", "site", "next_look"),
)
ANNOUNCEMENTS = sa.Table(
    "announcements",
    METADATA,
    sa.Column("url", sa.Text),
    sa.Column("source", sa.Text),
    sa.PrimaryKeyConstraint("url", "source").ddl_if(dialect="sqlite"),
    sa.Column("entry", sa.Text, nullable=False, server_default=""),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("date", sa.Text),
    sa.Column("first_announced", sa.Text, nullable=False),
    sa.Column("last_announced", sa.Text, nullable=False),
    sa.Index("announcements_entry", "entry"),
)
"""Who announced an address, and the address that the story's row in the ledger goes by: its own, or it is a variant."""
ANNOUNCEMENTS_KEY = sa.Index(
    "announcements_key", ANNOUNCEMENTS.c.url, sa.func.md5(ANNOUNCEMENTS.c.source), unique=True
).ddl_if(dialect="postgresql")
"""The primary key for PostgreSQL, whose B-trees take no more than 2,704 bytes: two addresses may have more."""
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
TIMES = sa.Table(
    "look_times",
    METADATA,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("after", sa.Text, nullable=False),
)
"""By which times a site's further looks were planned last."""
HOSTS = sa.Table(
    "distrusted_hosts",
    METADATA,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
)

_OF_NO_ROW = ANNOUNCEMENTS.c.entry == ""


def has_ledger(connection: sa.Connection) -> bool:
    """Whether anything was ever crawled into the database."""
    return bool(sa.inspect(connection).has_table(LEDGER.name))


def counts_by_state(connection: sa.Connection, site: str | None = None) -> dict[Any, int]:
    """How many stories of a site, or of all, are in which state."""
    query = sa.select(LEDGER.c.state, sa.func.count()).group_by(LEDGER.c.state).order_by(LEDGER.c.state)
    which = query if site is None else query.where(LEDGER.c.site == site)
    return {row[0]: row[1] for row in connection.execute(which)}


def first_announcements(connection: sa.Connection, urls: Sequence[str]) -> dict[str, sa.Row[Any]]:
    """URL → who announced it first: `source` and `kind`, and the `site` that it is of; without those nobody did."""
    query = (
        sa.select(ANNOUNCEMENTS.c.url, ANNOUNCEMENTS.c.source, ANNOUNCEMENTS.c.kind, LEDGER.c.site)
        .join_from(ANNOUNCEMENTS, LEDGER, LEDGER.c.url == entry_column(connection))
        .order_by(ANNOUNCEMENTS.c.first_announced.desc())
    )
    found: dict[str, sa.Row[Any]] = {}
    for start in range(0, len(urls), _BATCH):
        some = query.where(ANNOUNCEMENTS.c.url.in_(urls[start : start + _BATCH]))
        found |= {row.url: row for row in connection.execute(some)}
    return found


def prepare(engine: sa.Engine) -> None:
    """Make the tables that are missing, and bring those of old up to date: wholly, or not at all."""
    with preparing(engine) as connection:
        if _is_whole(connection):
            return
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # or each change of a table would be a transaction of its own
        METADATA.create_all(connection)
        for table in METADATA.sorted_tables:
            add_missing_columns(connection, table)
            for index in table.indexes:
                index.create(connection, checkfirst=True)
        if _has_long_keys(connection):
            connection.exec_driver_sql("ALTER TABLE announcements DROP CONSTRAINT announcements_pkey")
            connection.exec_driver_sql("DROP INDEX frontier_story")
        join_variants(connection)


def _is_whole(connection: sa.Connection) -> bool:
    """Whether all tables are there as they are to be, and all announcements tell which row they are of."""
    there = sa.inspect(connection)
    if not set(METADATA.tables) <= set(there.get_table_names()):
        return False
    columns_are = (
        {column.name for column in table.columns} <= {column["name"] for column in there.get_columns(table.name)}
        for table in METADATA.sorted_tables
    )
    indexes = {index["name"] for index in there.get_indexes(ANNOUNCEMENTS.name)}
    return (
        all(columns_are)
        and {index.name for index in ANNOUNCEMENTS.indexes} - {ANNOUNCEMENTS_KEY.name} <= indexes
        and not _has_long_keys(connection)
        and connection.execute(sa.select(ANNOUNCEMENTS.c.url).where(_OF_NO_ROW).limit(1)).first() is None
    )


def write_nuls_out(connection: sa.Connection) -> None:
    """Have a ledger of old in SQLite know stories with a NUL in their addresses as they are known now (`story_key`)."""
    with_nul = sa.select(LEDGER.c.url, LEDGER.c.story).where(sa.func.instr(LEDGER.c.story, sa.func.char(0)) > 0)
    for url, story in connection.execute(with_nul).all():
        known_as = story.replace("\0", "%00")
        connection.execute(sa.update(LEDGER).where(LEDGER.c.url == url).values(story=known_as))


def _has_long_keys(connection: sa.Connection) -> bool:
    """Whether a ledger of old on PostgreSQL takes no addresses that are long, in any of its rows."""
    if connection.dialect.name != "postgresql":
        return False
    return bool(sa.inspect(connection).get_pk_constraint(ANNOUNCEMENTS.name)["constrained_columns"])


def join_variants(connection: sa.Connection) -> None:
    """Give each story of a ledger of old one row: addresses that are known to be another's had rows of their own.

    Those that led to nothing that was had are asked for again.
    """
    of_old = sa.update(ANNOUNCEMENTS).where(_OF_NO_ROW).values(entry=ANNOUNCEMENTS.c.url)
    if not connection.execute(of_old).rowcount:
        return
    query = sa.select(LEDGER.c.url, LEDGER.c.site, LEDGER.c.state, LEDGER.c.reason)
    rows = {row.url: row for row in connection.execute(query)}
    joined = {url: address for url in rows if (address := _address_of(url, rows)) != url}
    join_rows(connection, joined)
    if joined:
        of_row = ANNOUNCEMENTS.c.entry == LEDGER.c.url
        first, last = sa.func.min(ANNOUNCEMENTS.c.first_announced), sa.func.max(ANNOUNCEMENTS.c.last_announced)
        was_announced = {
            "first_announced": sa.select(first).where(of_row).scalar_subquery(),
            "last_announced": sa.select(last).where(of_row).scalar_subquery(),
        }
        update = sa.update(LEDGER).where(LEDGER.c.url == sa.bindparam("address")).values(was_announced)
        connection.execute(update, [{"address": address} for address in set(joined.values())])
    again = {"state": "pending", "reason": None, "next_look": LEDGER.c.last_announced}
    led_on = sa.and_(LEDGER.c.state == "skipped", LEDGER.c.reason.startswith("redirects to http"))
    connection.execute(sa.update(LEDGER).where(led_on).values(again))


def _address_of(url: str, rows: Mapping[str, Any]) -> str:
    """The address that the story of a row of old is looked at under; its own, if it is not looked at under any."""
    found, passed = rows[url], {url}
    while (target := target_in(found.reason)) and target in rows and target not in passed:
        passed.add(target)
        found = rows[target]
    return url if found.state == "skipped" or found.site != rows[url].site else str(found.url)


def join_rows(connection: sa.Connection, joined: Mapping[str, str]) -> None:
    """Have rows be one with others: address of a row that ends → address of the one that has its announcements then."""
    moves = [{"left": left, "address": address} for left, address in sorted(joined.items())]
    if not moves:
        return
    of_left = ANNOUNCEMENTS.c.entry == sa.bindparam("left")
    connection.execute(sa.update(ANNOUNCEMENTS).where(of_left).values(entry=sa.bindparam("address")), moves)
    connection.execute(sa.delete(LEDGER).where(LEDGER.c.url == sa.bindparam("left")), moves)


def target_in(reason: str | None) -> str | None:
    """The address in 'duplicate of https://…' and 'redirects to https://…'."""
    _, sign, rest = (reason or "").partition(" http")
    return f"http{rest}" if sign else None


def entry_column(bind: sa.Engine | sa.Connection) -> sa.Column[str]:
    """What tells of an announcement which row it is of, also in a ledger of old that is only read."""
    has_rows = _has_column(bind, ANNOUNCEMENTS.c.entry)
    return ANNOUNCEMENTS.c.entry if has_rows else ANNOUNCEMENTS.c.url


def _has_column(bind: sa.Engine | sa.Connection, column: sa.Column[Any]) -> bool:
    return column.name in {there["name"] for there in sa.inspect(bind).get_columns(column.table.name)}


def ledger_columns(engine: sa.Engine) -> list[sa.ColumnElement[Any]]:
    """What to select of a ledger that is only read: columns that one of old has not are null, or 0."""
    there = {column["name"] for column in sa.inspect(engine).get_columns(LEDGER.name)}
    return [column if column.name in there else _absent(column) for column in LEDGER.columns]


def _absent(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    value = sa.null() if column.nullable else sa.literal(0)
    return value.label(column.name)
