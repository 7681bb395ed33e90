"""Fit the weights of the signs: python -m tests.training.weigh_signs FOLDER… [--output FILE]

Needs an environment of its own with scipy and this project:  pip install scipy -e .
Each FOLDER holds `pages.warc.gz` and `gold.jsonl` with `url` and perhaps `page_type`; pages without a type are
articles. Which share of each type is told right of publishers that had no part says tests.training.cross_validate.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
from scipy.optimize import minimize
from warcio.archiveiterator import ArchiveIterator

from crawler.extraction import STEPS, finish, parse, rejection, start
from crawler.extraction.kind import is_settled
from crawler.extraction.weighing import build_signs, head_signs
from crawler.items import Rejected

FREEDOM = 1.0
"""How large the weights may become."""
LEAST = 0.05
"""Weights below this are left out."""
ARTICLES = frozenset({"article", "news"})
COUNTS = {"listing": 12.0, "product": 2.0, "forum": 1.2, "service": 0.7}
"""Types that count more or less a page than the others: a crawler of news meets little else than lists besides
articles, goods and threads are told by fewer signs, and many a company's page is nearly an article."""
NOT_LEARNED = frozenset({"documentation"})
"""Types that are too near to articles to be told from them."""
MARGIN = 1.85
"""Losing an article is worse than keeping another page: so much is added to the base."""


@dataclass(frozen=True, slots=True)
class Example:
    """One page: its type, and the signs that it shows."""

    kind: str
    verdict: bool | None
    """Whether it is an article, where that is settled before anything is weighed."""
    signs: frozenset[str] = frozenset()


def examples(folder: Path) -> Iterator[Example]:
    """The pages of a folder."""
    gold = {row["url"]: row for row in map(json.loads, (folder / "gold.jsonl").open(encoding="utf-8"))}
    with (folder / "pages.warc.gz").open("rb") as warc:
        for record in ArchiveIterator(warc):
            row = gold.get(record.rec_headers.get_header("WARC-Target-URI"))
            if record.rec_type == "response" and row:
                kind = record.http_headers.get_header("Content-Type")
                yield example(row, record.content_stream().read(), kind)


def example(row: dict[str, str], content: bytes, content_type: str | None) -> Example:
    """What one page shows."""
    page = start(parse(content, row["url"], content_type))
    kind = row.get("page_type", "news")
    if rejection(page.document):
        return Example(kind, verdict=False)
    for step in STEPS:
        page = step(page)
    verdict = False if isinstance(finish(page), Rejected) else is_settled(page)
    heads = head_signs(page)
    return Example(kind, verdict, heads | build_signs(page, heads))


def fit(pages: list[Example]) -> tuple[dict[str, float], float]:
    """The weights of the signs, and the base, from those pages that nothing settled.

    A logistic regression in which each sign may only speak for what it is seen with more often; what several signs say
    together is then shared among them, and none gets the task of taking back what another says too loudly.
    """
    learned = [page for page in pages if page.verdict is None and page.kind not in NOT_LEARNED]
    names = sorted(frozenset().union(*(page.signs for page in learned)))
    shown = numpy.array([[name in page.signs for name in names] for page in learned], dtype=float)
    truth = numpy.array([page.kind in ARTICLES for page in learned], dtype=float)
    counts = numpy.array([COUNTS.get(page.kind, 1.0) for page in learned])
    speaks_for = shown[truth == 1].mean(0) >= shown[truth == 0].mean(0)

    def loss(weights: numpy.ndarray) -> tuple[float, numpy.ndarray]:
        logits = shown @ weights[:-1] + weights[-1]
        wrong = counts * (1 / (1 + numpy.exp(-logits)) - truth)
        size = numpy.sum(counts * (numpy.logaddexp(0, logits) - truth * logits)) + numpy.sum(weights[:-1] ** 2) / (
            2 * FREEDOM
        )
        return size, numpy.append(shown.T @ wrong + weights[:-1] / FREEDOM, wrong.sum())

    bounds = [(0, None) if one else (None, 0) for one in speaks_for] + [(None, None)]
    found = minimize(loss, numpy.zeros(len(names) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = dict(zip(names, map(float, found[:-1]), strict=True))
    return {name: value for name, value in weights.items() if abs(value) >= LEAST}, float(found[-1]) + MARGIN


def write(output: Path, weights: dict[str, float], base: float, trained_on: list[str]) -> None:
    """The weights as a module."""
    table = {name: round(100 * value) for name, value in sorted(weights.items(), key=lambda item: item[1])}
    output.write_text(
        '"""The weights of the signs, in hundredths of a logit: written by tests/training/weigh_signs.py."""\n\n'
        f"BASE = {round(100 * base)}\n"
        f"WEIGHTS: dict[str, int] = {_literal(table)}\n"
        "TRAINED_ON = (\n" + "".join(f'    "{digest}",\n' for digest in trained_on) + ")\n"
        '"""The SHA-256 of each file that was read."""\n',
        encoding="utf-8",
    )


def _literal(table: dict[str, int]) -> str:
    return "\n".join(["{", *(f"    {json.dumps(name)}: {json.dumps(value)}," for name, value in table.items()), "}"])


def digests(folders: list[Path]) -> list[str]:
    """The SHA-256 of each file that was read."""
    files = [folder / name for folder in folders for name in ("pages.warc.gz", "gold.jsonl")]
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]


def main() -> None:
    """Fit and write, or cross-validate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, default=Path("crawler/extraction/sign_weights.py"))
    args = parser.parse_args()
    pages = [page for folder in args.folders for page in examples(folder)]
    write(args.output, *fit(pages), digests(args.folders))


if __name__ == "__main__":
    main()
