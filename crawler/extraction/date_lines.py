"""Lines that are there to say when the story came out: they hold a date and little else, or are called by it."""

import re
from collections.abc import Collection

from crawler.extraction.blocks import Block
from crawler.extraction.date_words import label_of
from crawler.extraction.html_tags import HEADINGS, TAG_BITS
from crawler.extraction.lexicon import words
from crawler.extraction.months import month_of

_WORD = re.compile(r"[^\W\d_]+")
_CALLED = re.compile(
    r"(?<!event[_-])(?<![a-z])(?:date|datum|fecha|dateline|datetime|publi(?:shed|cation|sh)?(?:[_-]?(?:date|time|on|at))?"
    r"|pub[_-]?date|posted(?:[_-]?on)?)(?![a-z])",
    re.IGNORECASE,
)
_ELSEWHERE = TAG_BITS["aside"] | TAG_BITS["nav"] | TAG_BITS["footer"] | TAG_BITS["blockquote"] | TAG_BITS["figure"]
_BESIDE = words(
    """
    mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
    lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo
    lunedì martedì mercoledì giovedì venerdì sabato domenica segunda terça quarta quinta sexta feira
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag mandag tirsdag onsdag torsdag fredag lørdag søndag
    måndag tisdag lördag söndag понедельник вторник среда четверг пятница суббота воскресенье
    first on at am um le el il la las op den dne de del d da of the à a alle ore às kl klo uhr h hrs pm p m st nd rd
    th er o г в о z utc gmt t et est edt ct cst cdt mt mst mdt pt pst pdt bst cet cest mez mesz ist
    min mins minute minutes read lesezeit minuten lecture lectura lettura leitura minuti minutos
    """
)
"""Weekdays, and what is between the parts of a date, a time and how long it takes to read the story."""
_SPACELESS = frozenset("年月日時时分秒點点号號周週星期曜火水木金土一二三四五六七上下午前後년월일시분요오전후목금토화수")
_BY = words("by von par por di da door av af od przez автор")
_MOST_NAMED = 8
"""Words of a byline."""


def is_date_line(block: Block, authors: Collection[str]) -> bool:
    """Whether a line has a date and a time alone, a byline or a label beside them at most, or a class that says so.

    What a heading, an aside or a caption says of a day is another's.
    """
    node = block.node
    if node.tag in HEADINGS or node.above & _ELSEWHERE or any(up.tag in HEADINGS for up in node.upwards()):
        return False
    called = (node.classes, *(element.get("class") or "" for _, opens, element in block.marks if opens))
    return any(map(_CALLED.search, called)) or _is_bare(block.text, authors)


def _is_bare(line: str, authors: Collection[str]) -> bool:
    """Whether no word of the line is more than a date's, an author's, or one for publication."""
    left = [word for word in _WORD.findall(line) if not _is_of_date(word)]
    if not left:
        return True
    named = {word.casefold() for author in authors for word in _WORD.findall(author)}
    if left[0].casefold() in _BY:
        return len(left) <= _MOST_NAMED and all(word[0].isupper() for word in left[1:])
    return all(word.casefold() in named for word in left)


def _is_of_date(word: str) -> bool:
    plain = word.casefold()
    return plain in _BESIDE or month_of(word) is not None or _SPACELESS.issuperset(word) or label_of(word) != ""
