"""The elements that several steps ask for, found in one pass over the tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

from crawler.extraction.xpaths import xpath

SOUGHT = ("base", "h1", "link", "meta", "script", "title")
_DESCRIBED = xpath("descendant-or-self::*[@itemscope or @itemprop]")
_RELATED = xpath("descendant-or-self::a[@rel]")
_DATED = xpath("descendant-or-self::*[self::time or @datetime or @property='datePublished']")


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Elements in document order."""

    by_tag: Mapping[str, Sequence[Element]]
    """Those of each tag in SOUGHT that the page has."""
    described: Sequence[Element]
    """With microdata's itemscope or itemprop."""
    dated: Sequence[Element]
    """`time` elements, and what has a `datetime` or is RDFa's datePublished."""
    related: Sequence[Element]
    """Links that say by `rel` what they lead to."""


def landmarks(root: Element) -> Landmarks:
    """Find them all: on a large page a pass costs as much as all that is asked of what it finds."""
    by_tag: dict[str, list[Element]] = {}
    for element in root.iter(*SOUGHT):
        by_tag.setdefault(element.tag, []).append(element)
    return Landmarks(by_tag, _DESCRIBED(root), _DATED(root), _RELATED(root))
