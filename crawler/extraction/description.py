"""The standfirst or meta description."""

from collections.abc import Iterator

from crawler.extraction.document import Document
from crawler.extraction.linked_data import texts
from crawler.extraction.page import Page
from crawler.extraction.selectors import selected_text
from crawler.extraction.title import clean_title

_LONGEST = 2_000


def fill_description(page: Page) -> Page:
    """Adds the description."""
    selected = selected_text(page, "description")
    if selected:
        return page.fill(selected.source, description=selected.value)
    for text, source in described(page.document):
        clean = clean_title(text[:_LONGEST], longest=_LONGEST)
        if len(clean) > 1 and clean != page.fields.get("title"):
            return page.fill(source, description=clean)
    return page


def described(document: Document) -> Iterator[tuple[str, str]]:
    """Descriptions as the page states them, with their source; the most trusted first."""
    for source, name in (("og", "og:description"), ("meta", "description")):
        yield from ((content, source) for content in document.meta.get(name, ())[:1])
    for node in document.article_nodes[:1]:
        yield from ((text, "json-ld") for text in texts(node, "description"))
    yield from (
        (content, "meta")
        for name in ("twitter:description", "dc.description")
        for content in document.meta.get(name, ())
    )
