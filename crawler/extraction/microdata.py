"""Microdata in the shape of JSON-LD nodes."""

from collections.abc import Sequence
from typing import Any

from lxml.etree import _Element as Element

from crawler.extraction.lexicon import words
from crawler.extraction.tree import text_of

MOST_PROPERTIES = 1_500
"""Elements of one page that are looked at."""
_PROSE = frozenset({"articlebody", "text", "reviewbody", "review", "comment", "mainentity"})
_ADDRESSES = words("url sameas mainentityofpage image thumbnailurl contenturl embedurl isbasedon")


def read_microdata(marked: Sequence[Element]) -> list[dict[str, Any]]:
    """The top-level items of the elements with itemscope or itemprop, all in document order."""
    items: dict[Element, dict[str, Any]] = {}
    top: list[dict[str, Any]] = []
    for element in marked[:MOST_PROPERTIES]:
        owner = _owner(element, items)
        names = (element.get("itemprop") or "").split()
        value: Any
        if element.get("itemscope") is not None:
            kind = (element.get("itemtype") or "").split()
            value = items[element] = {"@type": kind[0].rstrip("/").rpartition("/")[2]} if kind else {}
            if owner is None or not names:
                top.append(value)
                continue
        elif owner is None or not names:
            continue
        else:
            value = _value(element, names)
        for name in names:
            _put(owner, name, value)
    return [item for item in top if "@type" in item]


def _owner(element: Element, items: dict[Element, dict[str, Any]]) -> dict[str, Any] | None:
    """The item that the element's property belongs to: that of its nearest ancestor that is one."""
    parent = element.getparent()
    while parent is not None:
        if parent in items:
            return items[parent]
        parent = parent.getparent()
    return None


def _value(element: Element, names: list[str]) -> dict[str, str] | str | None:
    content = element.get("content") or element.get("datetime")
    if content:
        return content.strip()
    if names[0].lower() in _ADDRESSES:
        return element.get("href") or element.get("src")
    if names[0].lower() in _PROSE:
        return None
    shown = text_of(element)
    href = element.get("href")
    return {"name": shown, "url": href} if href and shown else shown or href or element.get("src")


def _put(item: dict[str, Any], name: str, value: object) -> None:
    if not value:
        return
    earlier = item.get(name)
    if earlier is None:
        item[name] = value
    elif isinstance(earlier, list):
        earlier.append(value)
    else:
        item[name] = [earlier, value]
