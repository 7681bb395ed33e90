"""Decision trees in plain arrays."""

import itertools
import math

import pytest

from crawler.extraction.boosted_trees import Trees
from crawler.extraction.chooser import block_trees
from crawler.extraction.trait_names import NAMES

FOREST = [[0, 0.5, [1, 2.5, -1.0, 0.25], [2, 0.5, 0.5, [0, 1.5, 2.0, -2.0]]], [2, 0.5, 0.125, -0.5], 0.75]


def walked(tree, traits):
    while isinstance(tree, list):
        trait, threshold, left, right = tree
        tree = left if traits[trait] <= threshold else right
    return tree


@pytest.mark.parametrize("split", [0, 1, 2, 3])
def test_all_trees_at_once_give_what_one_walk_a_tree_gives(split):
    trees = Trees({"names": ["a", "b", "c"], "trees": FOREST}, split=split)
    for traits in itertools.product((0, 0.5, 1, 1.5, 2), (2, 2.5, 3), (0, 0.5, 1)):
        expected = 1 / (1 + math.exp(-sum(walked(tree, traits) for tree in FOREST)))
        assert expected == pytest.approx(trees.score(traits[split:], trees.narrow(traits[:split])))


def test_the_model_in_the_package_was_trained_on_the_traits_that_are_measured():
    assert block_trees().names == NAMES, "retrain: python -m tests.training.train_chooser --help"
