"""One capture read again, as its crawl read it."""

from dataclasses import replace
from datetime import date
from typing import Any

from archives.cdxj import Capture
from archives.collection import Collection
from archives.errors import ArchiveError
from archives.http import parse
from crawler.capture import capture_ref
from crawler.extraction import extract
from crawler.items import Article, Rejected, as_item
from crawler.jobs.pages import LARGEST, size_of
from crawler.sites import Site


def article_of(collection: Collection, capture: Capture, site: Site | None) -> Article | Rejected:
    """What a live crawl of the site would have made of a capture, by the rules of that day; ArchiveError."""
    message = collection.exchange(capture).response
    if size_of(message) > LARGEST:
        return Rejected(url=capture.url, reason="too large")
    response = parse(message)
    rules = site.rules(date.fromisoformat(capture.date[:10])) if site else None
    found = extract(response.body, capture.url, response.head.text(b"content-type"), rules=rules)
    return replace(found, capture=capture_ref(capture)) if isinstance(found, Article) else found


def item_of(collection: Collection, capture: Capture, site: Site | None) -> dict[str, Any] | None:
    """The item of a capture as plain data; None if it has none."""
    try:
        found = article_of(collection, capture, site)
    except ArchiveError:
        return None
    return as_item(found) if isinstance(found, Article) else None
