"""A revision that comes back: under its number, or, where others have taken that meanwhile, at its place in time."""

import json
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from archives.revisions import item_digest, settle_article
from archives.schema import articles_table, revisions_table, sightings_table
from archives.seen import show_the_same

_articles, _revisions, _shown = articles_table.c, revisions_table.c, sightings_table.c


def restore_revision(
    connection: Connection, record_id: str, told: dict[str, Any], moved: dict[tuple[str, int], int]
) -> None:
    """Put a sighting back, and the item of its revision if that is not there, or was extracted from this capture.

    `moved` remembers which revisions of this restoration could not have their number again.
    """
    url, number, item = told["url"], told["revision"], told["item"]
    article_id = connection.execute(select(_articles.id).where(_articles.url == url)).scalar_one_or_none()
    if article_id is None:
        values = {"url": url, "site": item.get("site"), "revision": number, "digest": item_digest(item)}
        article_id = connection.execute(insert(articles_table).values(values).returning(_articles.id)).scalar_one()
    revision = moved[url, number] = _put_item(connection, article_id, moved.get((url, number), number), told)
    connection.execute(delete(sightings_table).where(_shown.record_id == record_id))
    values = {"record_id": record_id, "article_id": article_id, "revision": revision}
    connection.execute(insert(sightings_table).values(values))
    settle_article(connection, article_id)


def _put_item(connection: Connection, article_id: int, number: int, told: dict[str, Any]) -> int:
    """Write the item down where it is missing; returns its revision."""
    item, date = told["item"], told["item"]["capture"]["date"]
    there = _item_of(connection, article_id, number)
    if there is not None and show_the_same(there, item):
        where = (_revisions.article_id == article_id, _revisions.revision == number)
        if told["own"]:
            connection.execute(update(revisions_table).where(*where).values(item=_text(item, number), date=date))
        return number
    if there is not None:
        number = _make_room(connection, article_id, date)
    values = {"article_id": article_id, "revision": number, "date": date, "item": _text(item, number)}
    connection.execute(insert(revisions_table).values(values))
    return number


def _item_of(connection: Connection, article_id: int, number: int) -> dict[str, Any] | None:
    query = select(_revisions.item).where(_revisions.article_id == article_id, _revisions.revision == number)
    text = connection.execute(query).scalar_one_or_none()
    return None if text is None else dict(json.loads(text))


def _make_room(connection: Connection, article_id: int, date: str) -> int:
    """Free the number that a revision of a date has among the others: those after it move up by one."""
    before = select(func.max(_revisions.revision)).where(_revisions.article_id == article_id, _revisions.date <= date)
    number = 1 + (connection.execute(before).scalar() or 0)
    later = (
        select(_revisions.id, _revisions.revision, _revisions.item)
        .where(_revisions.article_id == article_id, _revisions.revision >= number)
        .order_by(_revisions.revision.desc())
    )
    for row in connection.execute(later).all():
        moved = {"revision": row.revision + 1, "item": _text(json.loads(row.item), row.revision + 1)}
        connection.execute(update(revisions_table).where(_revisions.id == row.id).values(moved))
    shown = (_shown.article_id == article_id, _shown.revision >= number)
    connection.execute(update(sightings_table).where(*shown).values(revision=_shown.revision + 1))
    return number


def _text(item: dict[str, Any], revision: int) -> str:
    return json.dumps({**item, "revision": revision}, ensure_ascii=False)
