"""Where pages print who wrote them: bylines, told from photo credits, comments and teasers by what is around them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from operator import itemgetter

from lxml.etree import _Element as Element

from crawler.extraction.blocks import Node
from crawler.extraction.class_words import Sign
from crawler.extraction.credit_lines import without_dates
from crawler.extraction.credit_parts import is_within, leads_to_author, name_parts, without_time
from crawler.extraction.document import Document
from crawler.extraction.lexicon import words
from crawler.extraction.names import split_names, unique, without_label
from crawler.extraction.places import IN_BLOCK, Place, Places
from crawler.extraction.surroundings import is_elsewhere
from crawler.extraction.tree import spaced_text, text_of

_BYLINE = re.compile(
    r"byline|by-line|author|autor|auteur|\bwriter|verfasser|redakt(?:eur|or)|journalist|firma\b|signature"
    r"|(?:^|[_\s-])credits?-?(?:name|author)|forfatter|penulis|kirjoittaja"
)
_STEMS = (
    "line", "aut", "writer", "verfasser", "redakt", "journalist", "firma", "signature", "credit", "forfatter",
    "penulis", "kirjoittaja",
)  # fmt: skip
"""One of these is in every text that _BYLINE finds, and plain searches are fast."""
_LABELLED = re.compile(
    r"^\W*(?:(?:(?:written|words|article|story|report(?:ed|ing)?) )?by|von|par|por|di|af|av|door|autor(?:en|in|a)?"
    r"|auteur|autore|author|text|texte|texto|автор|текст|oleh|penulis|reporter|szerző|yazar|piše|作者|記者|文|бел|de|מאת|بقلم)(?:\s*[:：／・]\s*|\s+)\S",
    re.IGNORECASE,
)
_BESIDE_AUTHORS = words(
    "and und et y e og och en i и й і та ve és a și with mit avec con com in at for from à aus für de"
)
"""Words that may follow the first author's name in a credit line."""
_POSSESSIVE = ("'s", "’s")
_UNDER_HEADLINE = 8
"""Blocks under the headline that may credit authors by links alone."""
_WHOLE_PAGE = frozenset(("html", "body", "main", "article", "h1"))
"""Their classes tell of the page: `single-author`."""
_PROPERTIES = frozenset(("author", "creator"))
_MOST, _MOST_JUDGED = 60, 600
_LONGEST_ROW = 40
"""Children of an element that is not one line any more."""
LONGEST_CREDIT = 220
_NOWHERE = (1 << 30, 0)
"""After all blocks: the place of what shows no text."""


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
    leading: bool = False
    """Whether it stands by the headline."""
    classes: str = ""
    """The element's class: authors who have a box each have boxes of one class."""


def credits_of(document: Document, places: Places) -> list[Credit]:
    """The page's credit lines in document order, at most one for every stretch of the tree."""
    found: list[Credit] = []
    taken: list[Element] = []
    headline = places.around_headline()
    for element, leading in _candidates(document, places)[:_MOST_JUDGED]:
        if len(taken) >= _MOST:
            break
        if is_elsewhere(element, headline, leading=leading) or any(is_within(element, one) for one in taken[-2:]):
            continue
        line = _line_of_marked(element)
        credit = _credit(line, leading=leading)
        if credit:
            taken.append(line)
            found.append(credit)
    return found


def _line_of_marked(element: Element) -> Element:
    """The line that authors share who are marked up or linked one by one: `By <a rel=author>A</a> and <a …>B</a>`."""
    parent = element.getparent()
    beside = list(islice(parent, _LONGEST_ROW)) if parent is not None and _is_one_author(element) else []
    authors = list(filter(_is_one_author, beside))
    if parent is None or len(beside) == _LONGEST_ROW or len(authors) < 2:
        return element
    line = spaced_text(parent, LONGEST_CREDIT + 1)
    return parent if len(line) <= LONGEST_CREDIT and _is_credit_of(line, spaced_text(authors[0], 120)) else element


def _is_one_author(element: Element) -> bool:
    return _is_marked(element) or (element.tag == "a" and leads_to_author(element))


def _candidates(document: Document, places: Places) -> list[tuple[Element, bool]]:
    """Elements whose class or markup says author, in document order, and whether they stand by the headline."""
    placed = {
        element: (block.index, IN_BLOCK + piece)
        for block in places.near()
        if block.marks and len(block.text) <= 2 * LONGEST_CREDIT
        for piece, opens, element in block.marks
        if opens and (names := element.get("class")) and _names_byline(names)
    }
    placed |= _told_nodes(places.near_nodes()) or _told_nodes(places.layout.nodes)
    properties = [element for element in document.landmarks.described if element.get("itemprop") in _PROPERTIES]
    authors = frozenset(link for link in document.landmarks.related if link.get("rel") == "author")
    links = [link for block in places.near() for link in block.links if link in authors] if authors else []
    marked = [element for element in (*properties, *links, *_links_to_authors(places)) if element not in placed]
    if marked:
        placed = {**dict.fromkeys(marked, _NOWHERE), **placed, **places.of_elements(frozenset(marked))}
    ordered = sorted(placed.items(), key=itemgetter(1))
    return [(element, places.is_leading(index)) for element, (index, _) in ordered]


def _links_to_authors(places: Places) -> list[Element]:
    """The links to authors' pages in the first credit line under the headline that has any, and in those after it."""
    found: list[Element] = []
    for block in places.layout.blocks[places.headline + 1 : places.headline + _UNDER_HEADLINE]:
        links = [link for link in block.links if leads_to_author(link)]
        credited = bool(links) and _is_credit_of(block.text, text_of(links[0], 120))
        if found and not credited:
            break
        found += links if credited else []
    return found


def _is_credit_of(line: str, author: str) -> bool:
    """Whether a line is about its first author alone: a label at most before the name, no sentence goes on behind."""
    before, _, after = line.partition(author)
    if without_label(without_dates(f"{before}{author}")) != author:
        return False
    following = next(iter(after.split()), "")
    return following in _BESIDE_AUTHORS or not (following[:1].islower() or following.startswith(_POSSESSIVE))


def _told_nodes(nodes: Sequence[Node]) -> dict[Element, Place]:
    """Those that are called a byline; compounds, as 'storybyline', only where no word of a class says it."""
    signed = [node for node in nodes if node.signs & Sign.BYLINE]
    return _named_bylines(signed) or _named_bylines(nodes)


def _named_bylines(nodes: Sequence[Node]) -> dict[Element, Place]:
    return {
        node.element: (node.first, node.depth)
        for node in nodes
        if node.classes and node.tag not in _WHOLE_PAGE and _names_byline(node.classes)
    }


def _is_marked(element: Element) -> bool:
    return element.get("itemprop") in _PROPERTIES or element.get("rel") == "author"


def _credit(element: Element, *, leading: bool) -> Credit | None:
    text = spaced_text(element, LONGEST_CREDIT + 1)
    if not text and element.get("content"):
        text = element.get("content") or ""
    if not 2 < len(text) <= LONGEST_CREDIT:
        return None
    parts = name_parts(element)
    piece = without_time(element, parts)
    text = without_dates(spaced_text(piece, LONGEST_CREDIT + 1) or text)
    shown = ((part, spaced_text(part, 120)) for part in parts)
    named = [(name, part.get("href")) for part, said in shown if said in text for name in split_names(said)]
    names = unique(name for name, _ in named) or split_names(text)
    if not names or len(names) > 12:
        return None
    links = tuple((name, href) for name, href in named if href)
    marked = _is_marked(element) or any(map(_is_marked, element))
    before = _text_before(piece)
    labelled = bool(_LABELLED.match(text)) or bool(before and _LABELLED.match(before + text))
    printed = _once(before + text if before and labelled and not _LABELLED.match(text) else text, names)
    return Credit(printed, tuple(names), links, labelled, marked, leading, element.get("class") or "")


def _once(line: str, names: Sequence[str]) -> str:
    """The line with each name once where it stands twice in a row, as one that is read aloud and one that is shown."""
    for name in names:
        line = line.replace(f"{name} {name}", name)
    return line


def _text_before(element: Element) -> str:
    """The short text right before the element, with the space between them if there is one."""
    previous, parent = element.getprevious(), element.getparent()
    before = previous.tail if previous is not None else parent.text if parent is not None else ""
    before = re.sub(r"\s+", " ", before or "").lstrip()
    if not before and previous is not None and previous.tag in ("span", "em", "i", "small"):
        before = f"{text_of(previous, 30)} "
    return before if len(before) <= 24 else ""


@lru_cache(maxsize=16384)
def _names_byline(names: str) -> bool:
    lowered = names[:300].lower()
    return any(map(lowered.__contains__, _STEMS)) and _BYLINE.search(lowered) is not None
