"""What the page says its own address is."""

from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from crawler.extraction.claimed_url import claimed
from crawler.extraction.page import Page
from crawler.extraction.tree import text_of

_LONGEST = 4_000
_LAST = 5
"""Blocks at the end of a page in which a print form tells its address."""


def fill_canonical_url(page: Page) -> Page:
    """Adds canonical_url."""
    document = page.document
    for address, source in candidates(page):
        url = document.absolute(address[:_LONGEST])
        if url and not _is_front_page(url, document.url):
            return page.fill(source, canonical_url=urldefrag(url).url)
    return page


def candidates(page: Page) -> Iterator[tuple[str, str]]:
    """What the page claims, then what it prints."""
    yield from claimed(page.document)
    yield from _printed(page)


def _printed(page: Page) -> Iterator[tuple[str, str]]:
    """The address that a print form ends with: a link of the same site, whose text is where it leads to."""
    for block in reversed(page.story.layout.blocks[-_LAST:]):
        for element in block.links[:1] if "://" in block.text else ():
            address = page.document.absolute(element.get("href"))
            if address and text_of(element, _LONGEST) == address and _host(address) == _host(page.document.url):
                yield address, "printed"


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")


def _is_front_page(url: str, page_url: str) -> bool:
    """Whether an article's page names the front page as its own: a template's mistake."""
    return urlsplit(url).path in ("", "/") and not urlsplit(url).query and urlsplit(page_url).path not in ("", "/")
