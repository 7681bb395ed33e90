"""Where the words of a query stand in a text of the index."""

import re
from collections.abc import Iterable
from itertools import islice

from archives.search.query import Query, Term
from archives.search.words import comparable, shown

BEGIN, END = "\x02", "\x03"
"""Around found words."""
LENGTH = 40
"""Words of a snippet."""
_TRIED = 20
"""Found places that a snippet may begin with."""
_WORD = re.compile("[^ ]+")
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
        start, end = max(
            (_window(plain, places, number) for number in range(min(len(places), _TRIED))),
            key=lambda window: len({term for at, _, term in places if window[0] <= at < window[1]}),
            default=(0, _behind(plain, 0, LENGTH)),
        )
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


def _window(plain: str, places: list[tuple[int, int, int]], number: int) -> tuple[int, int]:
    """Where a snippet that begins with a place starts and ends, with some words before it, if there is room."""
    first = places[number][0]
    reach = _behind(plain, first, LENGTH)
    last = max(end for _, end, _ in places[number:] if end <= reach or end == places[number][1])
    room = (LENGTH - sum(1 for _ in _WORD.finditer(plain, first, last))) // 2
    earliest = max(0, first - room * _LONG_WORD)
    earlier = [word.start() for word in _WORD.finditer(plain, earliest, first)][-room:] if room > 0 else []
    start = earlier[0] if earlier else first
    return start, max(places[number][1], _behind(plain, start, LENGTH))


def _behind(plain: str, start: int, most: int) -> int:
    """The end of so many words."""
    ends = [word.end() for word in islice(_WORD.finditer(plain, start), most)]
    return ends[-1] if ends else len(plain)


def _marked(text: str, start: int, end: int, places: Iterable[tuple[int, int, int]]) -> str:
    pieces, done = [], start
    for begin, behind, _ in places:
        if done <= begin and behind <= end:
            pieces += [text[done:begin], BEGIN, text[begin:behind], END]
            done = behind
    return shown("".join([*pieces, text[done:end]]))
