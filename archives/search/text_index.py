"""The words of articles, in the table `search_text`: what differs from one database to another."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection

from archives.search.postgresql import PostgresqlIndex
from archives.search.query import Query
from archives.search.sqlite import SqliteIndex


class TextIndex(Protocol):
    """SQL for one kind of database, of a table `search_text` beside `search_documents`."""

    key: str
    """Whose words these are, as SQL."""
    newest: str
    """What to sort by, so that those come first that came last into the catalog."""
    matches: str
    """The condition that words match the parameter `match`."""
    rank: str
    """The lower, the better."""

    def create(self, connection: Connection) -> bool:
        """Make the table, and the triggers that mark and forget articles; False, if the database can have none."""

    def add(self, connection: Connection, texts: Sequence[Mapping[str, Any]]) -> None:
        """Put in the words of articles: `id` and the text of each column."""

    def begin(self, connection: Connection) -> None:
        """Get a transaction ready for searching."""

    def match(self, query: Query) -> str:
        """The value of the parameter `match`."""

    def leave_no_trace(self, connection: Connection) -> None:
        """See that nothing is left of words that were deleted, but for what VACUUM sees to."""


_INDEXES: dict[str, TextIndex] = {"sqlite": SqliteIndex(), "postgresql": PostgresqlIndex()}


def text_index(connection: Connection) -> TextIndex:
    """The index of the connection's database."""
    return _INDEXES[connection.dialect.name]
