"""The index: the words, and what else articles are looked for by. It is made from items, again at any time."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

_Ordered = String().with_variant(String(collation="C"), "postgresql")  # in the order of SQLite, whatever the server's

documents_table = Table(
    "search_documents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("site", _Ordered),
    Column("language", _Ordered),
    Column("moment", _Ordered, nullable=False),
    Column("day", _Ordered, nullable=False),
    Column("captured", _Ordered, nullable=False),
    Column("changed", _Ordered),
    Column("card", Text, nullable=False),
    Index("search_documents_by_moment", "moment"),
    Index("search_documents_by_site", "site", "moment"),
    Index("search_documents_by_day", "site", "day"),
    Index("search_documents_by_language", "language", "moment"),
    Index("search_documents_by_change", "changed"),
)
"""An article as its last revision has it, under the article's key.

`moment` is when it came out, in UTC, or else when it was first captured, and `day` its day; `captured` and `changed`
are of the last revision, the latter only if there was one before; `card` is what a list shows of it, as JSON.
"""

labels_table = Table(
    "search_labels",
    metadata,
    Column("kind", String, primary_key=True),
    Column("folded", _Ordered, primary_key=True),
    Column("document", Integer, primary_key=True, autoincrement=False),
    Column("label", _Ordered, nullable=False),
    Index("search_labels_by_document", "document"),
    sqlite_with_rowid=False,
)
"""Authors, sections and tags of articles; `folded` is equal where only case and marks differ."""

stale_table = Table("search_stale", metadata, Column("id", Integer, primary_key=True, autoincrement=False))
"""Articles that are new, or have changed, since they were indexed last."""

WEIGHTS = {"title": 8.0, "authors": 4.0, "labels": 3.0, "body": 1.0}
"""What a word counts in the columns of `search_text`, which are told apart in this order."""
