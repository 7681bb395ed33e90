"""The words of articles in SQLite: an FTS5 table (https://sqlite.org/fts5.html)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from archives.search.query import Query, Term
from archives.search.tables import WEIGHTS

_TABLE = """
CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5(
  title, authors, labels, body, tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
)"""
_MARK = "INSERT INTO search_stale SELECT new.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE id = new.id)"
_TRIGGERS = (
    f"CREATE TRIGGER IF NOT EXISTS search_added AFTER INSERT ON articles BEGIN {_MARK}; END",
    f"CREATE TRIGGER IF NOT EXISTS search_changed AFTER UPDATE ON articles BEGIN {_MARK}; END",
    """CREATE TRIGGER IF NOT EXISTS search_gone AFTER DELETE ON articles BEGIN
  DELETE FROM search_text WHERE rowid = old.id;
  DELETE FROM search_documents WHERE id = old.id;
  DELETE FROM search_labels WHERE document = old.id;
  DELETE FROM search_stale WHERE id = old.id;
END""",
)
_ADD = text(
    "INSERT INTO search_text(rowid, title, authors, labels, body) VALUES (:id, :title, :authors, :labels, :body)"
)


class SqliteIndex:
    """Of an SQLite that has FTS5."""

    key = "search_text.rowid"
    newest = "search_text.rowid DESC"
    matches = "search_text MATCH :match"
    rank = f"bm25(search_text, {', '.join(map(str, WEIGHTS.values()))})"

    def create(self, connection: Connection) -> bool:
        """Make the table and the triggers; nothing, and False, if SQLite was built without FTS5."""
        try:
            connection.exec_driver_sql(_TABLE)
        except DBAPIError as fault:
            if "no such module" in str(fault):
                return False
            raise
        for trigger in _TRIGGERS:
            connection.exec_driver_sql(trigger)
        return True

    def add(self, connection: Connection, texts: Sequence[Mapping[str, Any]]) -> None:
        """Put in the words of articles."""
        connection.execute(_ADD, texts)

    def begin(self, connection: Connection) -> None:
        """Nothing is needed."""

    def match(self, query: Query) -> str:
        """A query of FTS5."""
        wanted = " AND ".join(map(_term, query.wanted))
        return f"({wanted}) NOT ({' OR '.join(map(_term, query.unwanted))})" if query.unwanted else wanted

    def leave_no_trace(self, connection: Connection) -> None:
        """Write the table anew: until then it keeps the words that were deleted from it."""
        connection.exec_driver_sql("INSERT INTO search_text(search_text) VALUES ('optimize')")


def _term(term: Term) -> str:
    quoted = '"' + term.text.replace('"', " ") + '"' + "*" * term.begins
    return f"{term.column} : {quoted}" if term.column else quoted
