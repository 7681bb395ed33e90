"""`python -m tests.scoring FOLDER…`: the measures over corpora, each held against its floors.

A FOLDER holds `pages.warc.gz` and `gold.jsonl` (a line a page: url, dataset, and what is known of title, authors, date,
body, page_type), perhaps `related.jsonl`. Exit status 1 if a measure is under its floor in floors.toml. Without a
folder the project's own pages are measured, and it is said aloud that no corpus was.
"""

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from tests.scoring.corpus import KnownPage, digest, golden_pages, items_of_folder, newsroom_pages, of_folder
from tests.scoring.own_pages import scores_of_pages
from tests.scoring.score import Scores, score, table, under

FLOORS = Path(__file__).with_name("floors.toml")
OWN = {"golden": golden_pages, "newsroom": lambda: newsroom_pages(60)}


def floors() -> dict[str, Any]:
    """The floors by corpus: 'golden', 'newsroom', or the digest of a gold.jsonl."""
    return tomllib.loads(FLOORS.read_text(encoding="utf-8"))


def scores_of_folder(folder: Path, jobs: int = 1) -> Scores:
    """The scores of a corpus."""
    gold, related = of_folder(folder)
    return score(gold, items_of_folder(folder, jobs), related)


def scores_of_own(name: str) -> Scores:
    """The scores of the project's own pages."""
    pages: list[KnownPage] = OWN[name]()
    return scores_of_pages(pages)


def main() -> int:
    """Print the tables; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.scoring", description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="*", metavar="FOLDER[,FOLDER]")
    parser.add_argument("--jobs", type=int, default=1, help="processes to extract with (default: 1)")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    args = parser.parse_args()
    folders = [Path(name) for named in args.corpora for name in named.split(",") if name]
    if not folders:
        print("no corpus: make score CORPUS=FOLDER[,FOLDER] measures real pages; these are the project's own\n")
    found = [(str(folder), digest(folder), scores_of_folder(folder, args.jobs)) for folder in folders]
    found = found or [(name, name, scores_of_own(name)) for name in OWN]
    low = [f"{name}: {line}" for name, known, scores in found for line in under(scores, floors().get(known, {}))]
    if args.json:
        print(json.dumps({name: scores for name, _, scores in found}, indent=1))
    else:
        for name, known, scores in found:
            print(f"{name} ({'floors as committed' if known in floors() else f'no floors for {known}'})")
            print(f"{table(scores)}\n")
    for line in low:
        print(f"under its floor: {line}", file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
