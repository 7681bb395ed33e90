"""The page's headlines: which of them is the article's own."""

import re
from dataclasses import dataclass
from functools import lru_cache

from lxml.etree import _Element as Element

from crawler.extraction.document import Document
from crawler.extraction.tree import own_words, text_of, xpath

_LESSER = xpath("//h2 | //*[@itemprop='headline']")
_MOST = 60
"""Headings that are looked at."""
_TITLE_LIKE = re.compile(r"title|headline|heading|titul|titre|titel|titolo|\bhed\b|judul|tieude")
_NOT_THE_TITLE = re.compile(
    r"logo|\bnav|footer|sidebar|brand|masthead|site-?(?:name|title|header)|popup|modal|cookie|consent|related|teaser|newsletter"
    r"|paywall|comment|widget|promo|breadcrumb|sr-only|visually-?hidden|screen-reader"
)
_HIDDEN = frozenset(("nav", "footer", "aside", "dialog", "template", "noscript", "form"))


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of the page."""

    element: Element
    text: str
    score: float
    """How much speaks for its being the article's headline."""
    in_place: bool
    """Whether it stands in the article or its class says headline."""


def best_heading(document: Document, others: list[str]) -> Heading | None:
    """The heading that is most likely the article's, by what the page calls itself elsewhere, place and class."""
    claimed = [own_words(other) for other in others]
    headings = [_judged(element, claimed) for element in document.named("h1")[:_MOST]]
    if not headings:
        lesser = (_judged(element, claimed) for element in _LESSER(document.root)[:_MOST])
        headings = [heading for heading in lesser if heading.score >= _CLEAR]
    return max((heading for heading in headings if heading.text), key=lambda heading: heading.score, default=None)


_CLEAR = 2.5
"""The score of a lesser heading that stands for a missing h1."""


def _judged(element: Element, claimed: list[frozenset[str]]) -> Heading:
    text = text_of(element)
    words = own_words(text)
    score = 3 * max((_likeness(words, other) for other in claimed), default=0.0)
    place = _place(element)
    score += place + (0.3 if len(words) > 2 else 0.0)
    return Heading(element, text, score, place > 0 and len(words) > 2)


def _likeness(words: frozenset[str], other: frozenset[str]) -> float:
    return len(words & other) / max(1, min(len(words | other), 1.5 * len(other))) if words and other else 0.0


def _place(element: Element) -> float:
    """What the heading's own class and what stands around it say."""
    score = _class_score(_names(element))
    parent, steps = element.getparent(), 0
    while parent is not None and steps < 40:
        tag = parent.tag
        if tag in ("article", "main"):
            score += 0.3
            break
        if tag in _HIDDEN:
            score -= 0.8
        elif steps < 6 and tag not in ("body", "html"):
            score += 0.5 * min(0.0, _class_score(_names(parent)))
        parent, steps = parent.getparent(), steps + 1
    link = element.find(".//a")
    if link is not None and (link.get("href") or "").rstrip("/").count("/") <= 2:
        score -= 1.0  # a link home: the site's name
    return score


@lru_cache(maxsize=8192)
def _class_score(names: str) -> float:
    return (0.4 if _TITLE_LIKE.search(names) else 0.0) - (1.0 if _NOT_THE_TITLE.search(names) else 0.0)


def _names(element: Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}".lower()[:300]
