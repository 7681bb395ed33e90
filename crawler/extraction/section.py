"""The section that the story stands in, as the page states it."""

from collections.abc import Iterator

from crawler.extraction.address_signs import is_front_page
from crawler.extraction.document import Document
from crawler.extraction.lexicon import words
from crawler.extraction.linked_data import Node, link, texts, types, values
from crawler.extraction.page import Page
from crawler.extraction.selectors import selected_text
from crawler.extraction.site_names import is_site_name
from crawler.extraction.title import clean_title

_METAS = (
    "article:section",
    "og:article:section",
    "section",
    "parsely-section",
    "sailthru.section",
    "cxenseparse:section",
    "dc.subject.section",
    "category",
)
_HOME = words(
    "home homepage start startseite accueil inicio início strona główna hem forside ホーム トップ 首页 главная головна "
    "etusivu kezdőlap"
)
_LONGEST = 80


def fill_section(page: Page) -> Page:
    """Adds the section."""
    selected = selected_text(page, "section")
    if selected:
        return page.fill(selected.source, section=selected.value)
    names = page.document.site_names
    for text, source in stated(page.document):
        clean = clean_title(text)
        if _is_section(clean, names) and clean != page.fields.get("title"):
            return page.fill(source, section=clean)
    return page


def _is_section(text: str, names: frozenset[str]) -> bool:
    plain = 1 < len(text) <= _LONGEST and "://" not in text
    return plain and text.casefold() not in _HOME and not is_site_name(text, names)


def stated(document: Document) -> Iterator[tuple[str, str]]:
    """Sections as the page states them, with their source; the most trusted first."""
    for node in document.article_nodes[:2]:
        yield from ((text, "json-ld") for text in texts(node, "articleSection"))
    for name in _METAS:
        yield from ((content, f"meta:{name}") for content in document.meta.get(name, ())[:1])
    for node in document.linked_data:
        if "BreadcrumbList" in types(node):
            yield from ((text, "breadcrumb") for text in _crumbs(node)[:-1])


def _leads_home(item: Node) -> bool:
    """Whether an item of a trail of links leads to the site's front page."""
    address = link(item.get("item") or item)
    return address is not None and is_front_page(address)


def _crumbs(node: Node) -> list[str]:
    found: list[str] = []
    for place, item in enumerate(values(node, "itemListElement")[:12]):
        if isinstance(item, dict) and not (place == 0 and _leads_home(item)):
            found += (texts(item, "name") or texts(item, "item"))[:1]
    return found
