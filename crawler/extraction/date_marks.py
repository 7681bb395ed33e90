"""The dates that the page shows: `time` elements and date lines, told apart by their words and their place."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml.etree import _Element as Element

from crawler.extraction.blocks import BREAK, Block, Node
from crawler.extraction.date_lines import is_date_line
from crawler.extraction.date_words import PUBLISHED, UPDATED, dates_in_line, is_label, label_of, label_of_class
from crawler.extraction.document import Document
from crawler.extraction.elsewhere import FAR, NEAR, is_elsewhere
from crawler.extraction.html_tags import TAG_BITS
from crawler.extraction.moments import Moment, may_hold_date, read_moment
from crawler.extraction.places import Places
from crawler.extraction.tree import text_of

_PROPERTIES = frozenset(("datePublished", "dateModified", "dateCreated"))
_LABEL_OF_PROPERTY = {"datePublished": PUBLISHED, "dateModified": UPDATED}
_NO_DATES = frozenset(("del", "ins", "meta"))
_DATE_LIKE = re.compile(
    r"(?:^|[^a-z])(?:date|datum|fecha|data|time|timestamp|publi\w{0,12}|posted|pub|created|meta|info|dato|datetime"
    r"|zeit|heure|hora|ora|tarih"
    r"|\w{0,12}info(?:$|[\s_-])|byline|dateline|article-?date|postdate|entry-date|updated|wann|when|tstamp"
    r"|pdate|createdate|publishdate|newsdate|kiji|nitiji)"
)
_ANOTHERS = TAG_BITS["figure"] | TAG_BITS["figcaption"] | TAG_BITS["blockquote"]
_CAPTION = re.compile(
    r"caption|copyright|legend|bildunter|bildtext|cutline|didascalia|leyenda|(?:photo|image|picture)[\w-]{0,12}credit"
)
_CAPTION_REACH = 4
_SIGNED = re.compile(r"[—–-].{1,60}\(@\w")
"""The last line of a post that is quoted: '— Ada Lovelace (@ada) June 11, 2024'."""
_EXPIRY = re.compile(r"\b(?:bis|until|till|hasta|jusqu\w{1,3}|fino al|до)\s[^a-z]{0,3}\d", re.IGNORECASE)
"""Films and offers are there until a day."""
_LIFE = re.compile(
    r"[*†✝✟]\s?\d"
    r"|\b(?:born|died|geb|gest|geboren|gestorben|née?|décédée?|nacid[oa]|fallecid[oa]|nat[oa] il|mort[oa] il)\b",
    re.IGNORECASE,
)
"""Obituaries have days of birth and death by the headline."""
_LABELLED = re.compile(
    r"\W{0,3}(?:date|datum|fecha|data|dato|päiväys|tarih|tanggal|ngày|дата|ημερομηνία|日期|날짜|تاريخ"
    r"|published|posted|publicad[oa]|publié|pubblicato|veröffentlicht|erschienen|gepubliceerd|publicerad|publisert"
    r"|udgivet|julkaistu|opublikowano|zveřejněno|közzétéve|publicat|опубликовано|опубліковано|yayınlanma)\W{1,3}"
    r"(?:on |am |le |el |il |op |den )?[\d০-৯٠-٩۰-۹]",
    re.IGNORECASE,
)
"""A line that says itself that it is the date."""
_FIRST = (0, 0)
_MOST = 80
_LONGEST = 160
_LONGEST_BARE = 60


@dataclass(frozen=True, slots=True)
class Mark:
    """A date that the page shows."""

    moment: Moment
    updated: bool
    """Whether words say that it is the update's."""
    score: float
    beyond: bool
    """Whether it stands after the story, or in its midst."""
    source: str
    """'time', 'itemprop' or 'text'."""


def time_marks(document: Document, places: Places, *, month_first: bool | None) -> list[Mark]:
    """Dates of `time` elements and their like, the best first: by the headline, labelled, outside teasers."""
    properties = (element for element in document.landmarks.described if element.get("itemprop") in _PROPERTIES)
    found = dict.fromkeys((*properties, *document.landmarks.dated[: 6 * _MOST]))
    elements = [element for element in found if element.tag not in _NO_DATES][:_MOST]
    standing = places.of_elements(frozenset(elements)) if elements else {}
    around = places.around_story() if elements else frozenset()
    marks = (
        _time_mark(element, standing.get(element, _FIRST)[0], places, around, month_first=month_first)
        for element in elements
    )
    return sorted((mark for mark in marks if mark), key=lambda mark: -mark.score)


def _is_sentence(line: str) -> bool:
    """Whether a line is more than a date and who signed: it tells of another day, as that of a broadcast."""
    return len(line) > _LONGEST_BARE and line.endswith((".", "。", "।"))


def text_marks(places: Places, *, month_first: bool | None) -> list[Mark]:
    """Dates in short lines by the headline and the story's end, and in those whose class says date; the best first."""
    return _marks_of(places.layout.blocks, places, month_first=month_first)


def headline_marks(places: Places, *, month_first: bool | None) -> list[Mark]:
    """Those right by the headline."""
    return _marks_of(_by_headline(places), places, month_first=month_first)


def date_lines(places: Places, authors: Collection[str], *, month_first: bool | None) -> list[Mark]:
    """Those of them that stand in lines that are there for them alone."""
    lines = [block for block in _by_headline(places) if is_date_line(block, authors)]
    return _marks_of(lines, places, month_first=month_first)


def _by_headline(places: Places) -> list[Block]:
    return places.layout.blocks[slice(*places.by_headline())]


def _marks_of(blocks: Iterable[Block], places: Places, *, month_first: bool | None) -> list[Mark]:
    lines = [block for block in blocks if len(block.text) <= _LONGEST and may_hold_date(block.text)]
    around = places.around_story() if lines else frozenset()
    found: list[Mark] = []
    for block in lines:
        if len(found) < _MOST:
            found += _text_marks(block, places, around, month_first=month_first)
    return sorted(found, key=lambda mark: -mark.score)


def _text_marks(
    block: Block, places: Places, around: frozenset[Element], *, month_first: bool | None
) -> Iterator[Mark]:
    """The day of publication and that of the update in a line, of each at most one."""
    away = places.away(block.index)
    label = _label_before(block, places)
    dated = bool(label) or _is_date_like_block(block) or _LABELLED.match(block.text) is not None
    if away >= FAR and (not dated or block.index < places.headline):
        return
    line = " ".join(" ".join(block.pieces).replace(BREAK, " | ").split())
    told = dates_in_line(line, month_first=month_first)
    dates = [one for one in told if not (_EXPIRY.search(one.part) or _LIFE.search(one.part))]
    if not dates or _is_of_another(block) or (not dated and len(dates[0].part) > _LONGEST_BARE):
        return
    elsewhere = is_elsewhere(block.node.element, away, around)
    if elsewhere and away > NEAR:
        return
    score = 0.4 * dated - away - 0.3 * elsewhere
    labels = [one.label for one in dates]
    if not any(labels):
        labels[0] = label or _label_of_classes(block)
    days = {label: [one.moment for one, its in zip(dates, labels, strict=True) if its == label] for label in labels}
    if PUBLISHED in days or "" in days:
        first = days[PUBLISHED][0] if PUBLISHED in days else min(days[""], key=lambda one: one.day)
        yield Mark(first, updated=False, score=score, beyond=places.is_beyond(block.index), source="text")
    if UPDATED in days:
        yield Mark(days[UPDATED][0], updated=True, score=score, beyond=places.is_beyond(block.index), source="text")


def _label_before(block: Block, places: Places) -> str:
    """What the block before says of the date in this one, if it is no more than a label."""
    before = places.layout.blocks[block.index - 1].text if block.index else ""
    return label_of(before) if is_label(before) else ""


def _label_of_classes(block: Block) -> str:
    """What the classes of the block and in it, else that around it, say of its date."""
    own = (block.node.classes, *(element.get("class") or "" for _, opens, element in block.marks if opens))
    parent = block.node.parent
    return label_of_class(" ".join(own)) or label_of_class(parent.classes if parent else "")


def _is_date_like_block(block: Block) -> bool:
    """Whether the class of the block, of what it is in or of an inline element of it says date."""
    node: Node | None = block.node
    for _ in range(3):
        if node is None:
            break
        if node.classes and _is_date_like(node.classes):
            return True
        node = node.parent
    return any(opens and _is_date_like(element.get("class") or "") for _, opens, element in block.marks)


def _is_of_another(block: Block) -> bool:
    """Whether the line is a picture's, or that of a post that the story quotes."""
    if block.node.above & _ANOTHERS or _SIGNED.match(block.text):
        return True
    return any(_CAPTION.search(node.classes) for node in islice(block.node.upwards(), _CAPTION_REACH))


def _time_mark(
    element: Element, index: int, places: Places, around: frozenset[Element], *, month_first: bool | None
) -> Mark | None:
    stamp = element.get("datetime") or element.get("content") or element.get("title") or ""
    shown = text_of(element, _LONGEST)
    away = places.away(index)
    moment = read_moment(stamp, month_first=month_first) or read_moment(shown, month_first=month_first)
    elsewhere = moment is not None and is_elsewhere(element, away, around)
    if moment is None or (elsewhere and away > NEAR):
        return None
    if moment.clock is None or moment.is_midnight:
        in_text = read_moment(shown, month_first=month_first)
        moment = in_text if in_text and in_text.day == moment.day and in_text.clock else moment
    prop = element.get("itemprop") or element.get("property") or ""
    label = _LABEL_OF_PROPERTY.get(prop) or _label_of_element(element, shown)
    if label == "other":
        return None
    score = 1.0 * (prop in ("datePublished", "dateCreated")) + 0.8 * (element.get("pubdate") is not None)
    score += 0.5 * (label == PUBLISHED) - 0.3 * elsewhere - min(away, 1.2)
    score -= 0.5 * any(map(_is_sentence, (block.text for block in places.layout.blocks[index : index + 1])))
    source = "itemprop" if prop else "time"
    return Mark(moment, updated=label == UPDATED, score=score, beyond=places.is_beyond(index), source=source)


def _label_of_element(element: Element, shown: str) -> str:
    """What its own words or class, then those nearest before it, say of its date."""
    label = label_of(shown) or label_of_class(element.get("class") or "")
    parent, previous = element.getparent(), element.getprevious()
    if label or parent is None:
        return label
    nearest = [previous.tail or "", _label_text(previous)] if previous is not None else []
    uncle = parent.getprevious() if previous is None and not (parent.text or "").strip() else None
    texts = (*nearest, parent.text or "", _label_text(uncle))
    told = next(filter(None, (label_of(text[-60:]) for text in texts)), "")
    return told or label_of_class(parent.get("class") or "")


def _label_text(element: Element | None) -> str:
    """The text of an element that may be the label of what follows it; '' where it has a date of its own."""
    text = text_of(element, 60) if element is not None and element.tag in _LABELS else ""
    return "" if may_hold_date(text) else text


_LABELS = frozenset(("span", "strong", "b", "em", "i", "label", "dt", "small", "div", "p"))


@lru_cache(maxsize=16384)
def _is_date_like(names: str) -> bool:
    return bool(_DATE_LIKE.search(names[:300].lower()))
