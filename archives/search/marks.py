"""Where the words of a query stand in a text of the index."""

import re
from collections.abc import Iterable

from archives.search.query import Query, Term
from archives.search.words import comparable, shown

BEGIN, END = "\x02", "\x03"
"""Around found words."""
LENGTH = 40
"""Words of a snippet."""
_TRIED = 20
"""Found places that a snippet may begin with."""
_WORDS = re.compile(f"(?: *[^ ]+){{0,{LENGTH}}}")
"""As many as a snippet has."""
_LONG_WORD = 60
"""Characters that are looked through for each word before the first one that was found."""


class Marks:
    """Marks the words of a query in texts of one column."""

    def __init__(self, query: Query, column: str) -> None:
        self._patterns = [_pattern(term) for term in query.wanted if term.column in (None, column)]

    def whole(self, text: str) -> str:
        """The text as a reader sees it, with `BEGIN` and `END` around found words."""
        return _marked(text, 0, len(text), self._places(comparable(text)))

    def snippet(self, text: str) -> str:
        """`LENGTH` words of the text, likewise, from where most of the terms stand together."""
        plain = comparable(text)
        places = self._places(plain)
        start, end = _best(plain, places)
        before, after = "…" if plain[:start].strip() else "", "…" if plain[end:].strip() else ""
        if not before:
            start = 0
        return before + _marked(text, start, end if after else len(text), places) + after

    def _places(self, plain: str) -> list[tuple[int, int, int]]:
        """Start, end and number of each term that was found, in order; the longer first."""
        places = (
            (found.start(), found.end(), number)
            for number, pattern in enumerate(self._patterns)
            for found in pattern.finditer(plain)
        )
        return sorted(places, key=lambda place: (place[0], -place[1]))


def _pattern(term: Term) -> re.Pattern[str]:
    """Of a comparable text. It begins with letters, which are looked for much quicker than where a word begins."""
    phrase = " +".join(term.tokens)
    first = term.tokens[0]
    return re.compile(f"{first}(?<![^ ]{first}){phrase.removeprefix(first)}{'[^ ]*' if term.begins else '(?![^ ])'}")


def _best(plain: str, places: list[tuple[int, int, int]]) -> tuple[int, int]:
    """The first of the windows in which most of the terms stand."""
    best, most, all_terms = (0, _behind(plain, 0)), 0, len({term for _, _, term in places})
    for number in range(min(len(places), _TRIED)):
        start, end = _window(plain, places, number)
        terms = len({term for at, _, term in places if start <= at < end})
        if terms > most:
            best, most = (start, end), terms
        if most == all_terms:
            break
    return best


def _window(plain: str, places: list[tuple[int, int, int]], number: int) -> tuple[int, int]:
    """Where a snippet that begins with a place starts and ends, with some words before it, if there is room."""
    first = places[number][0]
    reach = _behind(plain, first)
    last = max(end for _, end, _ in places[number:] if end <= reach or end == places[number][1])
    room = (LENGTH - len(plain[first:last].split())) // 2
    start = _before(plain, first, room) if room > 0 else first
    return start, max(places[number][1], _behind(plain, start))


def _before(plain: str, end: int, most: int) -> int:
    """Where the words before a place begin, so many or fewer."""
    earliest = max(0, end - most * _LONG_WORD)
    pieces = plain[earliest:end].rsplit(None, most)
    behind = earliest + (len(pieces[0]) if len(pieces) > most else 0)
    return end - len(plain[behind:end].lstrip())


def _behind(plain: str, start: int) -> int:
    """The end of as many words as a snippet has."""
    found = _WORDS.match(plain, start)
    return found.end() if found and found[0] else len(plain)


def _marked(text: str, start: int, end: int, places: Iterable[tuple[int, int, int]]) -> str:
    pieces, done = [], start
    for begin, behind, _ in places:
        if done <= begin and behind <= end:
            pieces += [text[done:begin], BEGIN, text[begin:behind], END]
            done = behind
    return shown("".join([*pieces, text[done:end]]))
