"""The catalog: captures, articles and their revisions, in SQLite or PostgreSQL.

Rows of captures and of new articles are collected and committed together. What a crash leaves uncommitted is in the
WARC file: the next start indexes it, and whoever reads articles reads it again.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Row,
    String,
    bindparam,
    func,
    insert,
    literal,
    select,
)

from archives.capture_rows import SELECT, WarcRows, capture_of, row_of
from archives.cdxj import Capture
from archives.database import (
    Faults,
    Lookup,
    is_server,
    open_database,
    preparing,
    reading,
    require_schema,
    writing,
)
from archives.digests import Digest
from archives.migrations import settle_schema
from archives.moves import move_article
from archives.pending import Pending
from archives.removals import put_removal
from archives.revisions import (
    KNOWN,
    REVISIONS,
    Sighting,
    item_seen,
    put_article,
    put_articles,
    record_id_of,
    sighting_of,
)
from archives.schema import articles_table, captures_table, of_url, revisions_table
from archives.search.index import prepare as prepare_search
from archives.tracking import untracked

_MOST_PENDING = 200
"""New articles that wait to be committed; a crawl flushes every second."""
_COLUMNS = captures_table.c
_LATEST = (
    SELECT.where(of_url(bindparam("url", type_=String)), _COLUMNS.kind != "rendition", _COLUMNS.method == "GET")
    .order_by(_COLUMNS.date.desc(), _COLUMNS.id.desc())
    .limit(1)
)
_BY_RECORD_ID = SELECT.where(_COLUMNS.record_id == bindparam("record_id"))
_WITH_PAYLOAD = SELECT.where(
    _COLUMNS.payload_digest == bindparam("digest"), _COLUMNS.kind == "response", _COLUMNS.truncated.is_(None)
)
_WITH_PAYLOAD = _WITH_PAYLOAD.order_by(_COLUMNS.id).limit(16)
_WARC = select(func.min(_COLUMNS.warc).label("warc")).cte("warcs", recursive=True)
_NEXT_WARC = select(func.min(_COLUMNS.warc)).where(_COLUMNS.warc > _WARC.c.warc).scalar_subquery()
_WARCS = select(_WARC.union_all(select(_NEXT_WARC).where(_WARC.c.warc.is_not(None))).c.warc)
"""Each once, by skipping from one to the next in the index; each writer asks, and DISTINCT would read all captures."""


class Catalog:
    """Captures, articles and revisions of one collection."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.before_captures: Callable[[], object] = lambda: None
        """Called before captures are committed."""
        self._pending = Pending()
        self._latest = Lookup(engine, _LATEST)
        self._by_record_id = Lookup(engine, _BY_RECORD_ID)
        self._with_payload = Lookup(engine, _WITH_PAYLOAD)
        self._known = Lookup(engine, KNOWN)

    @classmethod
    def open(cls, url: str | URL, *, write: bool, name: str | None = None) -> "Catalog":
        """Open the database at an SQLAlchemy URL; a writer makes the tables, or brings them up to date.

        A server may hold the catalogs of many collections: `name` says of which this one is.
        """
        if name is not None and is_server(url):
            require_schema(name)
        engine = open_database(url, write=write, schema=name)
        if write:
            try:
                with Faults(engine):
                    with preparing(engine, name) as connection:
                        settle_schema(connection)
                    prepare_search(engine)
            except BaseException:
                engine.dispose()
                raise
        return cls(engine)

    @classmethod
    def at(cls, path: Path, *, write: bool) -> "Catalog":
        """Open the embedded database at a path; who reads makes none."""
        if write:
            return cls.open(URL.create("sqlite", database=str(path)), write=True)
        # https://sqlite.org/wal.html, "Read-Only Databases": on a medium that only reads, nothing else changes it.
        is_fixed = not (os.access(path.parent, os.W_OK) or path.with_name(f"{path.name}-wal").exists())
        query = {"uri": "true", **({"immutable": "1"} if is_fixed else {"mode": "rw"})}
        return cls.open(URL.create("sqlite", database=f"file:{quote(str(path))}", query=query), write=False)

    def close(self) -> None:
        """Commit what is pending and let go of the database."""
        try:
            self.flush()
        finally:
            self.engine.dispose()

    # Captures

    def add(self, capture: Capture) -> None:
        """Take a capture; it can be looked up at once and is committed with the next flush."""
        self._pending.add(capture)

    def flush(self) -> None:
        """Commit what is pending."""
        if self._pending.captures or self._pending.articles:
            with writing(self.engine) as connection:
                self._insert_pending(connection)
            self._pending = Pending()

    def _insert_pending(self, connection: Connection) -> None:
        if captures := self._pending.captures:
            self.before_captures()
            connection.execute(insert(captures_table), [row_of(capture) for capture in captures.values()])
        if self._pending.articles:
            put_articles(connection, self._pending.articles)

    def latest(self, url: str) -> Capture | None:
        """The newest capture of exactly this target URI, asked for by GET, that came over the wire."""
        found = self._pending.latest.get(url)
        return found or next(map(capture_of, self._latest(url=url)), None)

    def by_record_id(self, record_id: str | None) -> Capture | None:
        """The capture of a record; None if there is none, or no record is named."""
        if not record_id:
            return None
        found = self._pending.captures.get(record_id)
        return found or next(map(capture_of, self._by_record_id(record_id=record_id)), None)

    def with_payload(self, digest: Digest) -> Iterator[Capture]:
        """Whole responses with this payload."""
        yield from self._pending.with_payload.get(digest, ())
        yield from map(capture_of, self._with_payload(digest=digest))

    def captures(self, url: str | None = None, *, warc: str | None = None) -> Iterator[Capture]:
        """All captures, of one URL or in one WARC file if asked, in the order of the index."""
        query = SELECT.order_by(_COLUMNS.surt, _COLUMNS.timestamp, _COLUMNS.id)
        if url is not None:
            query = query.where(of_url(literal(url)))
        if warc is not None:
            query = query.where(_COLUMNS.warc == warc)
        with self.reading() as connection:
            for row in connection.execution_options(yield_per=500).execute(query):
                yield capture_of(row)

    def rendered(self) -> set[str]:
        """Record ids of the documents that have a rendition."""
        query = select(_COLUMNS.refers_to).where(_COLUMNS.kind == "rendition")
        with self.reading() as connection:
            return set(connection.execute(query).scalars())

    def count_captures(self) -> int:
        """How many captures are indexed."""
        with self.reading() as connection:
            return connection.execute(select(func.count()).select_from(captures_table)).scalar_one()

    def of_warc(self, warc: str) -> WarcRows:
        """What is committed of a WARC file."""
        return WarcRows(self.engine, warc)

    def warcs(self) -> set[str]:
        """Names of the WARC files that hold indexed captures."""
        with reading(self.engine) as connection:
            return set(connection.execute(_WARCS).scalars()) - {None}

    def forget_behind(self, warc: str, offset: int) -> None:
        """Forget captures of a WARC file whose bytes are lost, and what is pending: all of it is behind that place."""
        self._pending = Pending()
        self.of_warc(warc).drop_behind(offset)

    def persist(self) -> None:
        """Have the disk keep what is committed: SQLite's log waits for its checkpoint (synchronous=NORMAL)."""
        if self.engine.dialect.name == "sqlite":
            with reading(self.engine) as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    # Articles

    def put_article(self, item: Mapping[str, Any]) -> Sighting:
        """Commit an item; its revision is 1, or one more than before if a reader would see a difference.

        A capture that was committed before keeps the revision it was given.
        """
        sighting = self.take_article(item)
        self.flush()
        return sighting

    def take_article(self, item: Mapping[str, Any]) -> Sighting:
        """The same, but that an article which is new is committed with the next flush."""
        key = untracked(item["url"])
        if key in self._pending.articles or len(self._pending.articles) >= _MOST_PENDING:
            self.flush()
        [known] = self._known(url=key, record_id=record_id_of(item))
        if all(value is None for value in known):
            self._pending.articles[key] = item
            return Sighting(1, first=True)
        with writing(self.engine) as connection:
            self._insert_pending(connection)
            sighting = put_article(connection, key, item)
        self._pending = Pending()
        return sighting

    def sighting(self, record_id: str) -> Sighting | None:
        """What a capture showed of an article; None if no article came of it."""
        with self.reading() as connection:
            return sighting_of(connection, record_id)

    def article(self, url: str) -> dict[str, Any] | None:
        """What the article of a URL says now; None if there is none."""
        articles, revisions = articles_table.c, revisions_table.c
        query = REVISIONS.where(articles.url == untracked(url), articles.revision == revisions.revision)
        with self.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else json.loads(row.item)

    def move_article(self, former: str, url: str) -> None:
        """Have the article of a URL, if there is one, go by another, where its story is now; see `archives.moves`."""
        with self.writing() as connection:
            move_article(connection, untracked(former), untracked(url))

    def put_removal(self, url: str, *, record_id: str, date: str, reason: str) -> bool:
        """Write down that a capture showed the article of a URL gone; False if there is none, or it was gone before."""
        with self.writing() as connection:
            return put_removal(connection, url, record_id=record_id, date=date, reason=reason)

    def articles(self, site: str | None = None, *, latest: bool = True) -> Iterator[dict[str, Any]]:
        """Items in the order of their articles' first captures; with `latest=False` all revisions of each.

        What was hidden and came back is where it was, whatever its row.
        """
        articles, revisions = articles_table.c, revisions_table.c
        begun = select(revisions.article_id, func.min(revisions.date).label("date")).group_by(revisions.article_id)
        first = begun.subquery("first")
        joined = revisions_table.join(articles_table, revisions.article_id == articles.id)
        query = (
            select(revisions.item)
            .select_from(joined.join(first, first.c.article_id == articles.id))
            .order_by(first.c.date, articles.url, revisions.revision)
        )
        if site is not None:
            query = query.where(articles_table.c.site == site)
        if latest:
            query = query.where(revisions_table.c.revision == articles_table.c.revision)
        with self.reading() as connection:
            for row in connection.execution_options(yield_per=100).execute(query):
                yield json.loads(row.item)

    def item_of(self, record_id: str | None) -> dict[str, Any] | None:
        """The item of the revision that a capture showed; None if no article came of it, or no capture is named."""
        if not record_id:
            return None
        with self.reading() as connection:
            return item_seen(connection, record_id)

    def revisions(self) -> Iterator[tuple[Row[*tuple[Any, ...]], dict[str, Any]]]:
        """Each revision as a row of `archives.revisions.REVISIONS`, and its item."""
        with self.reading() as connection:
            for row in connection.execution_options(yield_per=100).execute(REVISIONS):
                yield row, json.loads(row.item)

    def count_articles(self) -> int:
        """How many articles there are, whatever their revisions."""
        with self.reading() as connection:
            return connection.execute(select(func.count()).select_from(articles_table)).scalar_one()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees what was pending, too; the database's faults are told in the archive's words."""
        self.flush()
        with reading(self.engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction for those who write something else, after what is pending; faults likewise."""
        self.flush()
        with writing(self.engine) as connection:
            yield connection
