"""A site's own selectors: asked before any generic rule."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element as Element

from crawler.extraction.css import select
from crawler.extraction.page import Page
from crawler.extraction.tree import text_of


@dataclass(frozen=True, slots=True)
class Selected:
    """What a site's selector found."""

    value: str
    source: str
    """E.g. 'selector:themoscowtimes'."""
    element: Element | None = None
    """None where the selector asked for a text or an attribute."""


def selected(page: Page, field: str) -> Iterator[Selected]:
    """What the first of the site's selectors for the field finds that finds anything with text."""
    rules = page.rules
    for css in rules.selectors.get(field, ()) if rules else ():
        found = [item for item in select(page.document.root, css) if _text(item)]
        for item in found:
            element = None if isinstance(item, str) else item
            yield Selected(_text(item), f"selector:{rules.name if rules else ''}", element)
        if found:
            return


def selected_text(page: Page, field: str) -> Selected | None:
    """The first thing found."""
    return next(selected(page, field), None)


def _text(item: Element | str) -> str:
    return " ".join(item.split()) if isinstance(item, str) else text_of(item)
