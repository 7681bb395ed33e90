"""Microdata in the shape of JSON-LD nodes."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from lxml.etree import _Element as Element

from crawler.extraction.address_signs import split
from crawler.extraction.lexicon import words
from crawler.extraction.tree import link_of, text_of

MOST_PROPERTIES = 1_500
"""Elements of one page that are looked at."""
_OF_ONE_STORY = words("author creator headline datePublished dateModified")
"""Properties that a teaser inside an article has for itself."""
_LONGEST_CARD, _LEVELS_OF_CARD = 600, 4
_PROSE = frozenset({"articlebody", "text", "reviewbody", "review", "comment", "mainentity"})
_ADDRESSES = words("url sameas mainentityofpage image thumbnailurl contenturl embedurl isbasedon")


def read_microdata(marked: Sequence[Element], url: str) -> list[dict[str, Any]]:
    """The top-level items of the elements with itemscope or itemprop, all in document order, of the page at the URL."""
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
                if not (_is_written(value) and _is_card(element, url)):
                    top.append(value)
                continue
        elif owner is None or not names:
            continue
        else:
            value = _value(element, names)
        for name in names:
            if name not in _OF_ONE_STORY or name not in owner or not _stands_on_a_card(element, url):
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


def _is_written(item: dict[str, Any]) -> bool:
    return str(item.get("@type")).endswith(("Article", "Posting"))


def _is_card(element: Element, url: str) -> bool:
    """Whether the element is a few words around a heading that leads to a page of its own."""
    if len(text_of(element, _LONGEST_CARD + 1)) > _LONGEST_CARD or next(element.iter("h1"), None) is not None:
        return False
    return any(_leads_away(heading, url) for heading in islice(element.iter("h2", "h3", "h4", "h5"), 2))


def _leads_away(heading: Element, url: str) -> bool:
    """Whether a heading is a link to another page than its own, as blogs link each post's headline to it."""
    link = link_of(heading)
    path = split(url).path.rstrip("/")
    return link is not None and not (path and split(link.get("href") or "").path.rstrip("/") == path)


def _stands_on_a_card(element: Element, url: str) -> bool:
    return any(_is_card(above, url) for above in islice(element.iterancestors(), _LEVELS_OF_CARD))


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
