"""The catalog's articles over time: each capture of one and what it showed, and everything that changed since."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from typing import Any, NamedTuple, Self

from sqlalchemy import BigInteger, ColumnElement, Connection, Row, Select, and_, func, inspect, literal, or_, select

from archives.catalog import Catalog
from archives.revisions import record_id_of
from archives.schema import (
    articles_table,
    captures_table,
    of_url,
    removals_table,
    revisions_table,
    sightings_table,
)
from archives.tracking import untracked

Item = dict[str, Any]
Of = Sequence[ColumnElement[bool]]
"""Of which articles."""

_articles, _captures, _revisions = articles_table.c, captures_table.c, revisions_table.c
_removals, _shown = removals_table.c, sightings_table.c
_before = revisions_table.alias("before")
_earlier = revisions_table.alias("earlier")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article of the catalog."""

    number: int
    """Its key in the database."""
    url: str
    """By what it is known: its address without the marks of a click."""
    site: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCapture:
    """One look at an article."""

    record_id: str
    url: str
    date: str
    """ISO 8601, UTC."""
    status: int
    revision: int | None
    """What it showed; None where no article came of it."""
    removed: str | None = None
    """Why the article counts as gone since then; None where it does not, or did before."""
    returned: bool = False
    """Whether the article was there again after it had been gone."""


_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")


class Cursor(NamedTuple):
    """How far somebody has followed the changes of a collection. As text: '12.3'."""

    revision: int = 0
    removal: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cursor of that text; ValueError if it is none."""
        if not (found := _CURSOR.fullmatch(text)):
            raise ValueError(text)
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.revision}.{self.removal}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A revision that followed another, an article that was gone, or one that was there again."""

    cursor: Cursor
    """Whoever has it and asks what came later gets neither this one nor any that came before it."""
    article: StoredArticle
    date: str
    record_id: str | None
    item: Item
    """What the article says since; of one that is gone or there again, what it said last."""
    before: Item | None
    """What it said before; None for one that is gone or there again."""
    removed: str | None = None
    """Why it is gone."""


class History:
    """Reads the articles of a catalog over time."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def article(self, urls: Iterable[str]) -> StoredArticle | None:
        """The article that is known by the first of these addresses that one is known by; None, if by none."""
        with self._catalog.reading() as connection:
            for url in dict.fromkeys(map(untracked, urls)):
                row = connection.execute(select(articles_table).where(_articles.url == url)).first()
                if row is not None:
                    return StoredArticle(number=row.id, url=row.url, site=row.site)
        return None

    def revisions(self, article: StoredArticle) -> dict[int, Item]:
        """Revision → its item, in order."""
        query = select(_revisions.revision, _revisions.item).where(_revisions.article_id == article.number)
        with self._catalog.reading() as connection:
            rows = connection.execute(query.order_by(_revisions.revision)).all()
        return {row.revision: json.loads(row.item) for row in rows}

    def captures(self, article: StoredArticle) -> list[ArticleCapture]:
        """Every look at the article's addresses, in order of time, whatever came."""
        seen_at = select(_captures.url).join_from(sightings_table, captures_table, _same_record())
        with self._catalog.reading() as connection:
            own = connection.execute(seen_at.where(_shown.article_id == article.number).distinct()).scalars().all()
            removals = _removals_of(connection, article)
            query = (
                select(_captures.record_id, _captures.url, _captures.date, _captures.status, _shown.revision)
                .join_from(captures_table, sightings_table, _same_record(), isouter=True)
                .where(
                    or_(*map(of_url, map(literal, own)), _captures.record_id.in_(list(removals))),
                    or_(_shown.article_id.is_(None), _shown.article_id == article.number),
                    _captures.method == "GET",
                )
                .order_by(_captures.date, _captures.id)
            )
            rows = connection.execute(query).mappings().all()
        return [
            ArticleCapture(
                **row,
                removed=removals.get(row["record_id"]),
                returned=removals.get(row["record_id"], "") is None,
            )
            for row in rows
        ]

    def happenings(
        self,
        since: Cursor = Cursor(),  # noqa: B008  # immutable
        *,
        site: str | None = None,
        articles: Collection[int] | None = None,
    ) -> Iterator[Happening]:
        """What changed after a cursor, of all articles or of some, each once, and always in the same order."""
        of = [] if site is None else [_articles.site == site]
        of += [] if articles is None else [_articles.id.in_(articles)]
        with self._catalog.reading() as connection:
            streams = [_revised(connection, since.revision, of)]
            if inspect(connection).has_table(removals_table.name):
                streams.append(_gone_and_back(connection, since.removal, of))
            for number, happening in merge(*streams, key=lambda one: one[1].date):
                at = "revision" if happening.before is not None else "removal"
                since = since._replace(**{at: number})
                yield replace(happening, cursor=since)


def _same_record() -> ColumnElement[bool]:
    return _shown.record_id == _captures.record_id


def _removals_of(connection: Connection, article: StoredArticle) -> dict[str, str | None]:
    """Record → why it showed the article gone, None where it was there again; a catalog of old knows of none."""
    if not inspect(connection).has_table(removals_table.name):
        return {}
    query = select(_removals.record_id, _removals.reason).where(_removals.article_id == article.number)
    return {row.record_id: row.reason for row in connection.execute(query)}


def _revised(connection: Connection, since: int, of: Of) -> Iterator[tuple[int, Happening]]:
    last = select(func.max(_earlier.c.revision)).where(
        _earlier.c.article_id == _revisions.article_id, _earlier.c.revision < _revisions.revision
    )
    before = and_(_before.c.article_id == _revisions.article_id, _before.c.revision == last.scalar_subquery())
    query = (
        select(_revisions.id, _revisions.date, _revisions.item, _before.c.item.label("before"), *_OF_ARTICLE)
        .join_from(revisions_table, articles_table, _articles.id == _revisions.article_id)
        .join(_before, before)
        .where(_revisions.id > literal(since, BigInteger), *of)
        .order_by(_revisions.id)
    )
    for row in _rows(connection, query):
        yield row.id, _happening(row, json.loads(row.item), before=json.loads(row.before))


def _gone_and_back(connection: Connection, since: int, of: Of) -> Iterator[tuple[int, Happening]]:
    last = select(func.max(_earlier.c.revision)).where(
        _earlier.c.article_id == _removals.article_id, _earlier.c.date <= _removals.date
    )
    known = and_(_revisions.article_id == _removals.article_id, _revisions.revision == last.scalar_subquery())
    query = (
        select(_removals.id, _removals.date, _removals.record_id, _removals.reason, _revisions.item, *_OF_ARTICLE)
        .join_from(removals_table, articles_table, _articles.id == _removals.article_id)
        .join(revisions_table, known)
        .where(_removals.id > literal(since, BigInteger), *of)
        .order_by(_removals.id)
    )
    for row in _rows(connection, query):
        yield row.id, replace(_happening(row, json.loads(row.item)), record_id=row.record_id, removed=row.reason)


_OF_ARTICLE = (_articles.id.label("number"), _articles.url, _articles.site)


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    yield from connection.execution_options(yield_per=100).execute(query)


def _happening(row: Row[Any], item: Item, before: Item | None = None) -> Happening:
    return Happening(
        cursor=Cursor(),
        article=StoredArticle(number=row.number, url=row.url, site=row.site),
        date=row.date,
        record_id=record_id_of(item),
        item=item,
        before=before,
    )
