"""A site's own selectors: CSS compiled once, asked before any generic rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from lxml import etree
from lxml.etree import _Element as Element
from parsel.csstranslator import HTMLTranslator

from crawler.extraction.page import Page
from crawler.extraction.tree import text_of

_TRANSLATOR = HTMLTranslator()


@dataclass(frozen=True, slots=True)
class Selected:
    """What a site's selector found."""

    value: str
    source: str
    """E.g. 'selector:themoscowtimes'."""
    element: Element | None = None
    """None where the selector asked for a text or an attribute."""


@lru_cache(maxsize=1024)
def _compiled(css: str) -> etree.XPath:
    return etree.XPath(_TRANSLATOR.css_to_xpath(css))


def select(root: Element, css: str) -> list[Element | str]:
    """What the selector finds under `root`, in document order; `::text` and `::attr(name)` give strings."""
    return cast(list[Element | str], _compiled(css)(root))


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
