"""Who wrote it where no class or attribute says so: lines that open with 'By', names alone, boxes about an author."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from lxml.etree import _Element as Element

from crawler.extraction.blocks import BREAK, Block, Node, fold
from crawler.extraction.credit_lines import without_dates
from crawler.extraction.credit_parts import could_be_name, leads_to_author
from crawler.extraction.credits import LONGEST_CREDIT, Credit
from crawler.extraction.labels import classify
from crawler.extraction.lexicon import words
from crawler.extraction.names import is_clear_name, is_full_name, split_names, unique, without_label
from crawler.extraction.offers import has_article_form
from crawler.extraction.places import Places
from crawler.extraction.surroundings import is_elsewhere
from crawler.extraction.tree import text_of

_OPENS = re.compile(
    r"(?:(?:(?:written|words|article|story|report(?:ed|ing)?) )?by|(?:(?:verfasst|geschrieben) )?von"
    r"|(?:(?:écrit|rédigé) )?par|(?:escrito )?por|scritto da|(?:geschreven )?door|(?:skrevet |skriven )?av|skrevet af"
    r"|(?:ditulis )?oleh|autor(?:en|in|a)?(?:/autor)?|auteurs?|autore|authors?|text|texte|texto"
    r"|автор|текст|penulis|szerző|作者|記者|文|بقلم)"
    r"\s*(?:[:：／]|\s(?=[A-Z\u00c0-\u00de\u0400-\u042f])|$)",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"(?:autor(?:en|in|a)?(?:/autor)?|auteurs?|autore|authors?|text|texte|texto|автор|текст)\s+\w", re.IGNORECASE
)
"""A label that is a word of its own and has no colon: 'Author Spotlight'."""
_OF_LISTS = frozenset(("li", "dt", "dd"))
"""Their labels are of a form or of a menu."""
_OPENING_LETTERS = words("by wr wo ar st re vo ve ge éc ré pa es po sc do sk av di ol au te ав те pe sz 作者 記者 بق")
_BOX = re.compile(
    r"(?:author|autor|auteur|writer|contributor)s?[\w-]{0,12}[_-](?:box|bio|card|info|profile|about|name)|about-?author"
)
_LONGEST_NAME = 40
_MOST_STRONG_LINES = 3
"""More of them are subheadings."""
_FROM_LABEL_TO_LINK = 24
"""Characters between a label and the first name that links: 'By our correspondent in'."""
_STRONG = frozenset(("strong", "b", "em", "i"))
_LONGEST_LINE = 120


@dataclass(frozen=True, eq=False)
class Unmarked:
    """A page's credits that no class or attribute marks, each kind looked for once."""

    places: Places

    @cached_property
    def labelled(self) -> list[Credit]:
        """Short lines that begin with 'By' or its like."""
        return list(_labelled_credits(self.places))

    @cached_property
    def signatures(self) -> list[Credit]:
        """A first or last paragraph of the story that is only a name, in bold or italics."""
        return list(_signatures(self.places))


def _labelled_credits(places: Places) -> Iterator[Credit]:
    for block in places.near():
        if len(block.text) > LONGEST_CREDIT:
            continue
        for line in _labelled_lines(block, places):
            linked = _linked_names(block, line)
            names = [name for name, _ in linked] or (split_names(line) if len(line) <= _LONGEST_LINE else [])
            leading = places.is_leading(block.index)
            element = block.node.element
            if _NOUN.match(line) and not all(map(is_clear_name, names)):
                continue
            if names and len(names) < 8 and not is_elsewhere(element, places.around_headline(), leading=leading):
                yield Credit(line, tuple(names), linked, labelled=True, marked=False, leading=leading)


def _linked_names(block: Block, line: str) -> tuple[tuple[str, str], ...]:
    """The full names and agencies in the line that link to a page."""
    links = ((text_of(link, 60), link.get("href") or "") for link in block.links[:8] if could_be_name(link))
    named = tuple((name, href) for name, href in links if href and name in line and is_clear_name(name))
    credit = without_label(line)
    return named if named and credit.find(named[0][0]) <= _FROM_LABEL_TO_LINK else ()


def _labelled_lines(block: Block, places: Places) -> Iterator[str]:
    """Lines that open with a label, also where an inline element does, or where the label has a block of its own.

    `Ferries <span>By Ada Lovelace</span>`, `<p>Written by</p><p>Ada Lovelace</p>`.
    """
    label = _opening(block.text)
    if label and label.end() == len(block.text):
        if _NOUN.match(f"{block.text} x") or block.node.tag in _OF_LISTS:
            return
        for credit in map(_names_alone, places.layout.blocks[block.index + 1 : block.index + 2]):
            if credit:
                yield credit if _opening(credit) else f"{block.text} {credit}"
    elif label or "\n" in block.text or (block.pieces and _is_label(block.pieces[0].strip())):
        lines = " ".join(block.pieces).split(BREAK)
        yield from (without_dates(" ".join(line.split())) for line in lines if _opening(line.lstrip()))
    for place, opens, _ in block.marks:
        if opens and 0 < place < len(block.pieces) and _opening(block.pieces[place].lstrip()):
            yield without_dates(fold(block.pieces[place:]))


def _opening(text: str) -> re.Match[str] | None:
    """The label that a text begins with; two letters tell of nearly all texts that they begin with none."""
    return _OPENS.match(text) if text[:2].lower() in _OPENING_LETTERS or text[:1] == "文" else None


def _is_label(text: str) -> bool:
    label = _opening(text)
    return label is not None and label.end() == len(text)


def _names_alone(block: Block) -> str | None:
    """The block's names, where it has nothing else."""
    if len(block.text) > _LONGEST_LINE or not all(map(could_be_name, block.links)):
        return None
    return without_dates(block.text) if all(map(is_clear_name, split_names(block.text))) else None


def _signatures(places: Places) -> Iterator[Credit]:
    lines = [block for block in places.near() if block.node.tag == "p" and len(block.text) <= 80 and _is_strong(block)]
    for block in lines[-1:] if len(lines) > _MOST_STRONG_LINES else lines:
        names = split_names(block.text.replace("/", ", "))
        if not names or not all(map(is_full_name, names)) or any(map(str.isdigit, block.text)):
            continue
        paragraph, inside = block.node.element, places.first - 1 <= block.index <= places.last + 1
        if (
            _stands_at_an_end(paragraph)
            and not _heads_a_list(block, places)
            and not is_elsewhere(paragraph, places.around_headline(), leading=inside)
        ):
            yield Credit(block.text, tuple(names), (), labelled=False, marked=False)


def _is_strong(block: Block) -> bool:
    """Whether the whole block is in bold or italics."""
    if not block.marks or block.marks[0][2].tag not in _STRONG or "".join(block.pieces[: block.marks[0][0]]).strip():
        return False
    element = block.marks[0][2]
    end = next((place for place, opens, other in block.marks if other is element and not opens), len(block.pieces))
    return not "".join(block.pieces[end:]).strip()


def boxed_authors(places: Places) -> list[str]:
    """The full names that stand alone in boxes about an author, by the headline or after the story."""
    return unique(
        name
        for block in places.near()
        if len(block.text) <= _LONGEST_NAME and is_full_name(block.text) and _is_in_a_box(block.node)
        for name in split_names(block.text)
    )


def _is_in_a_box(node: Node) -> bool:
    return any(_BOX.search(box.classes.lower()) for box in islice(node.upwards(), 4) if box.classes)


def _heads_a_list(block: Block, places: Places) -> bool:
    """Whether the line is a label over what follows, or a story's headline itself."""
    following = places.layout.blocks[block.index + 1 : block.index + 2]
    return (
        any(below.node.tag == "li" for below in following)
        or classify(block.text) is not None
        or any(has_article_form(link.get("href") or "") and not leads_to_author(link) for link in block.links)
    )


def _stands_at_an_end(paragraph: Element) -> bool:
    """Whether no more than two other paragraphs of the story, which must be one, come before it or none after it."""
    before = [other for other in islice(paragraph.itersiblings("p", preceding=True), 400) if text_of(other, 20)]
    after = [other for other in islice(paragraph.itersiblings("p"), 400) if text_of(other, 20)]
    return len(before) + len(after) >= 3 and (len(before) <= 3 or not after)
