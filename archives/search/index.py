"""The index follows the articles: triggers mark what changed, the one writer catches up in batches."""

import json
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, bindparam, delete, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from archives.schema import articles_table, revisions_table
from archives.search.document import card_of, folded, labels_of, language_of, moment_of, text_of
from archives.search.tables import TEXT, TRIGGERS, documents_table, labels_table, metadata, stale_table

BATCH = 200
"""Articles that are indexed in one transaction."""

_articles, _revisions, _earlier = articles_table.c, revisions_table.c, revisions_table.alias("earlier").c
_STALE = select(stale_table.c.id).order_by(stale_table.c.id).limit(bindparam("most"))
_LAST = (
    select(
        _articles.id,
        _articles.url,
        _articles.site,
        _articles.revision,
        _revisions.date,
        _revisions.item,
        select(func.min(_earlier.date)).where(_earlier.article_id == _articles.id).scalar_subquery().label("first"),
    )
    .join_from(articles_table, revisions_table, _revisions.article_id == _articles.id)
    .where(_revisions.revision == _articles.revision, _articles.id.in_(bindparam("ids", expanding=True)))
)
_INSERT_TEXT = text(
    "INSERT INTO search_text(rowid, title, authors, labels, body) VALUES (:id, :title, :authors, :labels, :body)"
)


def prepare(engine: Engine) -> None:
    """Make the index where it is missing; the articles that are there already are marked.

    Only SQLite with FTS5 has one: on other databases nothing is made, and `indexed` says so.
    """
    if engine.dialect.name != "sqlite" or indexed(engine):
        return
    with engine.begin() as connection:
        try:
            connection.exec_driver_sql(TEXT)
        except DBAPIError as fault:
            if "no such module" in str(fault):
                return
            raise
        metadata.create_all(connection)
        for trigger in TRIGGERS:
            connection.exec_driver_sql(trigger)
        connection.execute(insert(stale_table).from_select(["id"], select(_articles.id)))


def indexed(engine: Engine) -> bool:
    """Whether the catalog has an index."""
    return bool(inspect(engine).has_table(stale_table.name))


def refresh(connection: Connection, most: int = -1) -> int:
    """Index what was marked, at most so many articles; returns how many."""
    if not inspect(connection).has_table(stale_table.name):
        return 0
    ids = connection.execute(_STALE, {"most": most}).scalars().all()
    for start in range(0, len(ids), BATCH):
        _index(connection, ids[start : start + BATCH])
    return len(ids)


def _index(connection: Connection, ids: Any) -> None:  # noqa: ANN401  # a slice of what the driver gives
    marked = [{"of": number} for number in ids]
    connection.execute(text("DELETE FROM search_text WHERE rowid = :of"), marked)
    for table, key in ((documents_table, "id"), (labels_table, "document"), (stale_table, "id")):
        connection.execute(delete(table).where(table.c[key] == bindparam("of")), marked)
    rows = connection.execute(_LAST, {"ids": list(ids)}).mappings().all()
    documents, texts, labels = [], [], []
    for row in rows:
        item = json.loads(row["item"])
        documents.append(_document(row, item))
        texts.append({"id": row["id"], **text_of(item)})
        of_item = {(kind, folded(label)): label for kind, label in labels_of(item)}
        labels += [
            {"kind": kind, "folded": key, "document": row["id"], "label": label}
            for (kind, key), label in of_item.items()
            if key
        ]
    for statement, values in (
        (insert(documents_table), documents),
        (_INSERT_TEXT, texts),
        (insert(labels_table), labels),
    ):
        if values:
            connection.execute(statement, values)


def _document(row: RowMapping, item: dict[str, Any]) -> dict[str, Any]:
    moment = moment_of(item, row["first"])
    return {
        "id": row["id"],
        "site": row["site"],
        "language": language_of(item),
        "moment": moment,
        "day": moment[:10],
        "captured": row["date"],
        "changed": row["date"] if row["date"] > row["first"] else None,
        "card": card_of(item, row["url"]),
    }


def leave_no_trace(connection: Connection) -> None:
    """Write the index anew without what was deleted from it, of which it keeps words until then."""
    if inspect(connection).has_table(stale_table.name):
        connection.exec_driver_sql("INSERT INTO search_text(search_text) VALUES ('optimize')")
