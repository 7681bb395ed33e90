"""Articles that are not there any more when somebody looks again, and come back perhaps."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from archives.database import hold_articles
from archives.schema import articles_table, removals_table
from archives.tracking import untracked


def put_removal(connection: Connection, url: str, *, record_id: str, date: str, reason: str) -> bool:
    """Write down that a capture showed the article of a URL gone; False if there is none, or it was gone before."""
    hold_articles(connection)
    by_url = select(articles_table.c.id).where(articles_table.c.url == untracked(url))
    article_id = connection.execute(by_url).scalar_one_or_none()
    if article_id is None or gone_since(connection, article_id):
        return False
    _put(connection, article_id, record_id, date, reason)
    return True


def note_return(connection: Connection, article_id: int, item: Mapping[str, Any]) -> None:
    """Write down that an article is there again, if it was gone."""
    capture = item.get("capture")
    if capture and gone_since(connection, article_id):
        _put(connection, article_id, capture["record_id"], capture["date"], None)


def gone_since(connection: Connection, article_id: int) -> str | None:
    """When an article was seen to be gone; None, if it never was, or was there again since."""
    known = removals_table.c
    query = select(known.reason, known.date).where(known.article_id == article_id).order_by(known.id.desc()).limit(1)
    last = connection.execute(query).first()
    return None if last is None or last.reason is None else last.date


def _put(connection: Connection, article_id: int, record_id: str, date: str, reason: str | None) -> None:
    values = {"article_id": article_id, "record_id": record_id, "date": date, "reason": reason}
    connection.execute(insert(removals_table).values(values))
