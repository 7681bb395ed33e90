"""Boosted decision trees from a file of plain arrays, scored without any library.

All trees are walked at once (the QuickScorer idea): each tree has a lane of 32 bits in one big integer, a bit a leaf,
leaves numbered from the left. A comparison that fails rules out the leaves to its left, so each trait's value gives, by
one binary search, the mask of the leaves that it leaves standing. The lowest bit that stands in a lane is the leaf that
the tree reaches.
"""

import gzip
import json
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from operator import getitem
from struct import Struct
from typing import Any, Union, cast

_LANE = 32
Tree = Union[float, list["Tree"]]  # noqa: UP007 - the union refers to itself
"""A leaf's value, or [trait, threshold, left, right]."""
_Comparison = tuple[int, list[float], list[int]]
"""A trait, its thresholds in order, and the leaves that stand after as many failed ones."""


class Trees:
    """A model as its training wrote it: trait names, and trees as nested [trait, threshold, left, right] or leaves.

    Traits come in two parts: those before `split` and the rest.
    """

    def __init__(self, model: Mapping[str, Any], *, split: int) -> None:
        trees = model["trees"]
        self.names: tuple[str, ...] = tuple(model["names"])
        self._lanes = Struct(f"<{len(trees)}I")
        self._lows = sum(1 << (_LANE * place) for place in range(len(trees)))
        self._leaves: list[dict[int, float]] = []
        failures: dict[int, dict[float, int]] = {}
        everything = 0
        for place, tree in enumerate(trees):
            leaves = _number_leaves(tree, place * _LANE, failures)
            self._leaves.append({1 << number: value for number, value in enumerate(leaves)})
            everything |= ((1 << len(leaves)) - 1) << (place * _LANE)
        self._everything = everything
        comparisons = [(trait, *_prefixes(failures[trait], everything)) for trait in sorted(failures)]
        self._first: list[_Comparison] = [known for known in comparisons if known[0] < split]
        self._second: list[_Comparison] = [(known[0] - split, *known[1:]) for known in comparisons if known[0] >= split]

    def narrow(self, traits: Sequence[float]) -> int:
        """The leaves that the traits of the first part leave standing."""
        return _narrow(self._everything, self._first, traits)

    def score(self, traits: Sequence[float], standing: int) -> float:
        """The probability, from the traits of the second part and what those of the first left standing."""
        standing = _narrow(standing, self._second, traits)
        reached = standing & ~(standing - self._lows)
        lanes = self._lanes.unpack(reached.to_bytes(self._lanes.size, "little"))
        return 1 / (1 + math.exp(-sum(map(getitem, self._leaves, lanes))))


def _narrow(standing: int, comparisons: Sequence[_Comparison], traits: Sequence[float]) -> int:
    for trait, thresholds, masks in comparisons:
        place = bisect_left(thresholds, traits[trait])
        if place:
            standing &= masks[place]
    return standing


def read_model(packed: bytes) -> dict[str, Any]:
    """A model from its gzipped JSON."""
    return cast(dict[str, Any], json.loads(gzip.decompress(packed)))


def _number_leaves(tree: Tree, shift: int, failures: dict[int, dict[float, int]]) -> list[float]:
    """The leaf values from the left; notes per trait and threshold the leaves that a failed comparison rules out."""
    leaves: list[float] = []
    open_nodes: list[tuple[Any, int | None]] = [(tree, None)]
    while open_nodes:
        node, first = open_nodes.pop()
        if first is not None:  # the left side of this node is numbered now
            ruled_out = ((1 << len(leaves)) - (1 << first)) << shift
            by_threshold = failures.setdefault(node[0], {})
            by_threshold[node[1]] = by_threshold.get(node[1], 0) | ruled_out
            open_nodes.append((node[3], None))
        elif isinstance(node, list):
            open_nodes += [(node, len(leaves)), (node[2], None)]
        else:
            leaves.append(node)
    return leaves


def _prefixes(by_threshold: dict[float, int], everything: int) -> tuple[list[float], list[int]]:
    """The thresholds in order and, after each, what is left standing of all leaves."""
    thresholds = sorted(by_threshold)
    masks = [everything]
    for threshold in thresholds:
        masks.append(masks[-1] & ~by_threshold[threshold])
    return thresholds, masks
