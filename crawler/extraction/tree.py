"""Small things that are asked of the tree: compiled searches, an element's text."""

from collections.abc import Callable
from typing import cast

from lxml import etree
from lxml.etree import _Element as Element

Search = Callable[[Element], list[Element]]


def xpath(expression: str) -> Search:
    """The expression compiled, as a function from an element to the elements that it finds."""
    return cast(Search, etree.XPath(expression))


def text_of(element: Element, longest: int = 400) -> str:
    """The element's text with white space folded, cut off at `longest` characters."""
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        parts.append(cast(str, part))
        size += len(part)
        if size > longest * 4:
            break
    return " ".join("".join(parts).split())[:longest]
