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
    if article_id is None or is_gone(connection, article_id):
        return False
    _put(connection, article_id, record_id, date, reason)
    return True


def note_return(connection: Connection, article_id: int, item: Mapping[str, Any]) -> None:
    """Write down that an article is there again, if it was gone."""
    capture = item.get("capture")
    if capture and is_gone(connection, article_id):
        _put(connection, article_id, capture["record_id"], capture["date"], None)


def is_gone(connection: Connection, article_id: int) -> bool:
    """Whether an article was seen to be gone, and not there again since."""
    known = removals_table.c
    query = select(known.reason).where(known.article_id == article_id).order_by(known.id.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none() is not None


def _put(connection: Connection, article_id: int, record_id: str, date: str, reason: str | None) -> None:
    values = {"article_id": article_id, "record_id": record_id, "date": date, "reason": reason}
    connection.execute(insert(removals_table).values(values))
