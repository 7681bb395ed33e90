"""Where on a page the story begins and ends: the lines about the story stand there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

from crawler.extraction.blocks import Block, Layout, Node
from crawler.extraction.site_names import squeezed

_BELOW_HEADLINE = 8
"""Blocks that may stand between the headline and the date."""
_ABOVE, _BELOW, _AFTER = 8, 12, 20
"""How many blocks above the headline, below the story's first and after its last may be about it."""
_RIGHT_ABOVE = 3
_BEYOND = 0.5
_LEVELS = 6
_FARTHEST = 40
Place = tuple[int, int]
"""Of an element: the index of its first block, then what orders it among the elements that begin there: its depth."""
IN_BLOCK = 10_000
"""Orders what stands in a block after the elements around it; the number of the piece before it is added."""


@dataclass(frozen=True, slots=True)
class Places:
    """A page's blocks, and which of them are the headline and the ends of the story."""

    layout: Layout
    headline: int
    """The index of the block that is the headline or right before it."""
    first: int
    """The story's first block."""
    last: int
    found: bool
    """Whether the story was found."""

    @classmethod
    def of(cls, layout: Layout, kept: Sequence[bool], title: str = "") -> "Places":
        """The places of a page of which these blocks are the story, under this title."""
        chosen = [index for index, keep in enumerate(kept) if keep]
        headings = [block.index for block in layout.blocks if block.node.tag == "h1"]
        first = chosen[0] if chosen else headings[0] + 1 if headings else 0
        before = [index for index in headings if index <= first]
        if title and len(before) > 1:
            before = [index for index in before if squeezed(layout.blocks[index].text) == squeezed(title)] or before
        headline = before[-1] if before else headings[0] if headings and not chosen else first - 1
        return cls(
            layout, headline, max(first, headline), max(chosen[-1] if chosen else 0, headline), found=bool(chosen)
        )

    def away(self, index: int) -> float:
        """How far a block is from where the date of the story stands: 0 right below the headline, over 1 elsewhere."""
        if self.headline <= index <= max(self.first, self.headline + _BELOW_HEADLINE):
            return 0.02 * (index - self.headline)
        if index < self.headline:
            return 0.3 + 0.1 * (self.headline - index)
        return 1.0 if index < self.last else 0.5 + 0.06 * (index - self.last)

    def is_beyond(self, index: int) -> bool:
        """Whether a block stands after the story, or in its midst."""
        return index > self.headline and self.away(index) >= _BEYOND

    def is_leading(self, index: int) -> bool:
        """Whether a block stands between the headline and the story, or right around them."""
        return self.headline - _RIGHT_ABOVE <= index <= max(self.first, self.headline + _BELOW_HEADLINE)

    def by_headline(self) -> tuple[int, int]:
        """The first of the blocks right above the headline, and the one after those between it and the story."""
        return max(0, self.headline - _RIGHT_ABOVE), min(self.first, self.headline + _BELOW_HEADLINE) + 1

    def near(self) -> list[Block]:
        """The blocks around the headline and the story's end; all of them where no story was found."""
        blocks = self.layout.blocks
        if not self.found:
            return blocks
        end = min(max(self.first, self.headline) + _BELOW, self.headline + _FARTHEST)
        return blocks[max(0, self.headline - _ABOVE) : end] + blocks[max(end, self.last - 1) : self.last + _AFTER]

    def near_nodes(self) -> list[Node]:
        """The block elements that hold the blocks of `near`, a few levels up, in no particular order."""
        found: dict[int, Node] = {}
        for block in self.near():
            node: Node | None = block.node
            for _ in range(_LEVELS):
                if node is None or node.index in found:
                    break
                found[node.index] = node
                node = node.parent
        return list(found.values())

    def around_headline(self) -> frozenset[Element]:
        """The block elements that the headline stands in, and itself."""
        return self._around(self.headline)

    def around_story(self) -> frozenset[Element]:
        """Those that the story's first block stands in; none where no story was found."""
        return self._around(self.first) if self.found else frozenset()

    def _around(self, index: int) -> frozenset[Element]:
        blocks = self.layout.blocks
        found = blocks[index].node.upwards() if 0 <= index < len(blocks) else ()
        return frozenset(node.element for node in found)

    def of_elements(self, elements: Collection[Element]) -> dict[Element, Place]:
        """Where the elements stand that hold text."""
        found = {node.element: (node.first, node.depth) for node in self.layout.nodes if node.element in elements}
        for block in self.layout.blocks:
            for piece, opens, element in block.marks:
                if opens and element in elements:
                    found[element] = block.index, IN_BLOCK + piece
        return found
