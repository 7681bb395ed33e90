"""The index follows the articles: triggers mark what changed, the one writer catches up in batches."""

import json
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, bindparam, delete, func, insert, inspect, select, text

from archives.database import preparing
from archives.schema import articles_table, revisions_table
from archives.search.document import card_of, folded, labels_of, language_of, moment_of, text_of
from archives.search.tables import documents_table, labels_table, metadata, stale_table
from archives.search.text_index import text_index

BATCH = 200
"""Articles that are indexed in one transaction."""

_articles, _revisions, _earlier = articles_table.c, revisions_table.c, revisions_table.alias("earlier").c
_STALE = select(stale_table.c.id).order_by(stale_table.c.id).with_for_update(skip_locked=True)
"""Marks of which nobody else takes care just now: several machines may index at once, and none waits."""
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


def prepare(engine: Engine) -> None:
    """Make the index where it is missing; the articles that are there already are marked.

    An SQLite without FTS5 can have none: nothing is made there, and `indexed` says so.
    """
    if indexed(engine):
        return
    with preparing(engine) as connection:
        if indexed(connection) or not text_index(connection).create(connection):
            return
        metadata.create_all(connection)
        connection.execute(insert(stale_table).from_select(["id"], select(_articles.id)))


def indexed(database: Engine | Connection) -> bool:
    """Whether the catalog has an index."""
    return bool(inspect(database).has_table(stale_table.name))


def refresh(connection: Connection, most: int | None = None) -> int:
    """Index what was marked, at most so many articles; returns how many."""
    if not indexed(connection):
        return 0
    ids = connection.execute(_STALE.limit(most)).scalars().all()
    for start in range(0, len(ids), BATCH):
        _index(connection, ids[start : start + BATCH])
    return len(ids)


def _index(connection: Connection, ids: Any) -> None:  # noqa: ANN401  # a slice of what the driver gives
    marked = [{"of": number} for number in ids]
    index = text_index(connection)
    connection.execute(text(f"DELETE FROM search_text WHERE {index.key} = :of"), marked)  # noqa: S608  # a name of ours
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
    if documents:
        connection.execute(insert(documents_table), documents)
        index.add(connection, texts)
    if labels:
        connection.execute(insert(labels_table), labels)


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
    """See that no word is left of what was deleted, but for what VACUUM sees to."""
    if indexed(connection):
        text_index(connection).leave_no_trace(connection)
