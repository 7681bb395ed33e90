"""The newest archived page of an address: in collections, or in WARC files of anyone."""

from collections.abc import Callable, Iterable
from pathlib import Path

from archives.collection import Collection
from archives.errors import ArchiveError
from crawler.jobs.collected import NOT_MODIFIED, page_in
from crawler.jobs.filters import is_page
from crawler.jobs.pages import ArchivedPage, pages_of_warc


def newest_page(
    url: str, sources: Iterable[Path], on_fault: Callable[[ArchiveError], None], database: str | None = None
) -> ArchivedPage | None:
    """The page of exactly this target URI that was captured last in any of the sources; None if there is none.

    A source is a collection's folder or a WARC file; what cannot be read of a WARC file is told to `on_fault`.
    """
    found = (in_collection(url, path, database) if path.is_dir() else in_warc(url, path, on_fault) for path in sources)
    return max((page for page in found if page), key=_captured, default=None)


def in_collection(url: str, path: Path, database: str | None = None) -> ArchivedPage | None:
    """The newest page of an address in a collection."""
    with Collection.open(path, database=database) as collection:
        captures = [item for item in collection.captures(url) if is_page(item) and item.status != NOT_MODIFIED]
        newest = max(captures, key=lambda capture: capture.date, default=None)
        return page_in(collection, newest) if newest else None


def in_warc(url: str, path: Path, on_fault: Callable[[ArchiveError], None]) -> ArchivedPage | None:
    """The newest page of an address in a WARC file."""
    pages = (page for page in pages_of_warc(path, path.name, on_fault) if page.url == url)
    return max(pages, key=_captured, default=None)


def _captured(page: ArchivedPage) -> str:
    return page.capture.date if page.capture else ""
