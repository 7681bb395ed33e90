"""Pages from anyone's WACZ, read in place."""

from collections.abc import Iterator
from pathlib import Path

from archives.errors import MalformedPackage
from archives.wacz.reader import Wacz
from crawler.jobs.filters import is_page
from crawler.jobs.pages import ArchivedPage, OnFault, Wanted, pages_of_warc


def pages_of_wacz(path: Path, on_fault: OnFault, wanted: Wanted = is_page) -> Iterator[ArchivedPage]:
    """HTML responses of a WACZ that are wanted.

    Each `capture` names the WARC file inside, e.g. 'paper.wacz/archive/data.warc.gz'. What cannot be read is told to
    `on_fault`, and reading goes on behind it.
    """
    try:
        with Wacz(path) as wacz:
            if not wacz.warcs:
                on_fault(wacz.fault("there is no WARC file in its archive folder; nothing can be extracted"))
            for entry in wacz.warcs:
                yield from pages_of_warc(wacz.open(entry), f"{path.name}/{entry.name}", on_fault, wanted)
    except MalformedPackage as fault:
        on_fault(fault)
