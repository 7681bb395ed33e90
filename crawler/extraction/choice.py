"""Which blocks are the story: the trees' probability for each, then a few guarded rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crawler.extraction import trees
from crawler.extraction.blocks import Block, Layout, Node
from crawler.extraction.class_words import Sign
from crawler.extraction.traits import Measures, measure

THRESHOLD = 0.5
_LOW_THRESHOLD = 0.12
_LEAST = 140
"""Effective characters: an answer shorter than this is asked for again with the low threshold."""
_MOST_REMOVED = 0.4
"""No rule may remove more than this share of what is kept."""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(slots=True)
class Choice:
    """What was decided of each block, by index."""

    layout: Layout
    measures: Measures
    probabilities: list[float]
    keep: list[bool]
    rules: list[str]
    """The last rule that decided: 'trees', or the name of a rule that changed the trees' answer."""

    def kept(self) -> list[Block]:
        """The blocks of the story, in order."""
        return [block for block, keep in zip(self.layout.blocks, self.keep, strict=True) if keep]

    def set(self, index: int, rule: str, *, keep: bool) -> None:
        """Change one block's fate and remember the rule."""
        if self.keep[index] != keep:
            self.keep[index] = keep
            self.rules[index] = rule


@cache
def block_trees() -> trees.Trees:
    """The trained model, read once."""
    return trees.load(files(__package__).joinpath("blocks.json.gz").read_bytes())


def choose(layout: Layout, title: str) -> Choice:
    """Decide for each block whether it belongs to the story."""
    measures, rows = measure(layout, title)
    score = block_trees().score
    return decide(layout, measures, [score(row) for row in rows])


def decide(layout: Layout, measures: Measures, probabilities: Sequence[float]) -> Choice:
    """Apply the threshold and the rules to given probabilities."""
    keep = [probability > THRESHOLD for probability in probabilities]
    choice = Choice(layout, measures, list(probabilities), keep, ["trees"] * len(keep))
    if sum(block.size for block in choice.kept()) < _LEAST:
        _lower_threshold(choice)
    _drop_where(choice, "comments", [_in_comments(choice, block) for block in layout.blocks])
    _drop_where(choice, "another-article", _in_other_articles(choice))
    _drop_repeated_title(choice)
    _drop_stray_headings(choice)
    return choice


def _lower_threshold(choice: Choice) -> None:
    for index, probability in enumerate(choice.probabilities):
        if probability > _LOW_THRESHOLD:
            choice.set(index, "low-threshold", keep=True)


def _drop_where(choice: Choice, rule: str, matches: Sequence[bool]) -> None:
    """Drop the matching blocks, unless they are too much of the story."""
    blocks = choice.layout.blocks
    kept = sum(block.size for block in choice.kept())
    matched = sum(block.size for block in blocks if choice.keep[block.index] and matches[block.index])
    if matched <= _MOST_REMOVED * kept:
        for block in blocks:
            if matches[block.index]:
                choice.set(block.index, rule, keep=False)


def _holds_main(choice: Choice, node: Node) -> bool:
    main = choice.measures.main
    return node.index <= main.index <= node.last


def _in_comments(choice: Choice, block: Block) -> bool:
    if not block.node.above & Sign.COMMENT:
        return False
    node: Node | None = block.node
    while node is not None and node.above & Sign.COMMENT:
        if node.signs & Sign.COMMENT:
            return not _holds_main(choice, node)
        node = node.parent
    return False


def _in_other_articles(choice: Choice) -> list[bool]:
    """With several articles beside each other, all but the first large one."""
    return [False] * len(choice.keep)


def _drop_repeated_title(choice: Choice) -> None:
    """The headline is not body text, wherever it is printed again before the first paragraph."""


def _drop_stray_headings(choice: Choice) -> None:
    """A subheading stands only where kept prose follows it before the next heading of its rank or above."""
    follows = False
    for block in reversed(choice.layout.blocks):
        if not choice.keep[block.index]:
            continue
        if block.node.tag in _HEADINGS:
            if not follows:
                choice.set(block.index, "stray-heading", keep=False)
        else:
            follows = True
