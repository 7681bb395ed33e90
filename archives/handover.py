"""Articles handed over bit by bit: revisions in the order in which they were committed, behind a cursor.

A cursor is the number of a revision's row, which is never given twice.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, LargeBinary, bindparam, cast, exists, func, select, text

from archives.catalog import Catalog
from archives.database import hold_articles
from archives.errors import ArgumentUnusable
from archives.schema import articles_table, revisions_table

PAGE = 1000
"""Rows that are read at a time; no transaction lasts longer."""

_articles, _revisions = articles_table.c, revisions_table.c
_later = revisions_table.alias("later").c
_IN_ORDER = (
    select(_revisions.id)
    .where(_revisions.id > bindparam("since"), _revisions.id <= bindparam("until"))
    .order_by(_revisions.id)
    .limit(PAGE)
)
_AS_BYTES = {"sqlite": cast(_revisions.item, LargeBinary), "postgresql": func.convert_to(_revisions.item, "UTF8")}
"""Most of those who take items over would encode them again."""
_LATEST = ~exists().where(
    _later.article_id == _revisions.article_id,
    _later.revision > _revisions.revision,
    _later.id <= bindparam("until"),
)


def newest(catalog: Catalog) -> int:
    """The cursor behind everything that was committed so far; what is committed from now on comes after it."""
    catalog.flush()
    if catalog.engine.dialect.name == "sqlite":
        with catalog.reading() as connection:
            return _newest_in_sqlite(connection)
    with catalog.writing() as connection:
        hold_articles(connection)  # numbers are given before they are committed
        given = text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM revisions_id_seq")
        return int(connection.execute(given).scalar_one())


def _newest_in_sqlite(connection: Connection) -> int:
    """AUTOINCREMENT's own count (https://sqlite.org/autoinc.html), which goes on where rows were deleted."""
    counted = text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")
    last = connection.execute(select(func.max(_revisions.id))).scalar() or 0
    if connection.execute(counted).first() is None:  # a catalog of old
        return last
    given = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'revisions'")).scalar()
    return max(last, given or 0)


def handed_over(
    catalog: Catalog, since: int, until: int, *, site: str | None = None, latest: bool = True
) -> Iterator[list[bytes]]:
    """Items as JSON in UTF-8, a page of them at a time: the revisions behind one cursor, up to another one.

    With `latest` only the last one of each article; those that were committed behind `until` do not count.
    """
    query = _IN_ORDER.add_columns(_AS_BYTES[catalog.engine.dialect.name].label("item"))
    if latest:
        query = query.where(_LATEST)
    if site is not None:
        # An expression that no index has: the rows stay in the order of their numbers, and none is sorted.
        its_site = func.coalesce(_articles.site, "")
        query = query.join(articles_table, _articles.id == _revisions.article_id).where(its_site == site)
    while True:
        with catalog.reading() as connection:
            rows = connection.execute(query, {"since": since, "until": until}).all()
        if rows:
            yield [row.item for row in rows]
        if len(rows) < PAGE:
            return
        since = rows[-1].id


def check_cursor(since: int, until: int) -> None:
    """ArgumentUnusable, if a cursor was not given by this catalog."""
    if since > until:
        what = f"the catalog has given no cursor behind {until}: it was made anew, or this one is of another collection"
        raise ArgumentUnusable(f"--since {since}: {what}; export everything once more, without --since")


def sites_of(catalog: Catalog) -> list[str]:
    """Names of the sites that have articles."""
    with catalog.reading() as connection:
        found = connection.execute(select(_articles.site).distinct()).scalars()
        return sorted(site for site in found if site)
