"""What a page's head and data call its own address."""

from collections.abc import Iterator

from crawler.extraction.document import Document, of_head
from crawler.extraction.linked_data import link, values


def claimed(document: Document) -> Iterator[tuple[str, str]]:
    """What the page calls its own address, as it says so, with the source; the most trusted first."""
    for tag in document.named("link"):
        if "canonical" in (tag.get("rel") or "").lower().split() and of_head(tag):
            yield tag.get("href") or "", "canonical"
    for content in document.meta.get("og:url", ()):
        yield content, "og"
    for node in document.article_nodes[:1]:
        for found in map(link, values(node, "mainEntityOfPage", "url")):
            if found:
                yield found, "json-ld"
