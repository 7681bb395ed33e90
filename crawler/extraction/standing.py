"""Where blocks and elements stand to each other: under, around, in one list, in a tab's pane."""

from collections.abc import Iterator
from itertools import islice

from crawler.extraction.blocks import Block, Layout, Node


def blocks_under(layout: Layout, node: Node, start: int) -> Iterator[Block]:
    """The blocks under an element, from the one of this index on."""
    for block in layout.blocks[start : layout.end(node)]:
        if node.index <= block.node.index <= node.last:
            yield block


def is_under(node: Node, other: Node, depth: int) -> bool:
    """Whether a node stands in another one, at most so many levels down."""
    return other.index < node.index <= other.last and node.depth - other.depth <= depth


def in_one_list(one: Block, other: Block) -> bool:
    """Whether two blocks stand in one `ul` or `ol`: what is between links there belongs to the list's items."""
    around = next((node for node in one.node.upwards() if node.tag in ("ul", "ol")), None)
    return around is not None and around.index < other.node.index <= around.last


def common(one: Node, other: Node) -> Node:
    """The lowest element around both."""
    while one is not other:
        if one.depth >= other.depth and one.parent is not None:
            one = one.parent
        elif other.parent is not None:
            other = other.parent
    return one


def pane_of(label: Block, layout: Layout) -> Node | None:
    """Of tabs, as `Related | Most read`, the pane that a label is the head of."""
    heads = next((node for node in label.node.upwards() if _is_called(node, "tablist", "nav-tabs")), None)
    if heads is None:
        return None
    panes = (node for node in layout.nodes[heads.last + 1 :] if _is_called(node, "tabpanel", "tab-pane"))
    return next(islice(panes, label.index - heads.first, None), None)


def _is_called(node: Node, role: str, name: str) -> bool:
    return node.element.get("role") == role or name in node.classes.split()
