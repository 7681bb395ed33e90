"""The words of articles in PostgreSQL: a tsvector with a GIN index.

The words are told apart here and not by the server, whose parser takes hosts and hyphenated words for one and depends
on its locale: so both databases find the same (https://www.postgresql.org/docs/current/datatype-textsearch.html).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from sqlalchemy import Connection, text

from archives.search.query import Query, Term
from archives.search.tables import WEIGHTS
from archives.search.words import tokens

_GROUPS = dict(zip(WEIGHTS, "ABCD", strict=True))
"""Column → what a tsvector calls its words."""
_TOLD_APART = ("title", "authors", "labels")
"""Columns of few words, each of which is put in twice."""
_LAST_POSITION = 16_383
_MOST_OF_A_WORD = 500
"""Characters of a word that count: it may have 2 KB."""
_MOST_BYTES = 900_000
"""Of all words: a tsvector may have 1 MB with their positions, which are at most 16,383, and one more for each word."""
_OF_A_WORD = 8
"""Bytes that each word takes beside its letters, at most."""

_TABLE = (
    """CREATE TABLE IF NOT EXISTS search_text (
  id integer PRIMARY KEY,
  title text NOT NULL, authors text NOT NULL, labels text NOT NULL, body text NOT NULL,
  vector tsvector NOT NULL
)""",
    "CREATE INDEX IF NOT EXISTS search_text_by_word ON search_text USING gin (vector)",
)
_FUNCTIONS = (
    """CREATE OR REPLACE FUNCTION search_mark() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  PERFORM set_config('search_path', quote_ident(TG_TABLE_SCHEMA), true);
  INSERT INTO search_stale SELECT id FROM written ORDER BY id ON CONFLICT (id) DO UPDATE SET id = excluded.id;
  RETURN NULL;
END $$""",
    """CREATE OR REPLACE FUNCTION search_forget() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  PERFORM set_config('search_path', quote_ident(TG_TABLE_SCHEMA), true);
  DELETE FROM search_stale WHERE id IN (SELECT id FROM gone);
  DELETE FROM search_text WHERE id IN (SELECT id FROM gone);
  DELETE FROM search_documents WHERE id IN (SELECT id FROM gone);
  DELETE FROM search_labels WHERE document IN (SELECT id FROM gone);
  RETURN NULL;
END $$""",
)
"""A mark that is there already is written again, and so held until the transaction ends: whoever indexes the article
meanwhile would index it as it was before, and take the mark away. The mark is held first, whoever writes, and so nobody
waits for another one who waits for him. Tables are those of the schema that the articles are in, whatever its name is
by then; at the function's end the search path is again what it was.
"""
_TRIGGERS = {
    "search_added": ("INSERT", "NEW TABLE AS written", "search_mark"),
    "search_changed": ("UPDATE", "NEW TABLE AS written", "search_mark"),
    "search_gone": ("DELETE", "OLD TABLE AS gone", "search_forget"),
}
"""Name → event, what its function sees, and the function."""
_ADD = text(
    "INSERT INTO search_text (id, title, authors, labels, body, vector) "
    "VALUES (:id, :title, :authors, :labels, :body, CAST(:vector AS tsvector))"
)
_SHARES = ", ".join(str(weight / max(WEIGHTS.values())) for weight in reversed(WEIGHTS.values()))
_LENGTH_COUNTS = 1
"""As in BM25, a word counts less in a long text (https://www.postgresql.org/docs/current/textsearch-controls.html)."""


class PostgresqlIndex:
    """Of any PostgreSQL that is maintained."""

    key = "search_text.id"
    newest = "search_text.id + 0 DESC"  # sorted: in the order of the key each vector would be read until enough match
    matches = "search_text.vector @@ CAST(:match AS tsquery)"
    rank = f"-ts_rank('{{{_SHARES}}}', search_text.vector, CAST(:match AS tsquery), {_LENGTH_COUNTS})"

    def create(self, connection: Connection) -> bool:
        """Make the table and the triggers."""
        for statement in (*_TABLE, *_FUNCTIONS):
            connection.exec_driver_sql(statement)
        for name, (event, seen, function) in _TRIGGERS.items():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON articles")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} AFTER {event} ON articles REFERENCING {seen} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )
        return True

    def add(self, connection: Connection, texts: Sequence[Mapping[str, Any]]) -> None:
        """Put in the words of articles."""
        connection.execute(_ADD, [{**texts_of, "vector": vector(texts_of)} for texts_of in texts])

    def begin(self, connection: Connection) -> None:
        """Have the index used: the planner does not reckon what reading vectors takes, which lie beside the table."""
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")

    def match(self, query: Query) -> str:
        """A tsquery."""
        return " & ".join([*map(_term, query.wanted), *(f"!{_term(term)}" for term in query.unwanted)])

    def leave_no_trace(self, connection: Connection) -> None:
        """Nothing is kept apart from the rows."""


def vector(texts: Mapping[str, str]) -> str:
    """The words of all columns as a tsvector is written, as many as fit; no word follows one of another column."""
    places: dict[str, list[str]] = defaultdict(list)
    positions, room = count(1), _MOST_BYTES
    for column, group in _GROUPS.items():
        for token in tokens(texts[column]):
            place = f"{min(next(positions), _LAST_POSITION)}{group}"
            for word in {_lexeme(token), _lexeme(token, column)}:
                if word not in places:
                    room -= len(word.encode()) + _OF_A_WORD
                if room > 0:
                    places[word].append(place)
        next(positions)
    return " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())


def _lexeme(token: str, column: str | None = None) -> str:
    """A word; or the same as one of a column, which is found without looking where in the vector it stands."""
    word = token[:_MOST_OF_A_WORD]
    return f"{column}/{word}" if column in _TOLD_APART else word


def _term(term: Term) -> str:
    group = "D" if term.column == "body" else ""
    words = [f"'{_lexeme(token, term.column)}':{group}" for token in term.tokens]
    return f"({' <-> '.join(words)}{'*' * term.begins})"
