"""The tags of the story, as the page states them."""

import re
from collections.abc import Iterable, Iterator

from crawler.extraction.document import Document
from crawler.extraction.linked_data import texts
from crawler.extraction.page import Page
from crawler.extraction.selectors import selected
from crawler.extraction.title import clean_title
from crawler.extraction.tree import text_of, xpath

_LISTS = ("news_keywords", "keywords", "parsely-tags", "sailthru.tags", "cxenseparse:keywords", "dc.subject")
_RELATED = xpath("//a[contains(concat(' ', @rel, ' '), ' tag ')]")
_SEPARATOR = re.compile(r"\s*[,;،、，|]\s*")
_LONGEST = 80
_MOST = 60


def fill_tags(page: Page) -> Page:
    """Adds the tags."""
    chosen = list(selected(page, "tags"))
    if chosen:
        return page.fill(chosen[0].source, tags=_unique(item.value for item in chosen))
    for found, source in _stated(page.document):
        tags = _unique(found)
        if tags:
            return page.fill(source, tags=tags)
    return page


def _stated(document: Document) -> Iterator[tuple[list[str], str]]:
    yield document.meta.get("article:tag", []) + document.meta.get("og:article:tag", []), "meta:article:tag"
    yield [text for node in document.article_nodes[:1] for text in texts(node, "keywords")], "json-ld"
    yield [text_of(link, _LONGEST + 1) for link in _RELATED(document.root)[:_MOST]], "rel"
    for name in _LISTS:
        yield document.meta.get(name, []), f"meta:{name}"


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    """Lists in one string split, repeats and sentences left out."""
    tags: dict[str, str] = {}
    for text in found:
        for part in _SEPARATOR.split(text[:4_000]):
            clean = clean_title(part).strip("# ")
            if 1 < len(clean) <= _LONGEST and "://" not in clean:
                tags.setdefault(clean.casefold(), clean)
    return tuple(tags.values())[:_MOST]
