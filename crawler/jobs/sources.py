"""The pages that an input holds, whatever it is: a collection, anyone's WARC or WACZ, a pipe, a lone HTML file."""

import sys
from collections.abc import Iterator
from pathlib import Path

from archives.wacz.reader import is_wacz
from crawler.jobs.filters import is_page
from crawler.jobs.packages import pages_of_wacz
from crawler.jobs.pages import ArchivedPage, OnFault, Wanted, pages_of_warc

_WARC = (b"WARC/", b"\x1f\x8b")
"""How WARC files begin, and gzipped ones."""
_LOOKED_AT = 512


def pages_of(
    source: Path,
    on_fault: OnFault,
    *,
    url: str | None = None,
    database: str | None = None,
    wanted: Wanted = is_page,
) -> Iterator[ArchivedPage]:
    """The wanted pages that a source holds; `url` makes it an HTML file, '-' is standard input. Faults are told."""
    if url:
        yield ArchivedPage(url=url, message=source.read_bytes())
    elif source.is_dir():
        from crawler.jobs.collected import pages_of_collection

        yield from pages_of_collection(source, on_fault, database, wanted)
    elif is_wacz(source):
        yield from pages_of_wacz(source, on_fault, wanted)
    elif str(source) == "-":
        yield from pages_of_warc(sys.stdin.buffer, "-", on_fault, wanted)
    elif source.is_file():
        yield from pages_of_warc(source, source.name, on_fault, wanted)
    else:
        with source.open("rb") as pipe:
            yield from pages_of_warc(pipe, source.name, on_fault, wanted)


def is_archive(source: Path) -> bool:
    """Whether a source is a collection, a WACZ or a WARC file."""
    return source.is_dir() or is_wacz(source) or _beginning(source).startswith(_WARC)


def is_markup(source: Path) -> bool:
    """Whether a file begins as HTML does."""
    return _beginning(source).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _beginning(source: Path) -> bytes:
    """The first bytes of a file; none of a pipe, which gives them only once."""
    if not source.is_file():
        return b""
    with source.open("rb") as file:
        return file.read(_LOOKED_AT)
