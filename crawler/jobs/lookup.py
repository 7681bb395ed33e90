"""The newest archived page of an address: in collections, or in WARC and WACZ files of anyone."""

from collections.abc import Callable, Iterable
from pathlib import Path

from archives.cdxj import Capture
from archives.collection import Collection
from archives.errors import ArchiveError
from crawler.jobs.collected import NOT_MODIFIED, page_in
from crawler.jobs.filters import is_page
from crawler.jobs.pages import ArchivedPage
from crawler.jobs.sources import pages_of

Found = ArchivedPage | Capture
"""A page, or a capture that is none to extract."""


def newest_of(
    url: str, sources: Iterable[Path], on_fault: Callable[[ArchiveError], None], database: str | None = None
) -> Found | None:
    """The page of exactly this target URI that was captured last in any of the sources.

    Where nothing but what is no page was captured, the last of that; None, if nothing was. A source is a collection's
    folder, or a WARC or WACZ file; what cannot be read of a file is told to `on_fault`.
    """
    each = (in_collection(url, path, database) if path.is_dir() else in_file(url, path, on_fault) for path in sources)
    return max((found for found in each if found), key=_rank, default=None)


def in_collection(url: str, path: Path, database: str | None = None) -> Found | None:
    """The newest page of an address in a collection, or else its newest capture."""
    with Collection.open(path, database=database) as collection:
        captures = [capture for capture in collection.captures(url) if capture.status != NOT_MODIFIED]
        newest = max(captures, key=lambda capture: (is_page(capture), capture.date), default=None)
        return page_in(collection, newest) if newest and is_page(newest) else newest


def in_file(url: str, path: Path, on_fault: Callable[[ArchiveError], None]) -> Found | None:
    """The newest page of an address in a WARC or WACZ file, or else its newest capture."""
    others: list[Found] = []

    def wanted(capture: Capture) -> bool:
        if capture.url == url and not is_page(capture):
            others.append(capture)
        return capture.url == url and is_page(capture)

    return max([*pages_of(path, on_fault, wanted=wanted), *others], key=_rank, default=None)


def _rank(found: Found) -> tuple[bool, str]:
    if isinstance(found, Capture):
        return False, found.date
    return True, found.capture.date if found.capture else ""
