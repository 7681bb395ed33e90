"""The texts of an element, as much of them as is asked for."""

from typing import cast

from lxml.etree import _Element as Element


def texts(element: Element, enough: int) -> list[str]:
    """The texts in the element, in order, until they are longer than what is enough."""
    found: list[str] = []
    size = 0
    for text in element.itertext():
        found.append(cast(str, text))
        size += len(text)
        if size > enough:
            break
    return found
