"""`python -m tests.benchmarks`: all benchmarks, or one; exit status 1 if something that was promised is missed."""

import argparse
import sys
from pathlib import Path

from tests.benchmarks import archiving, crawling, exporting, extracting, reading, scaling, scheduling, sizing


def main() -> int:
    """Run what is asked for; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument(
        "corpora", nargs="*", metavar="FOLDER[,FOLDER]", help="pages to extract (default: the newsroom's)"
    )
    parser.add_argument(
        "--only",
        choices=("extracting", "crawling", "archiving", "reading", "scheduling", "exporting", "scaling", "sizing"),
        help="one of the benchmarks",
    )
    parser.add_argument("--rounds", type=int, default=extracting.ROUNDS, help="of extracting (default: %(default)s)")
    args = parser.parse_args()
    corpora = [Path(name) for named in args.corpora for name in named.split(",") if name]
    kept = True
    if args.only in (None, "extracting"):
        kept = extracting.run(corpora, args.rounds)
        print()
    if args.only in (None, "crawling"):
        kept = crawling.run() and kept
        print()
    if args.only in (None, "archiving"):
        kept = archiving.run() and kept
        print()
    if args.only in (None, "reading"):
        kept = reading.run() and kept
        print()
    if args.only in (None, "scheduling"):
        kept = scheduling.run() and kept
        print()
    if args.only in (None, "exporting"):
        kept = exporting.run() and kept
        print()
    if args.only in (None, "scaling"):
        kept = scaling.run() and kept
        print()
    if args.only in (None, "sizing"):
        kept = sizing.run() and kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
