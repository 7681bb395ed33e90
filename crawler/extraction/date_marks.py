"""The dates that the page shows: `time` elements and date lines, told apart by their words and their place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml.etree import _Element as Element

from crawler.extraction.moments import Moment, read_moment
from crawler.extraction.tree import text_of, xpath

_MARKS = xpath(
    "//h1 | //time | //*[@datetime and not(self::time) and not(self::del) and not(self::ins)] | "
    "//*[@itemprop='datePublished' or "
    "@itemprop='dateModified' or @itemprop='dateCreated'] | //*[@property='datePublished' or @pubdate]"
)
_CLASSED = xpath("//*[@class]")
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
_DIGIT = re.compile(r"\d")
_MOST = 80
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Mark:
    """A date that the page shows."""

    moment: Moment
    updated: bool
    """Whether words say that it is the update's."""
    score: float
    source: str
    """'time', 'itemprop' or 'text'."""


def time_marks(root: Element, *, month_first: bool | None) -> list[Mark]:
    """Dates of `time` elements and their like, the best first: near after the headline, labelled, outside teasers."""
    elements = _MARKS(root)[: 6 * _MOST]
    headline = next((place for place, element in enumerate(elements) if element.tag == "h1"), None)
    found: list[Mark] = []
    for place, element in enumerate(elements):
        if element.tag != "h1" and len(found) < _MOST:
            mark = _time_mark(element, month_first=month_first)
            if mark:
                found.append(_nearer(mark, place, headline))
    return sorted(found, key=lambda mark: -mark.score)


def text_marks(root: Element, *, month_first: bool | None) -> Iterator[Mark]:
    """Dates in short texts of date-like classes, then in what stands around the headline."""
    looked = 0
    for element in _CLASSED(root):
        if looked > _MOST:
            break
        if _is_date_like(element.get("class") or ""):
            text = text_of(element, _LONGEST + 1)
            if 5 < len(text) <= _LONGEST and _DIGIT.search(text):
                looked += 1
                if not _is_elsewhere(element):
                    yield from _in_text(text, month_first=month_first)
    for heading in list(root.iter("h1"))[:3]:
        yield from _around(heading, month_first=month_first)


def _time_mark(element: Element, *, month_first: bool | None) -> Mark | None:
    stamp = element.get("datetime") or element.get("content") or element.get("title") or ""
    shown = text_of(element, _LONGEST)
    moment = read_moment(stamp, month_first=month_first) or read_moment(shown, month_first=month_first)
    if moment is None or _is_elsewhere(element):
        return None
    if moment.clock is None or moment.is_midnight:
        in_text = read_moment(shown, month_first=month_first)
        moment = in_text if in_text and in_text.day == moment.day and in_text.clock else moment
    prop = element.get("itemprop") or element.get("property") or ""
    words = f"{prop} {element.get('class') or ''} {shown} {_before(element)}"
    updated = prop == "dateModified" or (bool(_UPDATED.search(words)) and prop != "datePublished")
    score = 1.0 * (prop in ("datePublished", "dateCreated")) + 0.8 * (element.get("pubdate") is not None)
    score += 0.5 * bool(_PUBLISHED.search(words)) - 1.5 * updated
    return Mark(moment, updated, score, "itemprop" if prop else "time")


def _nearer(mark: Mark, place: int, headline: int | None) -> Mark:
    if headline is None:
        away = place * 0.1
    else:
        away = (place - headline) * 0.1 if place > headline else 0.15 + (headline - place) * 0.15
    return Mark(mark.moment, mark.updated, mark.score - min(away, 1.2), mark.source)


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


def _in_text(text: str, *, month_first: bool | None) -> Iterator[Mark]:
    moment = read_moment(text, month_first=month_first)
    if moment:
        words = text[:60]
        yield Mark(moment, bool(_UPDATED.search(words)) and not _PUBLISHED.search(words), 0.0, "text")


def _around(heading: Element, *, month_first: bool | None) -> Iterator[Mark]:
    """Dates in the short texts that stand around the headline, the nearest container first."""
    container = heading.getparent()
    for _ in range(4):
        if container is None or container.tag in ("body", "html"):
            return
        for part in islice(container.itertext(), _MOST):
            text = str(part).strip()
            if 7 < len(text) <= _LONGEST and _DIGIT.search(text) and not _is_prose(text):
                yield from _in_text(text, month_first=month_first)
        container = container.getparent()


def _is_prose(text: str) -> bool:
    return len(text) > 60 and text.count(" ") > 9


def _is_elsewhere(element: Element) -> bool:
    """Whether the element stands in a teaser, a list of other stories, comments, navigation."""
    node: Element | None = element
    for _ in range(12):
        if node is None or node.tag in ("body", "main", "html"):
            return False
        if node.tag in _SHELVES or _names_elsewhere(f"{node.get('class') or ''} {node.get('id') or ''}"):
            return node.find(".//h1") is None
        node = node.getparent()
    return False


@lru_cache(maxsize=16384)
def _names_elsewhere(names: str) -> bool:
    return bool(_ELSEWHERE.search(names[:300].lower()))


@lru_cache(maxsize=16384)
def _is_date_like(names: str) -> bool:
    return bool(_DATE_LIKE.search(names[:300].lower()))
