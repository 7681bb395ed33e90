"""The page's headlines: which of them is the article's own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml.etree import _Element as Element

from crawler.extraction.document import Document
from crawler.extraction.site_names import names_of_path, squeezed
from crawler.extraction.tree import broken_text, own_words

_MOST = 60
"""Headings that are looked at."""
_UNLIKE = 0.1
_CHAPTERS = 4
"""So many h1s of one class are no headlines."""
_TRAIL = re.compile(r"bread-?crumb", re.IGNORECASE)
_TRAIL_REACH = 5
"""Elements around a heading among which a trail is looked for."""
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
    likeness: float
    """How many words it shares with what the page calls itself elsewhere."""


def best_heading(document: Document, named: Mapping[str, str]) -> Heading | None:
    """The heading that is most likely the article's, by what the page calls itself elsewhere, place and class.

    An h1 that ends a trail or names a section is none: there a lesser heading is one that another source repeats.
    """
    others = [text for text in named.values() if text]
    claimed = [own_words(other) for other in others]
    first = document.named("h1")[:_MOST]
    headings = [_judged(element, claimed) for element in first if not _ends_trail(element)]
    headings = [heading for heading in headings if not _is_chapter(heading, first)]
    if any(_names_section(heading, document) for heading in headings) and _is_agreed_on(named, document):
        headings = [heading for heading in headings if not _names_section(heading, document)]
    if not headings:
        lesser = (_judged(element, claimed) for element in islice(_lesser(document), _MOST))
        headings = [heading for heading in lesser if heading.score >= _CLEAR]
        if first:  # of which none was the headline
            letters = frozenset(map(squeezed, others))
            headings = [heading for heading in headings if squeezed(heading.text) in letters]
    return max((heading for heading in headings if heading.text), key=lambda heading: heading.score, default=None)


def _lesser(document: Document) -> Iterator[Element]:
    """The page's h2 and what its microdata calls a headline, in document order."""
    named = {element for element in document.landmarks.described if element.get("itemprop") == "headline"}
    tags = {"h2", *(element.tag for element in named)}
    return (element for element in document.root.iter(*tags) if element.tag == "h2" or element in named)


_CLEAR = 2.5
"""The score of a lesser heading that stands for a missing h1."""


def _names_section(heading: Heading, document: Document) -> bool:
    """Whether an h1 is the name of a section and unlike all that the page calls itself: 'Sports' over a story."""
    name = squeezed(heading.text)
    return heading.likeness < _UNLIKE and (name in document.section_names or name in names_of_path(document.url))


def _is_chapter(heading: Heading, first: Sequence[Element]) -> bool:
    """Whether an h1 is one of many of one class, and unlike all that the page calls itself."""
    called = heading.element.get("class")
    if heading.likeness >= _UNLIKE or not called or len(first) < _CHAPTERS:
        return False
    return sum(element.get("class") == called for element in first) >= _CHAPTERS


def _is_agreed_on(named: Mapping[str, str], document: Document) -> bool:
    """Whether JSON-LD or a lesser heading has the title of og; `<title>` and twitter's are its copies."""
    shared = squeezed(named.get("og", ""))
    if not shared or shared == squeezed(named.get("json-ld", "")):
        return shared != ""
    return any(squeezed(broken_text(element)) == shared for element in islice(_lesser(document), _MOST))


def _ends_trail(heading: Element) -> bool:
    """Whether an h1 is the last step of the way here, `Home › Politics › Headline`, for search engines alone."""
    return any(_is_trail(element) for element in (heading, *islice(heading.iterancestors(), _TRAIL_REACH)))


def _is_trail(element: Element) -> bool:
    """Whether an element is a menu or called a trail; one with paragraphs in it was never closed, or is neither."""
    said = (element.get("class"), element.get("id"), element.get("itemtype"), element.get("aria-label"))
    return (element.tag == "nav" or any(map(_names_trail, filter(None, said)))) and element.find(".//p") is None


@lru_cache(maxsize=8192)
def _names_trail(name: str) -> bool:
    return _TRAIL.search(name) is not None


def _judged(element: Element, claimed: list[frozenset[str]]) -> Heading:
    text = broken_text(element)
    words = own_words(text)
    likeness = max((_likeness(words, other) for other in claimed), default=0.0)
    place = _place(element)
    score = 3 * likeness + place + (0.3 if len(words) > 2 and place >= 0 else 0.0)
    return Heading(element, text, score, place > 0 and len(words) > 2, likeness)


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
