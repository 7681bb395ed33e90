"""Where pages print who wrote them: bylines, told from photo credits, comments and teasers by what is around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml.etree import _Element as Element

from crawler.extraction.names import is_full_name, split_names, unique
from crawler.extraction.tree import spaced_text, text_of

_BYLINE = re.compile(
    r"byline|by-line|author|autor|auteur|\bwriter|verfasser|redakt(?:eur|or)|journalist|firma\b|signature"
    r"|(?:^|[_\s-])credits?-?(?:name|author)|forfatter|penulis|kirjoittaja"
)
_NAME = re.compile(
    r"(?:author|byline|autor|auteur|writer)[a-z]{0,9}[_-]{0,2}(?:name|link|nom|nombre)|(?:^|[\s_-])fn(?:$|\s)"
    r"|vcard|profile-?name|name$"
)
_NOT_HERE = re.compile(
    r"photo|image|caption|credit(?!s?-?(?:name|author|line))|figure|bild|comment|disqus|related|teaser|sidebar|footer"
    r"|recommend|popular|most-?read|latest|trending|bio(?:$|[\s_-])"
    r"|biograph|avatar|social|share|card(?:$|[\s_-])|more-?(?:from|by|news|stories)|newsletter|quote|carousel"
    r"|list-?item|about-?(?:the-)?author|author-?(?:box|bio|info-box|desc|image|description|role|title|job|email"
    r"|twitter)|job-?title|role(?:$|[\s_-])|position"
)
_LABELLED = re.compile(
    r"^\W*(?:by|von|par|por|di|af|av|door|autor(?:en|in|a)?|auteur|autore|author|written by|text|texte|texto|автор"
    r"|текст|oleh|penulis|reporter|szerző|yazar|piše|作者|記者|文|бел|de|מאת|بقلم)(?:\s*[:：／・]\s*|\s+)\S",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"(?:by|von|par|por|door|av|autor(?:en|in|a)?(?:/autor)?|auteurs?|autore|authors?|written by|text|texte|texto"
    r"|автор|текст|oleh|penulis|szerző|作者|記者|文|بقلم)"
    r"\s*(?:[:：／]|\s(?=[A-Z\u00c0-\u00de\u0400-\u042f])|$)",
    re.IGNORECASE,
)
_HOLDERS = (
    "a", "span", "div", "p", "address", "li", "em", "strong", "cite", "h2", "h3", "h4", "h5", "h6", "td", "header",
    "section", "small", "b", "dd", "ul", "footer", "meta",
)  # fmt: skip
"""The elements that bylines are in."""
_TEXTS = ("p", "span", "div", "li", "td", "em", "i", "b", "strong", "font", "h4", "h5", "address", "small")
_MOST_TEXTS = 6_000
_PROPERTIES = frozenset(("author", "creator"))
_SHELVES = frozenset(("nav", "footer", "aside", "figure", "figcaption", "template", "noscript"))
_MOST = 60
_LONGEST = 220


@dataclass(frozen=True, slots=True)
class Credit:
    """One printed credit line."""

    text: str
    """As printed."""
    names: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    """Folded names to the addresses that they link to."""
    labelled: bool
    """Whether 'By' or its like stands before the names."""
    marked: bool
    """Whether the markup itself says author: rel or itemprop."""


def credits_of(root: Element) -> list[Credit]:
    """The page's credit lines in document order, at most one for every stretch of the tree."""
    found: list[Credit] = []
    taken: list[Element] = []
    for element in _candidates(root):
        if len(taken) >= _MOST:
            break
        if _is_elsewhere(element) or any(_is_within(element, other) for other in taken[-2:]):
            continue
        line = _line_of_marked(element)
        credit = _credit(line)
        if credit:
            taken.append(line)
            found.append(credit)
    return found


def _line_of_marked(element: Element) -> Element:
    """The line that authors share who are marked up one by one: `By <a rel=author>A</a> and <a …>B</a>`."""
    parent = element.getparent()
    if not _is_marked(element) or parent is None or sum(map(_is_marked, parent)) < 2:
        return element
    return parent if len(spaced_text(parent, _LONGEST + 1)) <= _LONGEST else element


def labelled_credits(root: Element) -> Iterator[Credit]:
    """Short texts of no telling class that begin with 'By' or its like."""
    for element in islice(root.iter(*_TEXTS), _MOST_TEXTS):
        if _OPENS.match((element.text or "").strip()) or (element.tag == "li" and _opens_bold(element)):
            text = spaced_text(element, 121)
            names = split_names(text) if len(text) <= 120 else []
            if names and len(names) < 8 and not _is_elsewhere(element):
                yield Credit(text, tuple(names), (), labelled=True, marked=False)


def signatures(root: Element) -> Iterator[Credit]:
    """A first or last paragraph of a story that is only a name, in bold or italics."""
    for bold in islice(root.iter("strong", "b", "em", "i"), _MOST_TEXTS):
        paragraph = bold.getparent()
        if paragraph is None or paragraph.tag != "p" or (paragraph.text or "").strip() or (bold.tail or "").strip():
            continue
        text = text_of(paragraph, 80)
        names = split_names(text.replace("/", ", "))
        if names and all(map(is_full_name, names)) and _stands_at_an_end(paragraph) and not _is_elsewhere(paragraph):
            yield Credit(text, tuple(names), (), labelled=False, marked=False)


def _stands_at_an_end(paragraph: Element) -> bool:
    """Whether no more than two other paragraphs of the story, which must be one, come before it or none after it."""
    before = [other for other in islice(paragraph.itersiblings("p", preceding=True), 400) if text_of(other, 20)]
    after = [other for other in islice(paragraph.itersiblings("p"), 400) if text_of(other, 20)]
    return len(before) + len(after) >= 3 and (len(before) <= 3 or not after)


def _opens_bold(element: Element) -> bool:
    return (
        len(element) > 0
        and element[0].tag in ("strong", "b")
        and bool(_OPENS.match((element[0].text or "").strip() + ":"))
    )


def _candidates(root: Element) -> Iterator[Element]:
    """Elements whose class or markup says author. Most elements of a page pass here, so the tests are in line."""
    for element in root.iter(*_HOLDERS):
        names = element.get("class")
        if (names and _names_byline(names)) or element.get("rel") == "author" or element.get("itemprop") in _PROPERTIES:
            yield element


def _is_marked(element: Element) -> bool:
    return element.get("itemprop") in _PROPERTIES or element.get("rel") == "author"


def _credit(element: Element) -> Credit | None:
    text = spaced_text(element, _LONGEST + 1)
    if not text and element.get("content"):
        text = element.get("content") or ""
    if not 2 < len(text) <= _LONGEST:
        return None
    parts = _name_parts(element)
    text = spaced_text(_without_time(element, parts), _LONGEST + 1) or text
    names = unique(name for part in parts for name in split_names(spaced_text(part, 120))) or split_names(text)
    if not names or len(names) > 12:
        return None
    links = tuple(
        (name, href) for part in parts for name in split_names(spaced_text(part, 120)) if (href := part.get("href"))
    )
    marked = _is_marked(element) or any(map(_is_marked, element))
    before = _text_before(element)
    labelled = bool(_LABELLED.match(text)) or bool(before and _LABELLED.match(before + text))
    printed = before + text if before and labelled and not _LABELLED.match(text) else text
    return Credit(printed, tuple(names), links, labelled, marked)


def _without_time(element: Element, parts: list[Element]) -> Element:
    """The piece of a byline that holds its names and no time of publication; all of it, if there is no such piece."""
    if not parts or next(element.iter("time"), None) is None:
        return element
    piece = parts[0]
    while piece is not element:
        parent = piece.getparent()
        if parent is None or parent is element or next(parent.iter("time"), None) is not None:
            break
        piece = parent
    return piece if piece is not element and all(_is_within(part, piece) for part in parts) else element


def _name_parts(element: Element) -> list[Element]:
    """The links and name elements in a byline; itself, if it is one."""
    if element.tag == "a":
        return [element]
    inner = [part for part in element.iter("a", "span", "strong", "p", "div") if part is not element]
    links = [part for part in inner if part.tag == "a" and part.get("href") and _could_be_name(part)]
    named = [
        part
        for part in inner
        if (part.tag != "a" and _names_a_name(part.get("class") or "")) or part.get("itemprop") == "name"
    ]
    named = [part for part in named if not any(other is not part and _is_within(other, part) for other in named)]
    covered = [link for link in links if any(_is_within(link, part) or _is_within(part, link) for part in named)]
    return (
        links
        if links and len(links) >= len(named)
        else covered
        + [part for part in named if not any(_is_within(part, link) or _is_within(link, part) for link in covered)]
    )


def _could_be_name(link: Element) -> bool:
    href = link.get("href") or ""
    return (
        not href.startswith(("mailto:", "#", "javascript:"))
        and "twitter.com" not in href
        and "facebook.com" not in href
        and "//x.com" not in href
    )


def _text_before(element: Element) -> str:
    """The short text right before the element, with the space between them if there is one."""
    previous, parent = element.getprevious(), element.getparent()
    before = previous.tail if previous is not None else parent.text if parent is not None else ""
    before = re.sub(r"\s+", " ", before or "").lstrip()
    if not before and previous is not None and previous.tag in ("span", "em", "i", "small"):
        before = f"{text_of(previous, 30)} "
    return before if len(before) <= 24 else ""


def _is_within(element: Element, other: Element) -> bool:
    node: Element | None = element
    for _ in range(8):
        if node is None:
            return False
        if node is other:
            return True
        node = node.getparent()
    return False


def _is_elsewhere(element: Element) -> bool:
    node: Element | None = element
    for _ in range(10):
        if node is None or node.tag in ("body", "main", "html"):
            return False
        if node.tag in _SHELVES or _names_elsewhere(f"{node.get('class') or ''} {node.get('id') or ''}"):
            return True
        node = node.getparent()
    return False


@lru_cache(maxsize=16384)
def _names_elsewhere(names: str) -> bool:
    return bool(_NOT_HERE.search(names[:300].lower()))


@lru_cache(maxsize=16384)
def _names_byline(names: str) -> bool:
    return bool(_BYLINE.search(names[:300].lower()))


@lru_cache(maxsize=16384)
def _names_a_name(names: str) -> bool:
    return bool(_NAME.search(names[:300].lower()))
