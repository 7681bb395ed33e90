"""What to fetch, when, and what became of it: the ledger of every announced URL, and the sources that announce them."""

from crawler.frontier.entry import BUDGET, HAD, ROBOTS, TAKEN_DOWN, Entry, State, brief
from crawler.frontier.frontier import Frontier
from crawler.frontier.reading import read_addresses, read_entries

__all__ = [
    "BUDGET",
    "HAD",
    "ROBOTS",
    "TAKEN_DOWN",
    "Entry",
    "Frontier",
    "State",
    "brief",
    "read_addresses",
    "read_entries",
]
