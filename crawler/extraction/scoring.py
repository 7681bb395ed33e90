"""The trees' probability for each block of a page."""

from collections.abc import Hashable

from crawler.extraction.blocks import Node
from crawler.extraction.boosted_trees import Trees
from crawler.extraction.traits import Measures, is_candidate


def probabilities(measures: Measures, model: Trees) -> list[float]:
    """What the trees say of each block; blocks that cannot matter are not asked for and get 0."""
    kin: dict[Hashable, int] = {}
    found = []
    for block in measures.layout.blocks:
        if not is_candidate(measures, block):
            found.append(0.0)
            continue
        key = _kin_key(measures, block.node)
        standing = kin.get(key)
        if standing is None:
            standing = kin[key] = model.narrow(measures.kin(block.node))
        found.append(model.score(measures.own(block), standing))
    return found


def _kin_key(measures: Measures, node: Node) -> Hashable:
    """Blocks of nodes with the same key share their kin's traits."""
    around = node.parent.index if node.parent is not None else -1
    holds_main = node.index <= measures.main.index <= node.last
    return around, node.tag, node.classes, node.signs, node.hidden, measures.ranks[node.index], holds_main
