"""Takedowns in the catalog: captures and what came of them go out of it, kept aside or for good, and come back."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, select, update

from archives.catalog import Catalog
from archives.database import Faults, hold_articles, reading, writing
from archives.errors import CollectionLocked
from archives.revisions import drop_revision, record_id_of, settle_article
from archives.schema import (
    articles_table,
    captures_table,
    removals_table,
    revisions_table,
    sightings_table,
    withheld_table,
)
from archives.search.index import leave_no_trace
from archives.search.index import refresh as refresh_search
from archives.seen import show_the_same
from archives.takedown.restored import restore_revision

REVISION = ""
"""The place of what came of a capture in the catalog; other places are names of files in `items/`."""
REFERENCE = ("warc", "offset", "length", "record_id", "date", "payload_digest", "status")
"""What an item says of its capture."""

_captures, _articles, _revisions = captures_table.c, articles_table.c, revisions_table.c
_shown, _withheld = sightings_table.c, withheld_table.c
_SEEN = (
    select(_shown.record_id, _shown.article_id, _shown.revision, _articles.url, _revisions.date, _revisions.item)
    .join_from(sightings_table, articles_table, _articles.id == _shown.article_id)
    .join(
        revisions_table,
        and_(_revisions.article_id == _shown.article_id, _revisions.revision == _shown.revision),
        isouter=True,
    )
    .where(_shown.record_id == bindparam("record_id"))
)
_OTHERS = (
    select(*(_captures[name] for name in REFERENCE))
    .join_from(sightings_table, captures_table, _captures.record_id == _shown.record_id)
    .where(_shown.article_id == bindparam("article_id"), _shown.revision == bindparam("revision"))
    .order_by(_captures.date, _captures.id)
)


@contextmanager
def transaction(catalog: Catalog) -> Iterator[Connection]:
    """A transaction that leaves nothing readable of what it deletes; faults in the archive's words."""
    catalog.flush()
    with writing(catalog.engine) as connection:
        if catalog.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
        hold_articles(connection)
        yield connection
        refresh_search(connection)


def heirs(catalog: Catalog, record_ids: Iterable[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """For captures whose item stands for a revision that others showed too: who is next, and the item as it is."""
    gone, found = set(record_ids), {}
    with reading(catalog.engine) as connection:
        for row in _seen(connection, gone):
            heir = _heir(connection, row, gone)
            if heir is not None and row.item and record_id_of(json.loads(row.item)) == row.record_id:
                found[row.record_id] = heir["record_id"], json.loads(row.item)
    return found


def take_out(
    catalog: Catalog, record_ids: Sequence[str], successors: Mapping[str, dict[str, Any]], *, keep: bool
) -> None:
    """Take captures and their revisions out, in one transaction; with `keep` they can be put back.

    A revision that other captures showed too stays, with the item of the first of them.
    """
    gone = set(record_ids)
    with transaction(catalog) as connection:
        seen = _seen(connection, gone)
        for record_id in gone:
            connection.execute(delete(captures_table).where(_captures.record_id == record_id))
            connection.execute(delete(sightings_table).where(_shown.record_id == record_id))
            connection.execute(delete(removals_table).where(removals_table.c.record_id == record_id))
        if keep:
            keep_aside(connection, [(row.record_id, REVISION, json.dumps(_kept(row))) for row in seen if row.item])
        else:
            forget_kept(connection, gone)
        for row in {(row.article_id, row.revision): row for row in seen if row.item}.values():
            _hand_on(connection, row, gone, successors)


def keep_aside(connection: Connection, contents: Iterable[tuple[str, str, str]]) -> None:
    """Keep (record id, place, content); what is kept for a record and place already is replaced."""
    for record_id, place, content in contents:
        same = and_(_withheld.record_id == record_id, _withheld.place == place)
        connection.execute(delete(withheld_table).where(same))
        connection.execute(insert(withheld_table).values(record_id=record_id, place=place, content=content))


def kept_aside(connection: Connection, record_ids: Iterable[str]) -> list[tuple[str, str, str]]:
    """What is kept of these records: (record id, place, content)."""
    found: list[tuple[str, str, str]] = []
    for record_id in record_ids:
        query = select(_withheld.record_id, _withheld.place, _withheld.content).where(_withheld.record_id == record_id)
        found += [(row.record_id, row.place, row.content) for row in connection.execute(query)]
    return found


def forget_kept(connection: Connection, record_ids: Iterable[str]) -> None:
    """Keep nothing of these records aside any more."""
    for record_id in record_ids:
        connection.execute(delete(withheld_table).where(_withheld.record_id == record_id))


def put_back(catalog: Catalog, record_ids: Iterable[str]) -> None:
    """Give back what came of captures that are in the index again; lines of files are kept until they are written."""
    with transaction(catalog) as connection:
        kept = [(key, json.loads(text)) for key, place, text in kept_aside(connection, record_ids) if place == REVISION]
        moved: dict[tuple[str, int], int] = {}
        for record_id, told in sorted(kept, key=lambda one: (not one[1]["own"], one[1]["date"])):
            if now := reference(connection, record_id):
                told["item"]["capture"] = now
            restore_revision(connection, record_id, told, moved)
            connection.execute(
                delete(withheld_table).where(_withheld.record_id == record_id, _withheld.place == REVISION)
            )


def refer_anew(catalog: Catalog, warc: str) -> None:
    """Have the items of one WARC file's captures say where their records are now."""
    shown_there = (
        select(_revisions.id)
        .distinct()
        .join_from(sightings_table, captures_table, _captures.record_id == _shown.record_id)
        .join(
            revisions_table,
            and_(_revisions.article_id == _shown.article_id, _revisions.revision == _shown.revision),
        )
        .where(_captures.warc == warc)
    )
    with transaction(catalog) as connection:
        for number in connection.execute(shown_there).scalars().all():
            item = json.loads(connection.execute(select(_revisions.item).where(_revisions.id == number)).scalar_one())
            now = reference(connection, record_id_of(item))
            if now is not None and item["capture"] != now:
                text = json.dumps({**item, "capture": now}, ensure_ascii=False)
                connection.execute(update(revisions_table).where(_revisions.id == number).values(item=text))


def reference(connection: Connection, record_id: str | None) -> dict[str, Any] | None:
    """What an item is to say of its capture; None if it is not in the index."""
    query = select(*(_captures[name] for name in REFERENCE)).where(_captures.record_id == record_id)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def scrub(catalog: Catalog) -> None:
    """Leave nothing in the database file of what was deleted from it; CollectionLocked while somebody reads it."""
    sqlite = catalog.engine.dialect.name == "sqlite"
    catalog.engine.dispose()
    with Faults(catalog.engine), catalog.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        leave_no_trace(connection)
        connection.exec_driver_sql("VACUUM" if sqlite else "VACUUM (FULL, ANALYZE)")
        if not sqlite:
            connection.exec_driver_sql("VACUUM FULL pg_statistic")  # of values before, which ANALYZE has replaced
        if sqlite and connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar():
            place = catalog.engine.url.database
            what = "somebody reads the catalog, so that deleted rows stay in its log"
            raise CollectionLocked(f"{place}: {what}; the next writer goes on, or run the command again")


def _seen(connection: Connection, record_ids: Iterable[str]) -> list[Row[Any]]:
    found = (connection.execute(_SEEN, {"record_id": record_id}).first() for record_id in record_ids)
    return [cast("Row[Any]", row) for row in found if row is not None]


def _kept(row: Row[Any]) -> dict[str, Any]:
    """What is needed to put a sighting back: its revision's item, and whether that was extracted from this capture."""
    item = json.loads(row.item)
    own = record_id_of(item) == row.record_id
    return {"url": row.url, "revision": row.revision, "date": row.date, "item": item, "own": own}


def _heir(connection: Connection, row: Row[Any], gone: set[str]) -> dict[str, Any] | None:
    others = connection.execute(_OTHERS, {"article_id": row.article_id, "revision": row.revision}).mappings()
    return next((dict(other) for other in others if other["record_id"] not in gone), None)


def _hand_on(connection: Connection, row: Row[Any], gone: set[str], successors: Mapping[str, dict[str, Any]]) -> None:
    """A revision that lost captures: nobody's any more, or the next one's."""
    heir = _heir(connection, row, gone)
    if heir is None:
        drop_revision(connection, row.article_id, row.revision)
        return
    item = json.loads(row.item)
    if (owner := record_id_of(item) or "") not in gone:
        return
    successor = successors.get(owner)
    if successor is None or not show_the_same(successor, item):
        successor = item  # the page may be read otherwise today: what the revision says stays
    text = json.dumps({**successor, "capture": heir, "revision": row.revision}, ensure_ascii=False)
    of_revision = and_(_revisions.article_id == row.article_id, _revisions.revision == row.revision)
    connection.execute(update(revisions_table).where(of_revision).values(item=text, date=heir["date"]))
    settle_article(connection, row.article_id)
