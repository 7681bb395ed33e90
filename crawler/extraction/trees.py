"""Boosted decision trees from a file of plain arrays, scored without any library.

All trees are walked at once (the QuickScorer idea): each tree has a lane of 32 bits in one big integer, a bit a leaf, leaves
numbered from the left. A comparison that fails rules out the leaves to its left, so each trait's value gives, by one binary
search, the mask of the leaves that it leaves standing. The lowest bit that stands in a lane is the leaf that the tree reaches.
"""

import gzip
import json
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from operator import getitem
from struct import Struct
from typing import Any

_LANE = 32


class Trees:
    """A model as its training wrote it: {"names": traits, "trees": nested [trait, threshold, left, right] or leaf values}."""

    def __init__(self, model: Mapping[str, Any]) -> None:
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
        self._masks = tuple(
            (trait, *_prefixes(by_threshold, everything)) for trait, by_threshold in sorted(failures.items())
        )

    def narrow(self, traits: Sequence[float], first: int = 0, standing: int = -1) -> int:
        """The leaves that these traits, the first of which has the number `first`, leave standing."""
        standing &= self._everything
        for trait, thresholds, masks in self._masks:
            if first <= trait < first + len(traits):
                place = bisect_left(thresholds, traits[trait - first])
                if place:
                    standing &= masks[place]
        return standing

    def score(self, traits: Sequence[float], first: int = 0, standing: int = -1) -> float:
        """The probability that the trees give, from all traits or from the rest of them after `narrow`."""
        standing = self.narrow(traits, first, standing)
        reached = standing & ~(standing - self._lows)
        lanes = self._lanes.unpack(reached.to_bytes(self._lanes.size, "little"))
        return 1 / (1 + math.exp(-sum(map(getitem, self._leaves, lanes))))


def load(packed: bytes) -> Trees:
    """A model from its gzipped JSON."""
    return Trees(json.loads(gzip.decompress(packed)))


def _number_leaves(tree: Any, shift: int, failures: dict[int, dict[float, int]]) -> list[float]:
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
