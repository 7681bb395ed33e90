"""The catalog: captures, articles and their revisions, in SQLite or any other database SQLAlchemy knows.

Rows of captures are collected and committed together, at the latest when an article of theirs is. What a crash leaves
uncommitted is in the WARC file, and the next start indexes it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from archives.cdxj import Capture
from archives.digests import Digest, sha1
from archives.errors import CollectionLocked, StorageFailed

metadata = MetaData()

_Key = String().with_variant(String(collation="C"), "postgresql")  # bytewise order, as in CDXJ

captures_table = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", String, nullable=False, unique=True),
    Column("url", String, nullable=False),
    Column("surt", _Key, nullable=False),
    Column("timestamp", String(14), nullable=False),
    Column("date", String, nullable=False),
    Column("warc", String, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("payload_digest", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("mime", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("framing", String, nullable=False),
    Column("truncated", String),
    Column("refers_to", String),
    Column("etag", String),
    Column("last_modified", String),
    Column("method", String, nullable=False),
    Index("captures_by_url", "url", "date"),
    Index("captures_by_payload", "payload_digest"),
    Index("captures_by_place", "warc", "offset"),
    Index("captures_by_surt", "surt", "timestamp"),
)

articles_table = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", String, nullable=False, unique=True),
    Column("site", String, index=True),
    Column("revision", Integer, nullable=False),
    Column("digest", String, nullable=False),
)

revisions_table = Table(
    "revisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("date", String, nullable=False),
    Column("item", Text, nullable=False),
    Index("revisions_by_article", "article_id", "revision", unique=True),
)

sightings_table = Table(
    "sightings",
    metadata,
    Column("record_id", String, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("revision", Integer, nullable=False),
)
"""Which revision each capture of an article showed, new or not."""

COMPARED = (
    "title",
    "byline",
    "authors",
    "date_published",
    "date_modified",
    "body",
    "description",
    "images",
    "related_links",
    "section",
    "tags",
    "access",
    "kind",
)
"""The fields of an item that make a revision: what a reader sees of the story."""

_TRACKING = (
    "utm_",
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "yclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_ga",
    "cmpid",
    "ocid",
)
_CAPTURE_FIELDS = tuple(field.name for field in fields(Capture))
_CAPTURE_COLUMNS = tuple(captures_table.c[name] for name in _CAPTURE_FIELDS)


class Catalog:
    """Captures, articles and revisions of one collection."""

    def __init__(self, engine: Engine, *, place: str) -> None:
        self.engine = engine
        self._place = place
        self._pending: dict[str, Capture] = {}
        self._pending_by_url: dict[str, Capture] = {}
        self._pending_by_digest: dict[Digest, list[Capture]] = {}

    @classmethod
    def open(cls, url: str, *, write: bool) -> "Catalog":
        """Open the database at an SQLAlchemy URL; a writer makes the tables that are missing."""
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _tune_sqlite if write else _tune_sqlite_for_reading)
        catalog = cls(engine, place=engine.url.render_as_string(hide_password=True).removeprefix("sqlite:///"))
        if write:
            with catalog._faults():
                metadata.create_all(engine)
        return catalog

    @classmethod
    def at(cls, path: Path, *, write: bool) -> "Catalog":
        """Open the embedded database at a path."""
        return cls.open(f"sqlite:///{path}", write=write)

    def close(self) -> None:
        """Commit what is pending and let go of the database."""
        try:
            self.flush()
        finally:
            self.engine.dispose()

    # Captures

    def add(self, capture: Capture) -> None:
        """Take a capture; it can be looked up at once and is committed with the next flush."""
        self._pending[capture.record_id] = capture
        self._pending_by_url[capture.url] = capture
        self._pending_by_digest.setdefault(capture.payload_digest, []).append(capture)

    @property
    def pending(self) -> int:
        """How many captures are not committed yet."""
        return len(self._pending)

    def flush(self) -> None:
        """Commit what is pending."""
        if self._pending:
            with self._faults(), self.engine.begin() as connection:
                self._insert_pending(connection)
            self._forget_pending()

    def _insert_pending(self, connection: Connection) -> None:
        if self._pending:
            connection.execute(insert(captures_table), [_row_of(capture) for capture in self._pending.values()])

    def _forget_pending(self) -> None:
        self._pending.clear()
        self._pending_by_url.clear()
        self._pending_by_digest.clear()

    def latest(self, url: str) -> Capture | None:
        """The newest capture of exactly this target URI."""
        if pending := self._pending_by_url.get(url):
            return pending
        table = captures_table.c
        return self._one(select(*_CAPTURE_COLUMNS).where(table.url == url).order_by(table.date.desc(), table.id.desc()))

    def by_record_id(self, record_id: str) -> Capture | None:
        """The capture of a record."""
        if pending := self._pending.get(record_id):
            return pending
        return self._one(select(*_CAPTURE_COLUMNS).where(captures_table.c.record_id == record_id))

    def with_payload(self, digest: Digest) -> Iterator[Capture]:
        """Whole responses with this payload, committed ones first, at most one of each framing."""
        table = captures_table.c
        query = (
            select(*_CAPTURE_COLUMNS)
            .where(table.payload_digest == digest, table.kind == "response", table.truncated.is_(None))
            .limit(16)
        )
        with self._faults(), self.engine.connect() as connection:
            found = [_capture_of(row) for row in connection.execute(query)]
        yield from found
        yield from self._pending_by_digest.get(digest, ())

    def captures(self, url: str | None = None, *, warc: str | None = None) -> Iterator[Capture]:
        """All captures, of one URL or in one WARC file if asked, in the order of the index."""
        self.flush()
        table = captures_table.c
        query = select(*_CAPTURE_COLUMNS).order_by(table.surt, table.timestamp, table.id)
        if url is not None:
            query = query.where(table.url == url)
        if warc is not None:
            query = query.where(table.warc == warc)
        with self._faults(), self.engine.connect() as connection:
            for row in connection.execution_options(yield_per=500).execute(query):
                yield _capture_of(row)

    def count_captures(self) -> int:
        """How many captures are indexed."""
        with self._faults(), self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(captures_table)).scalar_one() + self.pending

    def last_place(self, warc: str) -> int:
        """Offset of the last committed capture in a WARC file; 0 if it has none."""
        query = select(func.max(captures_table.c.offset)).where(captures_table.c.warc == warc)
        with self._faults(), self.engine.connect() as connection:
            return connection.execute(query).scalar() or 0

    def drop_behind(self, warc: str, offset: int) -> int:
        """Forget captures whose records are not in the file any more: rows that outlived their bytes in a power cut."""
        table = captures_table.c
        with self._faults(), self.engine.begin() as connection:
            return connection.execute(delete(captures_table).where(table.warc == warc, table.offset >= offset)).rowcount

    def _one(self, query: Any) -> Capture | None:
        with self._faults(), self.engine.connect() as connection:
            row = connection.execute(query.limit(1)).first()
        return _capture_of(row) if row else None

    # Articles

    def put_article(self, item: Mapping[str, Any]) -> int:
        """Commit an item and return its revision: 1, or one more than before if a reader would see a difference.

        A capture that was committed before keeps the revision it was given.
        """
        record_id = (item.get("capture") or {}).get("record_id")
        with self._faults(), self.engine.begin() as connection:
            self._insert_pending(connection)
            revision = _seen(connection, record_id)
            if revision is None:
                revision = _put(connection, item, record_id)
        self._forget_pending()
        return revision

    def articles(self, site: str | None = None, *, latest: bool = True) -> Iterator[dict[str, Any]]:
        """Items in the order of their first capture; with `latest=False` all revisions of each."""
        joined = revisions_table.join(articles_table, revisions_table.c.article_id == articles_table.c.id)
        query = (
            select(revisions_table.c.item).select_from(joined).order_by(articles_table.c.id, revisions_table.c.revision)
        )
        if site is not None:
            query = query.where(articles_table.c.site == site)
        if latest:
            query = query.where(revisions_table.c.revision == articles_table.c.revision)
        with self._faults(), self.engine.connect() as connection:
            for row in connection.execution_options(yield_per=100).execute(query):
                yield json.loads(row.item)

    def count_articles(self) -> int:
        """How many articles there are, whatever their revisions."""
        with self._faults(), self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(articles_table)).scalar_one()

    def _faults(self) -> "_Faults":
        return _Faults(self._place)


class _Faults:
    """Tells the database's faults in the archive's words."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, exc: BaseException | None, trace: object) -> None:
        if not isinstance(exc, SQLAlchemyError):
            return
        what = str(exc.orig) if isinstance(exc, DBAPIError) else str(exc)
        first_line = what.strip().partition("\n")[0]
        if "locked" in first_line:
            raise CollectionLocked(
                f"{self._place}: {first_line}; another process holds the catalog, try again later"
            ) from exc
        raise StorageFailed(f"{self._place}: {first_line}") from exc


def _tune_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _tune_sqlite_for_reading(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _row_of(capture: Capture) -> dict[str, Any]:
    return {name: getattr(capture, name) for name in _CAPTURE_FIELDS}


def _capture_of(row: Any) -> Capture:
    return Capture(**dict(zip(_CAPTURE_FIELDS, row, strict=True)))


def _seen(connection: Connection, record_id: str | None) -> int | None:
    """The revision that a capture was given when it was committed before."""
    if record_id is None:
        return None
    return connection.execute(
        select(sightings_table.c.revision).where(sightings_table.c.record_id == record_id)
    ).scalar_one_or_none()


def _put(connection: Connection, item: Mapping[str, Any], record_id: str | None) -> int:
    key, digest = article_key(item["url"]), _compared_digest(item)
    known = connection.execute(select(articles_table).where(articles_table.c.url == key)).first()
    if known is None:
        values = {"url": key, "site": item.get("site"), "revision": 1, "digest": digest}
        article_id = connection.execute(insert(articles_table).values(values)).inserted_primary_key[0]
        revision = 1
    else:
        article_id, revision = known.id, known.revision + (known.digest != digest)
    if known is None or revision != known.revision:
        _insert_revision(connection, item, article_id, revision)
        changes = {"revision": revision, "digest": digest, "site": item.get("site")}
        connection.execute(update(articles_table).where(articles_table.c.id == article_id).values(changes))
    if record_id is not None:
        values = {"record_id": record_id, "article_id": article_id, "revision": revision}
        connection.execute(insert(sightings_table).values(values))
    return revision


def _insert_revision(connection: Connection, item: Mapping[str, Any], article_id: int, revision: int) -> None:
    text = json.dumps({**item, "revision": revision}, ensure_ascii=False)
    date = (item.get("capture") or {}).get("date") or ""
    values = {"article_id": article_id, "revision": revision, "date": date, "item": text}
    connection.execute(insert(revisions_table).values(values))


def _compared_digest(item: Mapping[str, Any]) -> Digest:
    return sha1(json.dumps([item.get(name) for name in COMPARED], ensure_ascii=False, sort_keys=True).encode())


def article_key(url: str) -> str:
    """The URL by which an article is known: without fragment and tracking parameters."""
    parts = urlsplit(url)
    query = "&".join(pair for pair in parts.query.split("&") if pair and not pair.lower().startswith(_TRACKING))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
