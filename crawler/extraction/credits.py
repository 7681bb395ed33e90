"""Where pages print who wrote them: bylines, told from photo credits, comments and teasers by what is around them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from operator import itemgetter

from lxml.etree import _Element as Element

from crawler.extraction.blocks import BREAK, Block, Node, fold
from crawler.extraction.credit_lines import without_dates
from crawler.extraction.document import Document
from crawler.extraction.names import is_full_name, split_names, unique
from crawler.extraction.places import Places
from crawler.extraction.surroundings import is_elsewhere
from crawler.extraction.tree import spaced_text, text_of, xpath

_BYLINE = re.compile(
    r"byline|by-line|author|autor|auteur|\bwriter|verfasser|redakt(?:eur|or)|journalist|firma\b|signature"
    r"|(?:^|[_\s-])credits?-?(?:name|author)|forfatter|penulis|kirjoittaja"
)
_STEMS = (
    "line", "aut", "writer", "verfasser", "redakt", "journalist", "firma", "signature", "credit", "forfatter",
    "penulis", "kirjoittaja",
)  # fmt: skip
"""One of these is in every text that _BYLINE finds, and plain searches are fast."""
_NAME = re.compile(
    r"(?:author|byline|autor|auteur|writer)[a-z]{0,9}[_-]{0,2}(?:name|link|nom|nombre)|(?:^|[\s_-])fn(?:$|\s)"
    r"|vcard|profile-?name|name$"
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
_REL = xpath("//a/@rel[.='author']/..")
_WHOLE_PAGE = frozenset(("html", "body", "main", "article", "h1"))
"""Their classes tell of the page: `single-author`."""
_STRONG = frozenset(("strong", "b", "em", "i"))
_PROPERTIES = frozenset(("author", "creator"))
_MOST = 60
_LONGEST = 220
_LONGEST_LINE = 120
_BELOW = 10_000
"""Orders what stands in a block after the elements around it."""


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


def credits_of(document: Document, places: Places) -> list[Credit]:
    """The page's credit lines in document order, at most one for every stretch of the tree."""
    found: list[Credit] = []
    taken: list[Element] = []
    for element, leading in _candidates(document, places):
        if len(taken) >= _MOST:
            break
        if is_elsewhere(element, leading=leading) or any(_is_within(element, other) for other in taken[-2:]):
            continue
        line = _line_of_marked(element)
        credit = _credit(line, leading=leading)
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


def labelled_credits(places: Places) -> Iterator[Credit]:
    """Short lines of no telling class that begin with 'By' or its like."""
    for block in places.near():
        if len(block.text) > _LONGEST:
            continue
        for line in _labelled_lines(block):
            linked = _linked_names(block, line)
            names = [name for name, _ in linked] or (split_names(line) if len(line) <= _LONGEST_LINE else [])
            leading = places.is_leading(block.index)
            if names and len(names) < 8 and not is_elsewhere(block.node.element, leading=leading):
                yield Credit(line, tuple(names), linked, labelled=True, marked=False, leading=leading)


def _linked_names(block: Block, line: str) -> tuple[tuple[str, str], ...]:
    """The full names in the line that link to a page."""
    links = ((text_of(link, 60), link.get("href") or "") for link in block.links[:8] if _could_be_name(link))
    return tuple((name, href) for name, href in links if href and name in line and is_full_name(name))


def _labelled_lines(block: Block) -> Iterator[str]:
    """Lines that open with a label, also where an inline element does: `Ferries <span>By Ada Lovelace</span>`."""
    if _OPENS.match(block.text) or "\n" in block.text:
        lines = " ".join(block.pieces).split(BREAK)
        yield from (without_dates(" ".join(line.split())) for line in lines if _OPENS.match(line.lstrip()))
    for place, opens, _ in block.marks:
        if opens and 0 < place < len(block.pieces) and _OPENS.match(block.pieces[place].lstrip()):
            yield without_dates(fold(block.pieces[place:]))


def signatures(places: Places) -> Iterator[Credit]:
    """A first or last paragraph of a story that is only a name, in bold or italics."""
    for block in places.near():
        if block.node.tag != "p" or len(block.text) > 80 or not _is_strong(block):
            continue
        names = split_names(block.text.replace("/", ", "))
        paragraph = block.node.element
        inside = places.first - 1 <= block.index <= places.last + 1
        if not names or not all(map(is_full_name, names)) or is_elsewhere(paragraph, leading=inside):
            continue
        if _stands_at_an_end(paragraph):
            yield Credit(block.text, tuple(names), (), labelled=False, marked=False)


def _is_strong(block: Block) -> bool:
    """Whether the whole block is in bold or italics."""
    if not block.marks or block.marks[0][2].tag not in _STRONG or "".join(block.pieces[: block.marks[0][0]]).strip():
        return False
    element = block.marks[0][2]
    end = next((place for place, opens, other in block.marks if other is element and not opens), len(block.pieces))
    return not "".join(block.pieces[end:]).strip()


def _stands_at_an_end(paragraph: Element) -> bool:
    """Whether no more than two other paragraphs of the story, which must be one, come before it or none after it."""
    before = [other for other in islice(paragraph.itersiblings("p", preceding=True), 400) if text_of(other, 20)]
    after = [other for other in islice(paragraph.itersiblings("p"), 400) if text_of(other, 20)]
    return len(before) + len(after) >= 3 and (len(before) <= 3 or not after)


def _candidates(document: Document, places: Places) -> list[tuple[Element, bool]]:
    """Elements whose class or markup says author, in document order, and whether they stand by the headline."""
    inlines = [
        (names, (block.index, _BELOW + place), element)
        for block in places.near()
        if block.marks and len(block.text) <= 2 * _LONGEST
        for place, opens, element in block.marks
        if opens and (names := element.get("class"))
    ]
    telling = _telling({node.classes for node in places.layout.nodes} | {names for names, _, _ in inlines})
    classed: list[tuple[tuple[int, int], Element]] = []
    if telling:
        classed = [(place, element) for names, place, element in inlines if names in telling]
        classed += [((node.first, node.depth), node.element) for node in places.layout.nodes if _tells(node, telling)]
        classed.sort(key=itemgetter(0))
    found = {element: places.is_leading(index) for (index, _), element in classed}
    properties = (element for element in document.marked if element.get("itemprop") in _PROPERTIES)
    marked = frozenset((*_REL(document.root), *properties)) - found.keys()
    if not marked:
        return list(found.items())
    found |= dict.fromkeys(marked, False)
    found |= {element: places.is_leading(index) for element, index in places.of_elements(marked).items()}
    return [(element, found[element]) for element in document.root.iter() if element in found]


def _tells(node: Node, telling: frozenset[str]) -> bool:
    return node.classes in telling and node.tag not in _WHOLE_PAGE


def _telling(classes: Iterable[str]) -> frozenset[str]:
    """Those of a page's class strings that say byline; plain searches in all of them at once find the few to judge."""
    known = {names.lower(): names for names in classes}
    text = "\n".join(known)
    found = set()
    for stem in _STEMS:
        place = text.find(stem)
        while place >= 0:
            end = text.find("\n", place) % (len(text) + 1)
            found.add(text[text.rfind("\n", 0, place) + 1 : end])
            place = text.find(stem, end)
    return frozenset(known[names] for names in found if names in known and _names_byline(names))


def _is_marked(element: Element) -> bool:
    return element.get("itemprop") in _PROPERTIES or element.get("rel") == "author"


def _credit(element: Element, *, leading: bool) -> Credit | None:
    text = spaced_text(element, _LONGEST + 1)
    if not text and element.get("content"):
        text = element.get("content") or ""
    if not 2 < len(text) <= _LONGEST:
        return None
    parts = _name_parts(element)
    text = without_dates(spaced_text(_without_time(element, parts), _LONGEST + 1) or text)
    parts = [part for part in parts if spaced_text(part, 120) in text]
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
    return Credit(printed, tuple(names), links, labelled, marked, leading)


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
    """The links and name elements in a byline, else the elements that are one name each; itself, if it is a link."""
    if element.tag == "a":
        return [element]
    return _told_parts(element) or _lone_names(element)


def _lone_names(element: Element) -> list[Element]:
    """Elements right under it that hold one full name each: two or more, and next to no other text."""
    while len(element) == 1 and not (element.text or "").strip():
        element = element[0]
    names = [part for part in element if is_full_name(text_of(part, 60))]
    return names if len(names) > 1 and len(names) == len(element) else []


def _told_parts(element: Element) -> list[Element]:
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


@lru_cache(maxsize=16384)
def _names_byline(names: str) -> bool:
    return bool(_BYLINE.search(names[:300]))


@lru_cache(maxsize=16384)
def _names_a_name(names: str) -> bool:
    return bool(_NAME.search(names[:300].lower()))
