"""Word by word: two texts as a row of parts, each kept, taken out or put in.

Python's difflib finds the words that stay, in passages that are short enough for it: its time grows with the square of
the length and worse, so long texts are first cut at words that occur once in both (Bram Cohen's patience diff). What is
too long and has no such word in common counts as rewritten. So the time grows with the length alone.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from archives.seen import plain

_SINGLE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts without spaces between words: each sign is taken for one."""
_SIGNS = r"!-/:-@\[-`{-~¡-¿\u2000-\u206f\u3000-\u303f\uff00-\uff0f\uff1a-\uff20،؛؟।"
_INNER = r"(?<=\w)['’.,\-‐‑](?=\w)"
_TOKEN = re.compile(rf"(?:(?:[^\s{_SINGLE}{_SIGNS}]|{_INNER})+|[{_SINGLE}]|[^\s])[^\S\n]*|\s+")
"""A word or a sign with the blanks behind it, or a break between paragraphs."""
_WORD = re.compile(r"\w")
_LARGEST = 10_000
"""Words of the one text times words of the other that difflib is given at once."""
_DEEPEST = 12
"""How often what was cut is cut again."""
_FURTHEST = 200
"""Words over which a passage is moved to a paragraph's end."""

Block = tuple[int, int, int]
"""Where a kept passage begins in the one text and in the other, and how long it is."""
Span = tuple[int, int, int, int]
"""From and to in the one text, from and to in the other."""


@dataclass(frozen=True, slots=True)
class Part:
    """A passage of both texts. Where it is kept, the two may differ in white space and typographic signs only."""

    old: str
    new: str
    kept: bool

    @property
    def words(self) -> tuple[int, int]:
        """How many words it has in the one text and in the other."""
        return count_words(self.old), count_words(self.new)


def count_words(text: str) -> int:
    """How many words a text has; in scripts without spaces, how many signs."""
    return sum(1 for token in _TOKEN.findall(text) if _WORD.search(token))


def word_changes(old: str, new: str) -> list[Part]:
    """How the one text becomes the other: all `old` joined are the one, all `new` the other, letter by letter."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    a, b = list(map(_key, before)), list(map(_key, after))
    kept = _whole_paragraphs([(0, 0, 0), *_kept(a, b), (len(a), len(b), 0)], a, b)
    return [part for part in _parts(_without_islands(kept, before, after), before, after) if part.old or part.new]


def _parts(blocks: Iterable[Block], before: Sequence[str], after: Sequence[str]) -> Iterator[Part]:
    ended, other_ended = 0, 0
    for i, j, size in blocks:
        yield Part("".join(before[ended:i]), "".join(after[other_ended:j]), kept=False)
        ended, other_ended = i + size, j + size
        yield Part("".join(before[i:ended]), "".join(after[j:other_ended]), kept=True)


def _key(token: str) -> str:
    """What two tokens have in common that readers take for the same."""
    return plain(token) or ("\n" if "\n" in token else " ")


def _kept(a: Sequence[str], b: Sequence[str]) -> list[Block]:
    """Where equal passages begin in both, and how long they are; in order, those side by side joined."""
    found: list[Block] = []
    waiting: list[tuple[Span, int]] = [((0, len(a), 0, len(b)), 0)]
    while waiting:
        span, depth = waiting.pop()
        span, blocks = _trimmed(a, b, span)
        found += blocks
        low, high, start, end = span
        if low == high or start == end:
            continue
        if (high - low) * (end - start) <= _LARGEST:
            matcher = SequenceMatcher(None, a[low:high], b[start:end], autojunk=False)
            found += [(low + i, start + j, size) for i, j, size in matcher.get_matching_blocks() if size]
        elif depth < _DEEPEST:
            waiting += [(piece, depth + 1) for piece in _cut(a, b, span)]
    return _joined(sorted(found))


def _trimmed(a: Sequence[str], b: Sequence[str], span: Span) -> tuple[Span, list[Block]]:
    """What is left of a span without the equal words at its ends, and those."""
    low, high, start, end = span
    blocks = []
    size = 0
    while low + size < high and start + size < end and a[low + size] == b[start + size]:
        size += 1
    if size:
        blocks.append((low, start, size))
    low, start, size = low + size, start + size, 0
    while low < high - size and start < end - size and a[high - size - 1] == b[end - size - 1]:
        size += 1
    if size:
        blocks.append((high - size, end - size, size))
    return (low, high - size, start, end - size), blocks


def _cut(a: Sequence[str], b: Sequence[str], span: Span) -> Iterator[Span]:
    """The spans from one word to the next that occurs once in both; none if there is no such word."""
    low, high, start, end = span
    anchors = _rising(_once_in_both(a[low:high], b[start:end]))
    if not anchors:
        return
    places = [(low, start), *((low + i, start + j) for i, j in anchors), (high, end)]
    yield from ((i, k, j, m) for (i, j), (k, m) in pairwise(places))


def _once_in_both(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    in_a, in_b = Counter(a), Counter(b)
    there = {word: place for place, word in enumerate(b) if in_b[word] == 1}
    return [(place, there[word]) for place, word in enumerate(a) if in_a[word] == 1 and word in there]


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest row of pairs that rises on both sides (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []  # which pair lies on top of each pile
    below: list[int | None] = []
    for number, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        below.append(piles[pile - 1] if pile else None)
        tops[pile : pile + 1] = [place]
        piles[pile : pile + 1] = [number]
    row = []
    number_or_none = piles[-1] if piles else None
    while number_or_none is not None:
        row.append(pairs[number_or_none])
        number_or_none = below[number_or_none]
    return row[::-1]


def _joined(blocks: Sequence[Block]) -> list[Block]:
    joined: list[Block] = []
    for i, j, size in blocks:
        if joined and (joined[-1][0] + joined[-1][2], joined[-1][1] + joined[-1][2]) == (i, j):
            joined[-1] = (*joined[-1][:2], joined[-1][2] + size)
        else:
            joined.append((i, j, size))
    return joined


def _whole_paragraphs(blocks: list[Block], a: Sequence[str], b: Sequence[str]) -> list[Block]:
    """Of the places at which the same words may have been put in or taken out, the one behind a paragraph's end."""
    slid = list(blocks)
    for number in range(1, len(slid)):
        (i, j, size), (k, m, following) = slid[number - 1 : number + 1]
        tokens, start, end = (b, j + size, m) if i + size == k else (a, i + size, k)
        if start == end or (i + size != k and j + size != m):
            continue
        step = next((step for step in _slides(tokens, start, end, size, following) if _ends(tokens, start + step)), 0)
        slid[number - 1] = (i, j, size + step)
        slid[number] = (k + step, m + step, following - step)
    return slid


def _ends(tokens: Sequence[str], place: int) -> bool:
    return place == 0 or tokens[place - 1] == "\n"


def _slides(tokens: Sequence[str], start: int, end: int, before: int, behind: int) -> Iterator[int]:
    """By how many words a passage could stand further on, or further to the front, and the text be the same."""
    yield 0
    for step in range(min(behind, _FURTHEST)):
        if tokens[start + step] != tokens[end + step]:
            break
        yield step + 1
    for step in range(1, 1 + min(before, _FURTHEST)):
        if tokens[start - step] != tokens[end - step]:
            break
        yield -step


def _without_islands(blocks: Sequence[Block], before: Sequence[str], after: Sequence[str]) -> Iterator[Block]:
    """Drop what is kept by chance between two rewritten passages: signs alone, or much less than stands around it."""
    last = (0, 0)
    for number, (i, j, size) in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else (len(before), len(after), 0)
        gap = (i - last[0]) + (j - last[1])
        gap_behind = (following[0] - i - size) + (following[1] - j - size)
        kept = before[i : i + size]
        words = sum(1 for token in kept if _WORD.search(token))
        alone = gap and gap_behind and "\n" not in "".join(kept)
        if size and alone and (words == 0 or 8 * words < min(gap, gap_behind)):
            continue
        yield i, j, size
        last = (i + size, j + size)
