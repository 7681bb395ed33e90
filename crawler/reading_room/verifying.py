"""Whether a capture is still as it was archived, found out now."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archives.cdxj import Capture
from archives.errors import ArchiveError
from archives.revisions import record_id_of
from archives.verify.checks import faults_of
from archives.warc.reader import read_record
from crawler.items import Article, as_item
from crawler.jobs.reread import article_of
from crawler.reading_room.library import Shelf

_OF_THE_ARCHIVE = {"capture", "revision", "extractor", "site"}
"""Fields of an item that the page does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was held against another."""

    what: str
    good: bool
    told: str = ""
    """Of what is not as it should be, how it is; empty if it is good."""


def verify_capture(shelf: Shelf, capture: Capture) -> list[Check]:
    """Read the record again, recompute its digests, extract the article anew and compare."""
    try:
        return list(_checks(shelf, capture))
    except ArchiveError as fault:
        return [Check(what="The record can be read", good=False, told=str(fault))]


def _checks(shelf: Shelf, capture: Capture) -> Iterator[Check]:
    collection = shelf.collection
    record = read_record(collection.warcs.source_at(capture, alone=True), capture.offset)
    yield Check(what="The record can be read at its place", good=True)
    faults = list(faults_of(record))
    yield Check(what="Its digests are those of its bytes", good=not faults, told="; ".join(faults))
    same = record.record_id == capture.record_id and record.target_uri == capture.url
    yield Check(what="The index leads to this record", good=same, told="" if same else f"it is {record.record_id}")
    collection.exchange(capture)
    yield Check(what="The whole response can be given back", good=True)
    if (item := collection.catalog.item_of(capture.record_id)) is not None:
        yield _extracted_anew(shelf, capture, item)


def _extracted_anew(shelf: Shelf, capture: Capture, item: dict[str, Any]) -> Check:
    what = "The article, read anew from these bytes, is the same"
    if record_id_of(item) != capture.record_id:
        own = shelf.collection.catalog.by_record_id(record_id_of(item))
        told = "" if own else "the capture that it was read from is gone"
        return Check(what=what, good=own is not None, told=told)
    found = article_of(shelf.collection, capture, shelf.sites.get(item.get("site") or ""))
    anew = as_item(found) if isinstance(found, Article) else {}
    differ = [name for name in anew if name not in _OF_THE_ARCHIVE and anew[name] != item.get(name)]
    if anew and not differ:
        return Check(what=what, good=True)
    told = ", ".join(differ) or "no article comes of them"
    return Check(what=what, good=False, told=f"{told}: not as it is in the catalog")
