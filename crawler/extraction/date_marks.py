"""The dates that the page shows: `time` elements and date lines, told apart by their words and their place."""

import re
from dataclasses import dataclass
from functools import lru_cache

from lxml.etree import _Element as Element

from crawler.extraction.blocks import Block, Node
from crawler.extraction.class_words import Sign
from crawler.extraction.document import Document
from crawler.extraction.html_tags import TAG_BITS
from crawler.extraction.moments import Moment, read_moment
from crawler.extraction.places import Places
from crawler.extraction.tree import text_of

_PROPERTIES = frozenset(("datePublished", "dateModified", "dateCreated"))
_NO_DATES = frozenset(("del", "ins", "meta"))
_DATE_LIKE = re.compile(
    r"(?:^|[^a-z])(?:date|datum|fecha|data|time|timestamp|publi\w{0,12}|posted|pub|created|meta|info|dato|datetime"
    r"|zeit|heure|hora|ora|tarih"
    r"|\w{0,12}info(?:$|[\s_-])|byline|dateline|article-?date|postdate|entry-date|updated|wann|when|tstamp"
    r"|createdate|publishdate|newsdate|kiji|nitiji)"
)
_ELSEWHERE = re.compile(
    r"teaser|related|comment|sidebar|recommend|popular|most-?(?:read|view)|latest|trending|footer|(?:^|[\s_-])nav"
    r"|newsletter|carousel|ticker"
    r"|more-?(?:news|stories|from)|read-?(?:more|also|next)|outbrain|taboola|recirc|playlist|breadcrumb|weather"
    r"|(?:^|[\s_-])cards?(?:$|[\s_-])"
)
_SHELVES = frozenset(("nav", "footer", "aside"))
_UPDATED = re.compile(
    r"updat|modif|aktuali|geändert|mis à jour|mise à jour|maj|actualiz|atualiz|aggiorn|bijgewerkt|gewijzigd"
    r"|uppdater|opdater|oppdater"
    r"|ændret|endret|ändrad|päivite|обновл|изменен|оновл|güncel|frissít|módosít|актуализ|更新|最終|修改|수정|تحديث|עודכן"
    r"|edited|"
    r"last.?change|letzte änderung|stand:|ενημερ|cập nhật|zaktual|zmien",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"publi|veröffent|erschien|erstellt|posted|created|published|опубл|gepubli|geplaatst|julkais|udgivet|inserito"
    r"|pubbl|yayın|発|公開|登録|입력"
    r"|등록|نشر|δημοσ|közzé|opublik|dodan|data|first|pubdate|entry-date",
    re.IGNORECASE,
)
_EXPIRY = re.compile(r"\b(?:bis|until|till|hasta|jusqu\w{1,3}|fino al|до)\s[^a-z]{0,3}\d", re.IGNORECASE)
"""Films and offers are there until a day."""
_LABELLED = re.compile(
    r"\W{0,3}(?:date|datum|fecha|data|dato|päiväys|tarih|tanggal|ngày|дата|ημερομηνία|日期|날짜|تاريخ"
    r"|published|posted|publicad[oa]|publié|pubblicato|veröffentlicht|erschienen|gepubliceerd|publicerad|publisert"
    r"|udgivet|julkaistu|opublikowano|zveřejněno|közzétéve|publicat|опубликовано|опубліковано|yayınlanma)\W{1,3}"
    r"(?:on |am |le |el |il |op |den )?[\d০-৯٠-٩۰-۹]",
    re.IGNORECASE,
)
"""A line that says itself that it is the date."""
_TWO_DIGITS = re.compile(r"\d\d")
_PARTS = re.compile(r"\s?[·•|\u2028](?!\s*\d\d?[:.h]\d\d)\s?|\s[–—-]\s(?!\d\d?[:.h]\d\d)")
"""What sets off the parts of a line of facts; a time may stand behind a dash."""
_MOST = 80
_LONGEST = 160
_LONGEST_BARE = 60
_LONGEST_FACTS = 200
_LONGEST_NAME = 40
_NEAR = 0.3
_FAR = 1.0
"""Only a class that says date makes a line count that stands farther away."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A date that the page shows."""

    moment: Moment
    updated: bool
    """Whether words say that it is the update's."""
    score: float
    source: str
    """'time', 'itemprop' or 'text'."""


def says_when(text: str) -> bool:
    """Whether a text speaks of publication or of an update."""
    return bool(_PUBLISHED.search(text) or _UPDATED.search(text))


def time_marks(document: Document, places: Places, *, month_first: bool | None) -> list[Mark]:
    """Dates of `time` elements and their like, the best first: by the headline, labelled, outside teasers."""
    properties = (element for element in document.landmarks.described if element.get("itemprop") in _PROPERTIES)
    found = dict.fromkeys((*properties, *document.landmarks.dated[: 6 * _MOST]))
    elements = [element for element in found if element.tag not in _NO_DATES][:_MOST]
    standing = places.of_elements(frozenset(elements)) if elements else {}
    marks = (
        _time_mark(element, places.away(standing.get(element, 0)), month_first=month_first) for element in elements
    )
    return sorted((mark for mark in marks if mark), key=lambda mark: -mark.score)


def text_marks(places: Places, *, month_first: bool | None) -> list[Mark]:
    """Dates in short lines by the headline and the story's end, and in those whose class says date; the best first."""
    found: list[Mark] = []
    for block in places.layout.blocks:
        if len(block.text) <= _LONGEST and _TWO_DIGITS.search(block.text) and len(found) < _MOST:
            mark = _text_mark(block, places, month_first=month_first)
            if mark:
                found.append(mark)
    return sorted(found, key=lambda mark: -mark.score)


def _text_mark(block: Block, places: Places, *, month_first: bool | None) -> Mark | None:
    away = places.away(block.index)
    dated = _is_date_like_block(block) or _LABELLED.match(block.text) is not None
    if away > _FAR and (not dated or block.index < places.headline):
        return None
    text, moment = _read(block, month_first=month_first)
    if moment is None or _is_caption(block) or _EXPIRY.search(text):
        return None
    if not dated and len(text) > _LONGEST_BARE:
        return None
    elsewhere = _is_elsewhere(block.node.element, away)
    if elsewhere and away > _NEAR:
        return None
    return Mark(moment, _tells_update(block.text), 0.4 * dated - away - 0.3 * elsewhere, "text")


def _tells_update(text: str) -> bool:
    """Whether the line's date is that of an update, and no other date stands before the word for it."""
    words = text[:60]
    found = _UPDATED.search(words)
    if found is None or _PUBLISHED.search(words):
        return False
    return not (_TWO_DIGITS.search(words, 0, found.start()) and _TWO_DIGITS.search(text, found.end()))


def _read(block: Block, *, month_first: bool | None) -> tuple[str, Moment | None]:
    """The part of the line that is a date, and which."""
    for part in _PARTS.split(" ".join(" ".join(block.pieces).split())):
        if _TWO_DIGITS.search(part) and not part.strip().isdigit():
            moment = read_moment(part, month_first=month_first)
            if moment:
                return part, moment
    return "", None


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


def _is_caption(block: Block) -> bool:
    return bool(block.node.above & (TAG_BITS["figure"] | TAG_BITS["figcaption"] | Sign.CAPTION))


def _time_mark(element: Element, away: float, *, month_first: bool | None) -> Mark | None:
    stamp = element.get("datetime") or element.get("content") or element.get("title") or ""
    shown = text_of(element, _LONGEST)
    moment = read_moment(stamp, month_first=month_first) or read_moment(shown, month_first=month_first)
    elsewhere = moment is not None and _is_elsewhere(element, away)
    if moment is None or (elsewhere and away > _NEAR):
        return None
    if moment.clock is None or moment.is_midnight:
        in_text = read_moment(shown, month_first=month_first)
        moment = in_text if in_text and in_text.day == moment.day and in_text.clock else moment
    prop = element.get("itemprop") or element.get("property") or ""
    words = f"{prop} {element.get('class') or ''} {shown} {_before(element)}"
    updated = prop == "dateModified" or (bool(_UPDATED.search(words)) and prop != "datePublished")
    score = 1.0 * (prop in ("datePublished", "dateCreated")) + 0.8 * (element.get("pubdate") is not None)
    score += 0.5 * bool(_PUBLISHED.search(words)) - 1.5 * updated - 0.3 * elsewhere
    return Mark(moment, updated, score - min(away, 1.2), "itemprop" if prop else "time")


def _before(element: Element) -> str:
    """The text right before the element, in its parent and before its parent, and the parent's class."""
    previous, parent = element.getprevious(), element.getparent()
    parts = [parent.get("class") or "", parent.text or ""] if parent is not None else []
    if previous is not None:
        parts += [previous.tail or "", text_of(previous, 60) if previous.tag in _LABELS else ""]
    elif parent is not None and (uncle := parent.getprevious()) is not None and uncle.tag in _LABELS:
        parts.append(text_of(uncle, 60))
    return " ".join(part[-60:] for part in parts if part)


_LABELS = frozenset(("span", "strong", "b", "em", "i", "label", "dt", "small", "div", "p"))


def _is_elsewhere(element: Element, away: float) -> bool:
    """Whether the element stands in a teaser, a list of other stories, comments, navigation."""
    node: Element | None = element
    for _ in range(12):
        if node is None or node.tag in ("body", "main", "html"):
            return False
        if node.tag in _SHELVES or _names_elsewhere(f"{node.get('class') or ''} {node.get('id') or ''}"):
            return node.find(".//h1") is None and not (away <= _FAR and _holds_facts(node))
        node = node.getparent()
    return False


def _holds_facts(shelf: Element) -> bool:
    """Whether it is a side box of a few words, in which no link is long enough for the headline of another story."""
    if shelf.tag != "aside" and "side" not in (shelf.get("class") or ""):
        return False
    if len(text_of(shelf, _LONGEST_FACTS + 1)) > _LONGEST_FACTS:
        return False
    return not any(len(text_of(link, _LONGEST_NAME + 1)) > _LONGEST_NAME for link in shelf.iter("a"))


@lru_cache(maxsize=16384)
def _names_elsewhere(names: str) -> bool:
    return bool(_ELSEWHERE.search(names[:300].lower()))


@lru_cache(maxsize=16384)
def _is_date_like(names: str) -> bool:
    return bool(_DATE_LIKE.search(names[:300].lower()))
