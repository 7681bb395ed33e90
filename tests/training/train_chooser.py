"""Train the block chooser: python -m tests.training.train_chooser FOLDER… [--output FILE]

Needs an environment of its own with lightgbm and this project:  pip install lightgbm -e .
Each FOLDER holds `pages.warc.gz` and `gold.jsonl` with `url`, `dataset`, `body` and perhaps `page_type`; pages of
another type than article are left out. The texts stay where they are; what is written are thresholds and leaf values.
How right the extraction is on publishers that it was not trained on says tests.training.cross_validate.
"""

import argparse
import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy
from warcio.archiveiterator import ArchiveIterator

from crawler.extraction.document import parse
from crawler.extraction.story import heads_of
from crawler.extraction.trait_names import NAMES
from crawler.extraction.traits import Measures, is_candidate
from crawler.extraction.walk import segment
from tests.scoring.measures import words
from tests.training.labels import label

SETTINGS = {
    "objective": "binary", "num_leaves": 31, "learning_rate": 0.1, "min_data_in_leaf": 60,
    "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "max_bin": 63,
    "verbose": -1, "num_threads": 1, "seed": 6, "deterministic": True,
}  # fmt: skip
ROUNDS = 100
SET_WEIGHTS = {"zyte": 3.0, "fundus": 2.5}
"""Small sets count more a page than the others, which count 1."""


@dataclass(frozen=True, slots=True)
class Example:
    """One page: the traits of the blocks that can matter, and which of them are the body."""

    traits: numpy.ndarray
    truth: numpy.ndarray
    weights: numpy.ndarray


def examples(folder: Path) -> Iterator[Example]:
    """The article pages of a folder."""
    gold = {row["url"]: row for row in map(json.loads, (folder / "gold.jsonl").open(encoding="utf-8"))}
    with (folder / "pages.warc.gz").open("rb") as warc:
        for record in ArchiveIterator(warc):
            row = gold.get(record.rec_headers.get_header("WARC-Target-URI"))
            if (
                record.rec_type == "response"
                and row
                and row.get("body")
                and row.get("page_type", "article") == "article"
            ):
                yield example(row, record.content_stream().read(), record.http_headers.get_header("Content-Type"))


def example(row: dict[str, str], content: bytes, content_type: str | None) -> Example:
    """The traits and labels of one page."""
    document = parse(content, row["url"], content_type)
    layout = segment(document.root)
    measures = Measures(layout, heads_of(document))
    truth = label([block.text for block in layout.blocks], row["body"])
    candidates = [block.index for block in layout.blocks if is_candidate(measures, block)]
    blocks = [layout.blocks[index] for index in candidates]
    sizes = numpy.array([len(words(block.text)) for block in blocks], dtype=float)
    chosen = numpy.array([truth[index] for index in candidates], dtype=float)
    weights = (numpy.minimum(sizes, 200) + 2) / max(1.0, (sizes * chosen).sum())
    return Example(
        numpy.array([measures.kin(block.node) + measures.own(block) for block in blocks], dtype=numpy.float64),
        chosen,
        weights * SET_WEIGHTS.get(row["dataset"], 1.0),
    )


def train(pages: list[Example]) -> lightgbm.Booster:
    """The trees for these pages."""
    filled = [page for page in pages if len(page.traits)]
    weights = numpy.concatenate([page.weights for page in filled])
    weights = numpy.minimum(weights, numpy.percentile(weights, 99.5))
    dataset = lightgbm.Dataset(
        numpy.concatenate([page.traits for page in filled]),
        numpy.concatenate([page.truth for page in filled]),
        weight=weights / weights.mean(),
    )
    return lightgbm.train(SETTINGS, dataset, ROUNDS)


def packed(trees: lightgbm.Booster, trained_on: list[str]) -> bytes:
    """The trees as gzipped JSON, the same bytes for the same trees."""
    model = {
        "names": NAMES,
        "trained_on": trained_on,
        "trees": [nested(tree["tree_structure"]) for tree in trees.dump_model()["tree_info"]],
    }
    return gzip.compress(json.dumps(model, separators=(",", ":")).encode(), 9, mtime=0)


def nested(node: dict) -> list | float:
    """A node as [trait, threshold, left, right], a leaf as its value."""
    if "split_feature" not in node:
        return round(node["leaf_value"], 5)
    threshold = float(f"{node['threshold']:.7g}")
    return [node["split_feature"], threshold, nested(node["left_child"]), nested(node["right_child"])]


def main() -> None:
    """Train on the folders and write the model, or print what cross-validation says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, default=Path("crawler/extraction/blocks.json.gz"))
    arguments = parser.parse_args()
    pages = [page for folder in arguments.folders for page in examples(folder)]
    digests = [
        hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for folder in arguments.folders
        for name in ("pages.warc.gz", "gold.jsonl")
    ]
    arguments.output.write_bytes(packed(train(pages), digests))


if __name__ == "__main__":
    main()
