"""What the page says its own address is."""

from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from crawler.extraction.document import Document
from crawler.extraction.linked_data import link, values
from crawler.extraction.page import Page

_LONGEST = 4_000


def fill_canonical_url(page: Page) -> Page:
    """Adds canonical_url."""
    document = page.document
    for address, source in claimed(document):
        url = document.absolute(address[:_LONGEST])
        if url and not _is_front_page(url, document.url):
            return page.fill(source, canonical_url=urldefrag(url).url)
    return page


def claimed(document: Document) -> Iterator[tuple[str, str]]:
    """What the page calls its own address, as it says so, with the source; the most trusted first."""
    for tag in document.of_head("link"):
        if "canonical" in (tag.get("rel") or "").lower().split():
            yield tag.get("href") or "", "canonical"
    for content in document.meta.get("og:url", ()):
        yield content, "og"
    for node in document.article_nodes[:1]:
        for found in map(link, values(node, "mainEntityOfPage", "url")):
            if found:
                yield found, "json-ld"


def _is_front_page(url: str, page_url: str) -> bool:
    """Whether an article's page names the front page as its own: a template's mistake."""
    return urlsplit(url).path in ("", "/") and not urlsplit(url).query and urlsplit(page_url).path not in ("", "/")
