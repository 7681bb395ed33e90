"""Lines of their own that tell who wrote a story and when it came out, and are no part of it."""

import re
from collections.abc import Set

from crawler.extraction.blocks import Block
from crawler.extraction.class_words import Sign
from crawler.extraction.date_words import says_when
from crawler.extraction.html_tags import HEADINGS
from crawler.extraction.moments import read_moment
from crawler.extraction.months import month_of

_LONGEST = 90
_MOST_WORDS = 7
"""Words beside the date in a line that says whether it is that of publication or of an update."""
_BYLINE = re.compile(
    r"(?:by|von|par|por|di|door|av|af|od|от|автор|text|texto|autor|author)\b:?\s+[^\s.,]+(?:[^.!?]{0,70})$",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:\w+[\s,.]+){0,3}(?:\w+[\s,.]+)?(?:19|20)\d\d(?:\W+(?:\w{1,3}\W+)?\d{1,2}[:.h]\d\d.{0,12})?$")
_REPORTED = re.compile(
    r"\W?(?:(?:additional |with )?(?:reporting|writing)\b|reporte |bericht |reportage ).{3,200}"
    r"\b(?:edit(?:ing|ed) by|editado por|redigiert von|édité par)\b.{3,80}$",
    re.IGNORECASE,
)
"""What agencies write under their stories: '(Reporting by Ada Lovelace; editing by Charles Babbage)'."""
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = frozenset(("by", "and", "und", "et", "y", "e", "og", "och", "en", "i", "и", "та", "von", "par", "por", "di"))


def is_head_line(block: Block, authors: Set[str]) -> bool:
    """Whether a line before a story tells who wrote it, or when; a heading is a byline only if its class says so."""
    if len(block.text) > _LONGEST:
        return False
    plain = block.node.tag not in HEADINGS
    if (plain or block.node.signs & Sign.BYLINE) and _BYLINE.match(block.text):
        return True
    return bool(plain and _DATE.match(block.text)) or tells_when(block.text) or names_authors(block.text, authors)


def is_end_line(text: str, authors: Set[str]) -> bool:
    """Whether one of a story's last lines tells no more of it: who wrote it, who edited it, or when."""
    return tells_when(text) or names_authors(text, authors) or _REPORTED.match(text) is not None


def tells_when(text: str) -> bool:
    """Whether a line is a whole date alone, with the time perhaps, or says that it is that of publication or update."""
    if len(text) > _LONGEST or not any(map(str.isdigit, text)) or read_moment(text) is None:
        return False
    words = [word for word in _WORD.findall(text) if month_of(word) is None]
    return len(words) <= (_MOST_WORDS if says_when(text) else ":" in text)


def names_authors(text: str, authors: Set[str]) -> bool:
    """Whether a line is of the authors' names alone; `authors` holds the words of their names in lower case."""
    words = [word for word in _WORD.findall(text.lower()) if word not in _BETWEEN] if len(text) <= _LONGEST else []
    return len(words) > 1 and authors >= set(words)
