"""Archived pages of collections, in the order of the index. Who reads none is spared what opens a catalog."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from archives.cdxj import Capture
from archives.collection import Collection
from archives.errors import MalformedRecord
from archives.folders import elsewhere
from crawler.jobs.filters import is_page
from crawler.jobs.pages import ArchivedPage, OnFault, Wanted, page_of

NOT_MODIFIED = 304


def pages_of_collection(
    path: Path, on_fault: OnFault, database: str | None = None, wanted: Wanted = is_page
) -> Iterator[ArchivedPage]:
    """HTML captures of a collection that are wanted, in the order of its index.

    A 304 is no new page, a repeated payload is one. Of a document that a browser rendered, the rendition is the page.
    What is in another folder of the collection is left to who extracts there.
    """
    with Collection.open(path, database=database) as collection:
        rendered = collection.catalog.rendered()
        is_shared = bool(elsewhere(collection.catalog, collection.layout))
        for capture in collection.captures():
            if not wanted(capture) or capture.status == NOT_MODIFIED or capture.record_id in rendered:
                continue
            if is_shared and not collection.holds(capture):
                continue
            try:
                page = page_in(collection, capture)
            except MalformedRecord as fault:
                on_fault(fault)
                continue
            yield page


def page_in(collection: Collection, capture: Capture) -> ArchivedPage:
    """The page of a capture, read back from the collection, with the site that it was crawled for."""
    page = page_of(capture, collection.exchange(capture).response_bytes())
    item = collection.catalog.item_of(capture.record_id)
    return replace(page, site=item["site"] if item else None)
