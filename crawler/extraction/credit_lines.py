"""A printed credit line without what stands beside it: dates, sharing buttons, addresses."""

import re
from collections.abc import Iterator

from crawler.extraction.months import month_of

_NUMBER = re.compile(r"(?<![\w@])\d{1,4}(?:st|nd|rd|th|[.:/h-]\d{1,4})*(?:T[\d:.]+Z?)?")
_NO_DAY = re.compile(r"\d[.:/h]\d|\d-\d{1,4}-\d|\d{4}-")
"""In times and whole dates."""
_WORD_BEFORE = re.compile(r"([^\W\d_]{3,14})[.,]?\s*$")
_WORD_AFTER = re.compile(r"[.,]?\s*(?:de |of )?([^\W\d_]+)")
_OF_TIME = re.compile(
    r"\s*(?:(?:h|hours?|hrs?|min\w*|days?|weeks?)\s(?:ago|read)|uhr|[ap]\.?m|стунд\w*|часо?в)\b", re.IGNORECASE
)
_BESIDE = re.compile(
    r"\s*(?:(?:last )?\b(?:updated|published|posted|modified|publi[ée]e?|publicado|atualizado|actualizado|aktualisiert"
    r"|veröffentlicht|follow|facebook|twitter|linkedin|whatsapp|e-?mail|share|biography|bio|close|watch live|subscribe"
    r"|read more|topic:|stand:|contact\w*|kontakt\w*|tips meg|опубликовано|обновлено)\b|@\w|\S{1,64}@\S"
    r"|,\s+in [A-ZÀ-Þ]|(?:iniciar sesión|log in|sign in|esta funcionalidad)\b"
    r"|(?:[.,;|&]|\b(?:and|with))?\s*\b(?:(?:medically |clinically |expert )?reviewed|fact[- ]?checked|tested"
    r"|photo(?:s|graph(?:s|y|ed)?)?|illustrat(?:ed|ions?)|video|graphics?) by\b).*$",
    re.IGNORECASE,
)
_BESIDE_STEMS = (
    "updated", "published", "posted", "modified", "publi", "atualizado", "actualizado", "aktualisiert",
    "veröffentlicht", "follow", "facebook", "twitter", "linkedin", "whatsapp", "mail", "share", "biography", "bio",
    "close", "watch live", "subscribe", "read more", "topic:", "stand:", "contact", "kontakt", "tips meg",
    "опубликовано", "обновлено", "ed by", ", in ", "iniciar", "log in", "sign in", "esta func", "photo", "illustrat",
    "video", "graphic",
)  # fmt: skip
"""One of these, or an @, is in every line that _BESIDE shortens."""
_LABELLED = re.compile(r"(?:by|von|par|por|di|door|av|af|oleh|autor\w{0,2}|автор)\b", re.IGNORECASE)
_BEFORE_LABEL = re.compile(r"^[^,:.]{1,25}?\s(?=(?:By|Par|Por)\s[A-ZÀ-Þ]|(?:Autor|Автор):)")
"""A section or an outlet in front of the credit: `Transport By Ada Lovelace`."""
_LOOSE_END = re.compile(r"\s(?:on|of|at|in|for|from|am|um|le|el|il|op|den|på)$")
"""What was before a date, a place or a sharing button that was cut off."""
_WEEKDAY = re.compile(
    r"[\s,]+(?:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|montag"
    r"|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes"
    r"|martes|miércoles|jueves|viernes|sábado|domingo),?$",
    re.IGNORECASE,
)
_EDGES = " \t,;|·•–—/-"


def without_dates(line: str) -> str:
    """The line, cut where a date, a sharing button or an address begins; of what stands around dates, the credit."""
    line = _BEFORE_LABEL.sub("", line).replace(" ,", ",")
    return _LOOSE_END.sub("", _credit(line))


def _credit(line: str) -> str:
    if not any(map(str.isdigit, line)):
        return _cut(line)
    pieces = [piece for text in _between_dates(line) if sum(map(str.isalpha, piece := _cut(text.strip(_EDGES)))) > 1]
    labelled = (piece for piece in pieces if _LABELLED.match(piece))
    return next(labelled, pieces[0] if pieces else "")


def _cut(line: str) -> str:
    told = "@" in line or any(map(line.lower().__contains__, _BESIDE_STEMS))
    shorter = _BESIDE.sub("", line) if told else line
    return shorter.rstrip(_EDGES) if sum(map(str.isalpha, shorter)) > 1 else line


def _between_dates(line: str) -> Iterator[str]:
    begun = 0
    for number in _NUMBER.finditer(line):
        if number.start() < begun:
            continue
        before = _WORD_BEFORE.search(line, begun, number.start())
        end = _end_of_date(line, number)
        month = before is not None and _is_month_before(before[1], line, number)
        if month or end:
            yield _WEEKDAY.sub("", line[begun : before.start() if before and month else number.start()].rstrip())
            begun = end or number.end()
    yield line[begun:]


def _is_month_before(word: str, line: str, number: re.Match[str]) -> bool:
    """Whether a word is the month of the day behind it; before a time, a whole date or another month it is a name."""
    after = _WORD_AFTER.match(line, number.end())
    named = after is not None and month_of(after[1]) is not None
    return not named and _NO_DAY.search(number[0]) is None and month_of(word) is not None


def _end_of_date(line: str, number: re.Match[str]) -> int | None:
    """Where a date or a time that begins with this number ends; None if the number is none."""
    after = _WORD_AFTER.match(line, number.end())
    if after and month_of(after[1]) is not None:
        return after.end()
    time = _OF_TIME.match(line, number.end())
    if time:
        return time.end()
    digits = number[0]
    year = len(digits) == 4 and digits[:2] in ("19", "20")
    return number.end() if year or any(sign in digits for sign in ".:/-") else None
