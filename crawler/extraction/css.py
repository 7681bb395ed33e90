"""CSS selectors, compiled once."""

from functools import lru_cache
from typing import cast

from lxml import etree
from lxml.etree import _Element as Element
from parsel.csstranslator import HTMLTranslator

_TRANSLATOR = HTMLTranslator()


def select(root: Element, css: str) -> list[Element | str]:
    """What the selector finds under `root`, in document order; `::text` and `::attr(name)` give strings."""
    return cast(list[Element | str], _compiled(css)(root))


@lru_cache(maxsize=1024)
def _compiled(css: str) -> etree.XPath:
    return etree.XPath(_TRANSLATOR.css_to_xpath(css))
