"""The catalog's tables, the same on SQLite and PostgreSQL."""

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

metadata = MetaData()

_Key = String().with_variant(String(collation="C"), "postgresql")  # bytewise order, as in CDXJ
_Long = Integer().with_variant(BigInteger(), "postgresql")  # SQLite's integers have 64 bits anyway

captures_table = Table(
    "captures",
    metadata,
    Column("id", _Long, primary_key=True),
    Column("record_id", String, nullable=False, unique=True),
    Column("url", String, nullable=False),
    Column("surt", _Key, nullable=False),
    Column("timestamp", String(14), nullable=False),
    Column("date", String, nullable=False),
    Column("warc", String, nullable=False),
    Column("offset", _Long, nullable=False),
    Column("length", _Long, nullable=False),
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
    Index("captures_by_url", "url", "date").ddl_if(dialect="sqlite"),
    Index("captures_by_payload", "payload_digest"),
    Index("captures_by_place", "warc", "offset"),
    Index("captures_by_surt", "surt", "timestamp").ddl_if(dialect="sqlite"),
)


def _start(text: ColumnElement[str]) -> ColumnElement[str]:
    return func.substr(text, literal_column("1"), literal_column("512"))


Index("captures_by_url_start", _start(captures_table.c.url), captures_table.c.date).ddl_if(dialect="postgresql")


def of_url(url: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a capture is of exactly that URL.

    PostgreSQL finds it by how the URL begins: its B-trees take no more than 2,704 bytes, and URLs may be longer.
    """
    return and_(captures_table.c.url == url, _start(captures_table.c.url) == _start(url))


articles_table = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", String, nullable=False),
    Column("site", String, index=True),
    Column("revision", Integer, nullable=False),
    Column("digest", String, nullable=False),
    UniqueConstraint("url").ddl_if(dialect="sqlite"),
    ExcludeConstraint(("url", "="), using="hash").ddl_if(dialect="postgresql"),  # unique, whatever its length
)

revisions_table = Table(
    "revisions",
    metadata,
    Column("id", _Long, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("date", String, nullable=False),
    Column("item", Text, nullable=False),
    Index("revisions_by_article", "article_id", "revision", unique=True),
    sqlite_autoincrement=True,  # whoever follows the changes remembers the last id: none may come twice
)

sightings_table = Table(
    "sightings",
    metadata,
    Column("record_id", String, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("revision", Integer, nullable=False),
)
"""Which revision each capture of an article showed, new or not."""

removals_table = Table(
    "removals",
    metadata,
    Column("id", _Long, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("record_id", String, nullable=False, index=True),
    Column("date", String, nullable=False),
    Column("reason", String),
    Index("removals_by_article", "article_id", "id"),
    sqlite_autoincrement=True,
)
"""Captures that showed an article gone, with the reason, or, without one, there again."""

withheld_table = Table(
    "withheld",
    metadata,
    Column("record_id", String, primary_key=True),
    Column("place", String, primary_key=True),
    Column("content", Text, nullable=False),
)
"""What came of captures that are hidden: lines of files in `items/`, by the file's name, and under '' the revision."""
