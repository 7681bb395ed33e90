"""XPath searches, compiled once."""

from collections.abc import Callable
from typing import cast

from lxml import etree
from lxml.etree import _Element as Element

Search = Callable[[Element], list[Element]]


def xpath(expression: str) -> Search:
    """The expression compiled, as a function from an element to the elements that it finds."""
    return cast(Search, etree.XPath(expression))
