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
"""What is less probable is in no story by its probability alone; rules may still keep it."""
_LEAST = 140
"""Effective characters: of a shorter story of news, too, all is taken that the page gains by."""
_LEAST_GAIN = 0.005
"""Of the expected F1: for less the threshold is left as it is."""
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
    if not measures.is_news or choice.size() < _LEAST:
        _take_over(choice, _gainful(choice), "expected-gain", range(len(keep)))
    if choice.size() >= _LONG and not measures.is_news:
        kept = choice.kept()
        _take_over(choice, _GUIDE_THRESHOLD, "long-text", range(kept[0].index, kept[-1].index))
    refine(choice)
    return choice


def _gainful(choice: Choice) -> float:
    """The probability from which on blocks gain more than they cost: with them the expected F1 of the page is highest.

    Where the trees doubt all of a story a doubtful block costs less than where they are certain of most of it (Lipton
    et al. 2014, "Optimal thresholding of classifiers to maximize F1 measure"). Of pages that call themselves news
    one threshold tells all but the shortest bodies as well.
    """
    sized = sorted(zip(choice.probabilities, (block.size for block in choice.layout.blocks), strict=True), reverse=True)
    expected = sum(probability * size for probability, size in sized)
    best, threshold, usual, right, chosen = 0.0, THRESHOLD, 0.0, 0.0, 0
    for probability, size in sized:
        if probability <= _LOW_THRESHOLD:
            break
        right, chosen = right + probability * size, chosen + size
        gain = 2 * right / (chosen + expected)
        if probability > THRESHOLD:
            usual = gain
        if gain > best:
            best, threshold = gain, probability
    return threshold if best > usual + _LEAST_GAIN else THRESHOLD


def _take_over(choice: Choice, least: float, rule: str, among: range) -> None:
    """Take what is as probable as this."""
    for index in among:
        if choice.probabilities[index] >= least:
            choice.set(index, rule, keep=True)
