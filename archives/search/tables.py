"""The index: the words, and what else articles are looked for by. It is made from items, again at any time."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

documents_table = Table(
    "search_documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", String),
    Column("language", String),
    Column("moment", String, nullable=False),
    Column("day", String(10), nullable=False),
    Column("captured", String, nullable=False),
    Column("changed", String),
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
    Column("folded", String, primary_key=True),
    Column("document", Integer, primary_key=True),
    Column("label", String, nullable=False),
    Index("search_labels_by_document", "document"),
    sqlite_with_rowid=False,
)
"""Authors, sections and tags of articles; `folded` is equal where only case and marks differ."""

stale_table = Table("search_stale", metadata, Column("id", Integer, primary_key=True))
"""Articles that are new, or have changed, since they were indexed last."""

TEXT = """
CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5(
  title, authors, labels, body, tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
)"""
"""The words, under the article's key. Vowel signs belong to words, as in Hindi; accents are as good as none."""

_MARK = "INSERT INTO search_stale SELECT new.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE id = new.id)"
TRIGGERS = (
    f"CREATE TRIGGER IF NOT EXISTS search_added AFTER INSERT ON articles BEGIN {_MARK}; END",
    f"CREATE TRIGGER IF NOT EXISTS search_changed AFTER UPDATE ON articles BEGIN {_MARK}; END",
    """CREATE TRIGGER IF NOT EXISTS search_gone AFTER DELETE ON articles BEGIN
  DELETE FROM search_text WHERE rowid = old.id;
  DELETE FROM search_documents WHERE id = old.id;
  DELETE FROM search_labels WHERE document = old.id;
  DELETE FROM search_stale WHERE id = old.id;
END""",
)
"""Whoever changes an article need not think of the search: it is marked, and one that is gone is not found any more."""
