"""What was decided of each block of a page, and by which rule."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from itertools import compress

from lxml.etree import _Element as Element

from crawler.extraction.blocks import Block, Layout
from crawler.extraction.html_tags import TAG_BITS
from crawler.extraction.traits import Measures

THRESHOLD = 0.55
"""The probability above which the trees choose a block."""
MOST_REMOVED = 0.4
"""No rule may remove more than this share of what is kept."""


@dataclass(slots=True)
class Choice:
    """What was decided of each block, by index."""

    layout: Layout
    measures: Measures
    probabilities: list[float]
    keep: list[bool]
    rules: list[str]
    """The last rule that decided: 'trees', or the name of a rule that changed the trees' answer."""
    _kept: list[Block] | None = field(default=None, init=False, repr=False)

    def kept(self) -> Sequence[Block]:
        """The blocks of the story, in order."""
        if self._kept is None:
            self._kept = list(compress(self.layout.blocks, self.keep))
        return self._kept

    def size(self) -> int:
        """Effective characters of the story."""
        return sum(block.size for block in self.kept())

    def set(self, index: int, rule: str, *, keep: bool) -> None:
        """Change one block's fate and remember the rule."""
        if self.keep[index] != keep:
            self.keep[index] = keep
            self._kept = None
            self.rules[index] = rule

    def drop_where(self, rule: str, matches: Callable[[Block], bool], most: float = MOST_REMOVED) -> None:
        """Drop the kept blocks that match, unless they are too much of the story."""
        kept = self.kept()
        matching = [block for block in kept if matches(block)]
        if matching and sum(block.size for block in matching) <= most * sum(block.size for block in kept):
            for block in matching:
                self.set(block.index, rule, keep=False)


def select_within(choice: Choice, elements: Sequence[Element]) -> bool:
    """Choose what stands in the elements, but no captions; False, and nothing changed, where they hold no text."""
    wanted = frozenset(elements)
    inside: list[bool] = []
    for node in choice.layout.nodes:
        inside.append(node.element in wanted or (node.parent is not None and inside[node.parent.index]))
    figure = TAG_BITS["figure"] | TAG_BITS["figcaption"]
    chosen = [inside[block.node.index] and not block.node.above & figure for block in choice.layout.blocks]
    if not any(chosen):
        return False
    for index, keep in enumerate(chosen):
        choice.set(index, "selector", keep=keep)
    return True


def is_in(indices: Container[int]) -> Callable[[Block], bool]:
    """Whether a block is one of these, by index."""
    return lambda block: block.index in indices
