"""What a person writes into a search field → the words to look for, and where."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from archives.search.words import UNSEEN, tokens, words

_TERM = re.compile(r'(?P<no>-)?(?:(?P<field>\w+):)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')
COLUMNS = {
    "title": "title",
    "headline": "title",
    "author": "authors",
    "by": "authors",
    "tag": "labels",
    "section": "labels",
    "body": "body",
}
"""What may stand before a colon in a query → the column that it is looked for in."""
LONGEST = 400
"""Characters of a query that count."""
MOST_TERMS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words that follow each other."""

    text: str
    """As a text of the index."""
    column: str | None = None
    """Where they are to stand; None: anywhere."""
    begins: bool = False
    """Whether the last word is just the beginning of one."""

    @property
    def tokens(self) -> list[str]:
        """At least one word."""
        return tokens(self.text)


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all be there, and those of which none may be."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()

    def in_title(self) -> "Query":
        """The same, but that what may stand anywhere stands in the title."""
        titles = tuple(term if term.column else replace(term, column="title") for term in self.wanted)
        return Query(titles, self.unwanted)


def parse(text: str) -> Query | None:
    """What a text asks for; None, if it has no word that must be there.

    Words must all be there; "words in quotes" one after the other; `word*` is the beginning of one; `-word` must not be
    there; `title:`, `author:`, `tag:`, `section:` and `body:` say where. There is no query that is wrong.
    """
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for term, excluded in _terms(UNSEEN.sub(" ", text)[:LONGEST]):
        (unwanted if excluded else wanted).append(term)
    return Query(tuple(wanted[:MOST_TERMS]), tuple(unwanted[:MOST_TERMS])) if wanted else None


def _terms(query: str) -> Iterator[tuple[Term, bool]]:
    for found in _TERM.finditer(query):
        column = COLUMNS.get((found["field"] or "").lower())
        text = found["phrase"] if found["phrase"] is not None else found["word"]
        if found["field"] and column is None:
            text = f"{found['field']}:{text}"
        begins = bool(found["word"]) and text.endswith("*")
        term = Term(text=words(text), column=column, begins=begins)
        if term.tokens:
            yield term, bool(found["no"])
