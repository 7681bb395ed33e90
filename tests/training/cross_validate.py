"""What others may expect: python -m tests.training.cross_validate FOLDER… [--folds N] [--seeds N] [--json]

All measures of tests/scoring, each page read by a model and by weights that its publisher had no part in: publishers
are dealt into folds, everything that is learned is learned anew without the fold, and the fold's pages go through the
whole extraction. The means are over several deals. Where FOLDER holds `related.jsonl`, the labels over related links
are held apart likewise: each page is read with a lexicon that lacks the labels which it alone shows.

Needs the environment of train_chooser and of weigh_signs:  pip install lightgbm scipy -e .
"""

import argparse
import json
import random
import statistics
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import tldextract

from crawler.extraction import boosted_trees, chooser, extract, kernels, labels, weighing
from crawler.extraction.trait_names import KIN_NAMES
from crawler.items import Article
from crawler.jobs.pages import pages_of_warc
from tests.scoring.corpus import of_folder
from tests.scoring.score import Row, Scores, related_scores, score, table
from tests.training import train_chooser, weigh_signs

_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=())


@dataclass(frozen=True, slots=True)
class Page:
    """One page: what is known of it, and what is learned from it."""

    gold: Row
    content: bytes
    content_type: str | None
    related: Sequence[Row] | None
    blocks: train_chooser.Example | None
    """None of a page without a known story."""
    signs: weigh_signs.Example

    @property
    def publisher(self) -> str:
        """The registrable domain: a publisher has one, whatever a data set calls it."""
        return publisher_of(self.gold["url"])


def publisher_of(url: str) -> str:
    """The registrable domain of an address; the address itself where it has none."""
    return _SUFFIXES(url).top_domain_under_public_suffix or url


def read(folder: Path) -> Iterator[Page]:
    """The known pages of a folder."""
    rows, related = of_folder(folder)
    gold = {row["url"]: row for row in rows}
    links = {row["url"]: row["related"] for row in related}
    for page in pages_of_warc(folder / "pages.warc.gz", "pages.warc.gz", lambda _: None):
        if page.url in gold:
            row, (content, content_type) = gold[page.url], page.content()
            has_story = row.get("body") and row.get("page_type", "article") == "article"
            yield Page(
                row,
                content,
                content_type,
                links.get(page.url),
                train_chooser.example(row, content, content_type) if has_story else None,
                weigh_signs.example(row, content, content_type),
            )


def deal(publishers: Collection[str], folds: int, seed: int) -> dict[str, int]:
    """The fold of each publisher."""
    names = sorted(set(publishers))
    return {name: place % folds for place, name in enumerate(random.Random(seed).sample(names, len(names)))}


@contextmanager
def learned_from(pages: Sequence[Page]) -> Iterator[None]:
    """The extraction with a model and weights that were learned from these pages alone."""
    trees = train_chooser.train([page.blocks for page in pages if page.blocks])
    packed = train_chooser.packed(trees, [])
    weights, base = weigh_signs.fit([page.signs for page in pages])
    rounded = {name: round(100 * value) for name, value in weights.items()}
    with ExitStack() as changes:
        loaded = kernels.Trees(boosted_trees.read_model(packed), split=len(KIN_NAMES))
        changes.enter_context(patch.object(chooser, "block_trees", lambda: loaded))
        changes.enter_context(patch.multiple(weighing, WEIGHTS=rounded, BASE=round(100 * base)))
        yield


@contextmanager
def without_labels(shown: Collection[str]) -> Iterator[None]:
    """The extraction with a lexicon that lacks these labels; the words that labels are made of stay."""
    left = labels.RELATED - {labels.normal(label) for label in shown}
    with patch.object(labels, "RELATED", left):
        labels._classified.cache_clear()
        yield
    labels._classified.cache_clear()


def item_of(page: Page) -> Row | None:
    """What the extraction makes of a page."""
    found = extract(page.content, page.gold["url"], page.content_type)
    return asdict(found) if isinstance(found, Article) else None


def items_of(pages: Sequence[Page]) -> dict[str, Row]:
    """The items of those pages that are articles, by address."""
    return {page.gold["url"]: item for page in pages if (item := item_of(page)) is not None}


def validated(pages: Sequence[Page], folds: int, seed: int) -> Scores:
    """The scores of one deal."""
    fold = deal([page.publisher for page in pages], folds, seed)
    items: dict[str, Row] = {}
    for held in range(folds):
        with learned_from([page for page in pages if fold[page.publisher] != held]):
            items |= items_of([page for page in pages if fold[page.publisher] == held])
    return score([page.gold for page in pages], items, _related_rows(pages))


def with_strange_labels(pages: Sequence[Page]) -> dict[str, float]:
    """The scores of related links where no page's own labels are known, unless another publisher shows them too."""
    known = [page for page in pages if page.related is not None]
    items: dict[str, Row] = {}
    for page in known:
        others = {label for other in known if other.publisher != page.publisher for label in _labels(other)}
        with without_labels(_labels(page) - others):
            items |= items_of([page])
    return related_scores(_related_rows(known), items)


def _labels(page: Page) -> set[str]:
    return {labels.normal(link["label"]) for link in page.related or () if link.get("label")}


def _related_rows(pages: Sequence[Page]) -> list[Row]:
    return [{"url": page.gold["url"], "related": page.related} for page in pages if page.related is not None]


def mean(deals: Sequence[Scores]) -> Scores:
    """The mean of each measure over the deals."""
    first: Mapping[str, Mapping[str, Any]] = deals[0]
    return {
        dataset: {name: statistics.fmean(found[dataset][name] for found in deals) for name in measures}
        for dataset, measures in first.items()
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=3, help="how often publishers are dealt into folds (default: 3)")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    args = parser.parse_args()
    pages = [page for folder in args.folders for page in read(folder)]
    scores = mean([validated(pages, args.folds, seed) for seed in range(1, args.seeds + 1)])
    if any(page.related is not None for page in pages):
        scores["related, labels unknown"] = with_strange_labels(pages)
    print(json.dumps(scores, indent=1) if args.json else table(scores))


if __name__ == "__main__":
    main()
