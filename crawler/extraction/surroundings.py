"""Whether a printed name is that of the story's author: what stands around it may be a picture, a teaser, a comment."""

import re
from collections.abc import Collection
from functools import lru_cache
from itertools import islice

from lxml.etree import _Element as Element

from crawler.extraction.tree import text_of

_NOT_HERE = re.compile(
    r"photo|image|caption|credit(?!s?-?(?:name|author|line))|figure|bild|comment|disqus|related|teaser|sidebar|footer"
    r"|recommend|popular|most-?read|latest|trending|bio(?:$|[\s_-])"
    r"|biograph|avatar|social|share|card(?:$|[\s_-])|more-?(?:from|by|news|stories)|newsletter|quote|carousel"
    r"|list-?item|about-?(?:the-)?author|author-?(?:box|bio|info-box|desc|image|description|role|title|job|email"
    r"|twitter)|job-?title|role(?:$|[\s_-])|position"
)
_NOT_BY_THE_HEADLINE = re.compile(
    r"photo|caption|bild|foto(?!$)|(?:^|[\s_-])credits?(?:$|[\s_-])(?!author|name|line)|job-?title|role(?:$|[\s_-])"
    r"|author-?(?:desc|role|job|email|twitter)|(?:^|[\s_-])nav(?:$|[\s_-])|comments(?:$|[\s_-])|comment-?(?:list|count|link|author)"
)
"""Boxes of a page's head are called cards, teasers and share bars too, and hold the byline all the same."""
_ABOUT_THE_STORY = re.compile(r"(?:article|post|entry|story)[_-]?(?:meta|info|header|author)|byline")
"""Asides that say who wrote the story, and when."""
_SHELVES = frozenset(("nav", "footer", "aside", "figure", "figcaption", "template", "noscript"))
_PICTURES = frozenset(("nav", "figure", "figcaption", "template", "noscript"))
_LESSER = ("h2", "h3", "h4")
_LONGEST_NAME = 40
_LONGEST_TEASERS = 3000
"""Characters of a box of teasers; what has more holds the story."""
_UP, _UP_BY_THE_HEADLINE = 10, 3


def is_elsewhere(element: Element, headline: Collection[Element], *, leading: bool) -> bool:
    """Whether the element is not about the story.

    `headline` are the elements that the headline stands in: what it shares with them is no shelf. Less is asked of an
    element that is leading: one that stands by the headline.
    """
    node: Element | None = element
    for steps in range(_UP):
        if node is None or node.tag in ("body", "main", "html"):
            return False
        if leading and _is_picture(node, steps):
            return True
        if node in headline:
            return False
        if _is_teaser(node) if leading else _is_shelf(node):
            return True
        node = node.getparent()
    return False


def _is_shelf(node: Element) -> bool:
    names = _names(node)
    if node.tag == "footer" and next(node.iterancestors("article"), None) is not None:
        return False
    return (node.tag in _SHELVES and not _ABOUT_THE_STORY.search(names)) or _names_elsewhere(names)


def _is_picture(node: Element, steps: int) -> bool:
    return node.tag in _PICTURES or (steps < _UP_BY_THE_HEADLINE and _names_a_picture(_names(node)))


def _is_teaser(node: Element) -> bool:
    """Whether it is a box with a headline of its own."""
    boxed = node.tag in _SHELVES or _names_elsewhere(_names(node))
    return (
        boxed
        and any(map(_is_headline, islice(node.iter(*_LESSER), 5)))
        and len(text_of(node, _LONGEST_TEASERS + 1)) <= _LONGEST_TEASERS
    )


def _is_headline(heading: Element) -> bool:
    """Whether a heading is too long for a name or a label."""
    return len(text_of(heading, _LONGEST_NAME + 1)) > _LONGEST_NAME


def _names(node: Element) -> str:
    return f"{node.get('class') or ''} {node.get('id') or ''}"


@lru_cache(maxsize=16384)
def _names_elsewhere(names: str) -> bool:
    return bool(_NOT_HERE.search(names[:300].lower()))


@lru_cache(maxsize=16384)
def _names_a_picture(names: str) -> bool:
    return bool(_NOT_BY_THE_HEADLINE.search(names[:300].lower()))
