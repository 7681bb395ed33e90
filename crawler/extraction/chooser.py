"""Which blocks are the story: the trees' probability for each, then a few guarded rules."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from crawler.extraction.blocks import Layout
from crawler.extraction.boosted_trees import read_model
from crawler.extraction.choice import THRESHOLD, Choice
from crawler.extraction.kernels import Trees, probabilities
from crawler.extraction.refinements import refine
from crawler.extraction.trait_names import KIN_NAMES
from crawler.extraction.traits import Heads, Measures

_LOW_THRESHOLD = 0.12
_LEAST = 140
"""Effective characters: an answer shorter than this is asked for again with the low threshold."""
_LONG = 7000
"""Effective characters: a text as long as this that does not call itself news is a guide, and so are its tables, lists
and steps, of which the trees are less certain than of paragraphs."""
_GUIDE_THRESHOLD = 0.3


@cache
def block_trees() -> Trees:
    """The trained model, read once."""
    return Trees(block_model(), split=len(KIN_NAMES))


def block_model() -> dict[str, Any]:
    """What was trained, as its training wrote it."""
    return read_model(files(__package__).joinpath("blocks.json.gz").read_bytes())


def choose(layout: Layout, heads: Heads, *, lenient: bool = False) -> Choice:
    """Decide for each block whether it belongs to the story; lenient where the blocks are known to be little else."""
    measures = Measures(layout, heads)
    return decide(measures, probabilities(measures, block_trees()), _LOW_THRESHOLD if lenient else THRESHOLD)


def decide(measures: Measures, probabilities: Sequence[float], threshold: float = THRESHOLD) -> Choice:
    """Apply the threshold and the rules to given probabilities."""
    keep = [probability > threshold for probability in probabilities]
    choice = Choice(measures.layout, measures, list(probabilities), keep, ["trees"] * len(keep))
    size = choice.size()
    if size < _LEAST:
        _lower_threshold(choice)
    elif size >= _LONG and not measures.is_news:
        kept = choice.kept()
        _take_over(choice, _GUIDE_THRESHOLD, "long-text", range(kept[0].index, kept[-1].index))
    refine(choice)
    return choice


def _lower_threshold(choice: Choice) -> None:
    """Take what is nearly as probable as the best there is."""
    least = max(_LOW_THRESHOLD, 0.5 * min(THRESHOLD, max(choice.probabilities, default=0.0)))
    _take_over(choice, least, "low-threshold", range(len(choice.keep)))


def _take_over(choice: Choice, least: float, rule: str, among: range) -> None:
    """Take what is more probable than this."""
    for index in among:
        if choice.probabilities[index] > least:
            choice.set(index, rule, keep=True)
