"""`python -m tests.benchmarks`: all benchmarks; exit status 1 if a promised ratio is missed."""

import sys

from tests.benchmarks import crawling

sys.exit(0 if crawling.run() else 1)
