"""What a crawl has done so far, kept in a file: who started it reads that, if the crawl is killed.

What is told is in the ledger already, so nothing is counted again by the crawl that goes on.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from archives.errors import ArchiveError
from archives.in_place import replaced
from crawler.jobs.run_row import Summary
from crawler.spiders.ledger import Ledger

SECONDS = 1.0
"""Between two accounts."""


@contextmanager
def told_to(path: Path, crawler: Crawler, told: Callable[[], Summary]) -> Iterator[None]:
    """In the block, what is told of a crawl goes to a file each second, for the first time before anything is asked.

    A disk that takes nothing leaves the last account, or none.
    """

    def tell() -> None:
        ledger = crawler.get_extension(Ledger)
        with suppress(ArchiveError, OSError):  # the ledger has told of its own faults
            if ledger is not None:
                ledger.flush()
            with replaced(path, durable=False) as out:
                out.write(json.dumps(told()).encode())

    telling = create_looping_call(tell)

    def begin() -> None:
        telling.start(SECONDS, now=True)

    crawler.signals.connect(begin, signals.spider_opened)
    try:
        yield
    finally:
        if telling.running:
            telling.stop()
