"""Which blocks of a page are its known body: an alignment of blocks and words, then improved block by block."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable

from tests.scoring.measures import shingles, words

Shingles = Counter[Hashable]


def label(blocks: list[str], body: str) -> list[bool]:
    """For each block, whether it is part of the body."""
    return _improve(blocks, _align(blocks, words(body)), shingles(body))


def _align(blocks: list[str], body: list[str]) -> list[bool]:
    """The chain of blocks, in order, that matches most words of the body, in order."""
    places = _places(body)
    ends: list[int] = []  # of the best chains, ascending, with their weights and last links
    best: list[tuple[float, int]] = []
    links: list[tuple[int, int]] = []
    for index, text in enumerate(blocks):
        found = [(start, weight, len(words(text))) for start, weight in _candidates(words(text), body, places)]
        for start, weight, length in found:
            at = bisect_right(ends, start + 4) - 1
            before, link = best[at] if at >= 0 else (0.0, -1)
            links.append((index, link))
            _insert(ends, best, start + length, (before + weight - 0.02, len(links) - 1))
    chosen = [False] * len(blocks)
    link = best[-1][1] if best else -1
    while link >= 0:
        index, link = links[link]
        chosen[index] = True
    return chosen


def _insert(ends: list[int], best: list[tuple[float, int]], end: int, value: tuple[float, int]) -> None:
    """Keep the chains that no chain ending earlier outweighs."""
    at = bisect_right(ends, end)
    if at and best[at - 1] >= value:
        return
    while at < len(ends) and best[at] <= value:
        del ends[at], best[at]
    ends.insert(at, end)
    best.insert(at, value)


def _places(body: list[str]) -> dict[tuple[str, ...], list[int]]:
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for size in (1, 3):
        for start in range(len(body) - size + 1):
            places[tuple(body[start : start + size])].append(start)
    return places


def _candidates(text: list[str], body: list[str], places: dict[tuple[str, ...], list[int]]) -> list[tuple[int, int]]:
    """Where in the body a block may stand, and how many of its words match there."""
    size = len(text)
    if 0 < size <= 3:
        return [(start, size) for start in places.get((text[0],), ())[:20] if body[start : start + size] == text]
    votes: Counter[int] = Counter()
    for offset in range(size - 2):
        for start in places.get(tuple(text[offset : offset + 3]), ())[:12]:
            votes[(start - offset) // 4] += 1
    found = []
    for place, _ in votes.most_common(4):
        start = max(0, place * 4 - 2)
        weight = sum((Counter(body[start : start + size + 6]) & Counter(text)).values())
        if weight >= 0.6 * size:
            found.append((start + 2, weight))
    return sorted(found, reverse=True)


def _improve(blocks: list[str], chosen: list[bool], body: Shingles) -> list[bool]:
    """Add and drop single blocks as long as the F1 against the body grows."""
    runs = [shingles(text) for text in blocks]
    state = _State(body)
    for run, keep in zip(runs, chosen, strict=True):
        if keep:
            state.move(run, 1)
    for _ in range(3):
        changed = False
        for index, run in enumerate(runs):
            visible = sum(run.values()) > 1 or any(len(key) > 3 for key in run)
            if visible and state.gains(run, -1 if chosen[index] else 1):
                state.move(run, -1 if chosen[index] else 1)
                chosen[index] = not chosen[index]
                changed = True
        if not changed:
            break
    return chosen


class _State:
    """The runs of the blocks chosen so far, held against the body's."""

    def __init__(self, body: Shingles) -> None:
        self.body, self.goal = body, body.total()
        self.taken: Shingles = Counter()
        self.total = self.hits = 0

    def change(self, run: Shingles, sign: int) -> int:
        """How many more of the body's runs are met."""
        taken, body = self.taken, self.body
        return sum(min(taken[key] + sign * count, body[key]) - min(taken[key], body[key]) for key, count in run.items())

    def gains(self, run: Shingles, sign: int) -> bool:
        """Whether moving a block makes the F1 better, and the block is mostly in, or out of, the body."""
        size, change = run.total(), self.change(run, sign)
        telling = change >= 0.5 * size if sign > 0 else -change < 0.4 * size
        before = self.hits / max(1, self.goal + self.total)
        return telling and (self.hits + change) / max(1, self.goal + self.total + sign * size) > before + 1e-9

    def move(self, run: Shingles, sign: int) -> None:
        """Add or drop a block."""
        self.hits += self.change(run, sign)
        self.total += sign * run.total()
        for key, count in run.items():
            self.taken[key] += sign * count
