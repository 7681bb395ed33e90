"""What the words by a printed date say of it: that the story came out then, or that it was changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from crawler.extraction.lexicon import words
from crawler.extraction.moments import Moment, may_hold_date, order_in, read_moment

UPDATED, PUBLISHED = "updated", "published"
_UPDATED_WORDS = r"""
    updat(?!es\b)|modif|amended|revised|edited(?!\ by)|changed|last.?change|corrected
    |aktuali[sz]|geändert|letzte\ änderung|überarbeitet|stand(?::|\ (?=\d))
    |mis(?:e)?\ [àa]\ jour|m[aà]j(?=\ ?:|\ l?d?[eu]\ )|actuali[sz]|atualiz|aggiorn|bijgewerkt|gewijzigd|geüpdatet
    |uppdater|opdater|oppdater|uppfært|ændret|endret|ändrad|päivit|muokattu|uuendatud|muudetud|atjaun|atnaujin|papildyta
    |zaktual|zmien|z?modyf|upraven|změn|frissít|módosít|ažurir|izmen|izmijen|izmjen|posodob|spreme[mn]|güncel|yenilən
    |përditës|ndryshuar|yangila|actualitz|eguneratu|eguneraketa|imesasishwa|opgedateer|geactualiseer
    |cập\ nhật|di-?updat|diperbar|dimutakhir|pembaruan|dikemas\ ?kini|kemas\ ?kini
    |обнов|изменен|изменён|отредактир|оновл|змінен|абноўл|актуализ|ажурир|измењ|пром[ея]н|жаңарт|ενημ[εέ]ρ|τροποπ
"""
_PUBLISHED_WORDS = r"""
    publi|posted|created|submitted|veröffent|erschien|erstellt|paru\b|mis(?:e)?\ en\ ligne|créé
    |pubbl|inserit|gepubli|geplaatst|julkais|udgivet|offentliggj|opublik|dodan|utworz|zve[rř]ejn|uverejn|vydán|közzé
    |létrehoz|megjelen|postat|postuar|argitarat|ilichapish|objavlj|objavlen|yayın|giriş|oluşturul|eklenme|dərc
    |diterbit|dipublikasi|diposting|tayang|xuất\ bản|đăng
    |апублік|опубл|публик|создан|објављ|δημοσ[ιί]
"""
_UPDATED_SIGNS = (
    "更新|最終|修改|수정|업데이트|تحديث|تعديل|محدث|به.?روز|بروز|ویرایش|עודכן|עדכון|अपडेट|अद्यतन|আপডেট|হালনাগাদ"
    "|อัปเดต|ปรับปรุง|แก้ไขล่าสุด|განახლ|թարմաց|புதுப்பி|പുതുക്കി"
)
_PUBLISHED_SIGNS = (
    "公開|掲載|配信|登録|发布|發布|發佈|投稿|发表|發表|발행|입력|등록|게재|نشر|نُشر|انتشار|منتشر|פורסם|प्रकाशित|প্রকাশ"
    "|เผยแพร่|გამოქვეყ|հրապարակ"
)
"""Of scripts that set no words apart, or put prefixes before them."""
_LABEL = re.compile(
    rf"(?P<updated>(?<![^\W\d_])(?:{_UPDATED_WORDS})|{_UPDATED_SIGNS})"
    rf"|(?P<published>(?<![^\W\d_])(?:{_PUBLISHED_WORDS.replace('ı', '[ıi]')})|{_PUBLISHED_SIGNS})"
    r"|(?P<other>(?<![^\W\d_])(?:reviewed|fact.?checked|accessed|retrieved)(?!\ by))",
    re.VERBOSE,
)
"""Of a text in lower case: a search that has to try both cases takes three times as long."""
_PARTS = re.compile(r"\s?[·•|\u2028](?!\s*\d\d?[:.h]\d\d)\s?|\s[–—-]\s(?!\d\d?[:.h]\d\d)")
"""What sets off the parts of a line of facts; a time may stand behind a dash."""
_CLASS_UPDATED = re.compile(
    r"modif|updated|changed|last[-_]?update|aktualisier|actualiz|atualiz|aggiorn|bijgewerkt|uppdaterad|op+dater",
    re.IGNORECASE,
)
_CLASS_PUBLISHED = re.compile(r"publi|pub-?date|posted|created|entry-date", re.IGNORECASE)
_LABEL_ALONE = 30
_BY = frozenset(("by", "von", "par", "por", "di", "da", "door", "av", "af", "od", "przez"))
_NEWS = "update"
_LAST = ("last", "latest", "letzte", "laatste", "sist", "senest", "recent", "ultim", "últim", "derni")
_MOST_WORDS = 4
_REST = re.compile(r"^[^\W\d_]{1,30}")
"""Of a word of which the stem was found."""
_BEFORE_DATE = words("on at am um le el il op om den på kl klo dia the la date time datum")
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class DateInLine:
    """A date in a line of text."""

    moment: Moment
    label: str
    """UPDATED, PUBLISHED, 'other', or '' where no word says what day it is."""
    part: str
    """The part of the line that it stands in."""


def label_of(text: str) -> str:
    """What the last word for it says of the date that follows: UPDATED, PUBLISHED, 'other' or ''."""
    return next((found.lastgroup or "" for found in reversed(list(_LABEL.finditer(_lowered(text))))), "")


def _lowered(text: str) -> str:
    """The text in lower case, each letter in its place: the Turkish İ alone has no single small letter."""
    return text.replace("İ", "i").lower()


def label_of_class(names: str) -> str:
    """What a class says of the date in it; '' where it says both, as themes do that have one element for either."""
    updated, published = _CLASS_UPDATED.search(names), _CLASS_PUBLISHED.search(names)
    return "" if updated and published else UPDATED if updated else PUBLISHED if published else ""


def says_when(text: str) -> bool:
    """Whether a text speaks of publication or of an update."""
    return _LABEL.search(_lowered(text)) is not None


def is_label(text: str) -> bool:
    """Whether a text is no more than the word for a date, such as 'Last updated:'; 'Updates' are a section.

    'How AI changed us' and 'Books reviewed' are a story's, and 'Daily update:' is what comes out each day.
    """
    if len(text) > _LABEL_ALONE or _DIGIT.search(text):
        return False
    lowered = _lowered(text)
    found, spoken = list(_LABEL.finditer(lowered)), _WORD.findall(lowered)
    if not found or len(spoken) > _MOST_WORDS or not _BY.isdisjoint(spoken):
        return False
    colon = text.rstrip().endswith((":", "："))
    if found[-1].lastgroup == "other":
        return colon
    if spoken[-1] == _NEWS:
        return colon and (len(spoken) == 1 or spoken[0].startswith(_LAST))
    behind = _WORD.findall(_REST.sub("", lowered[found[-1].end() :], count=1))
    return colon or _WORD.search(text[: found[0].start()]) is None or _BEFORE_DATE.issuperset(behind)


def dates_in_line(line: str, *, month_first: bool | None) -> list[DateInLine]:
    """The dates in a line of facts, each with what the words before it say, or in some languages those behind it."""
    parts = _PARTS.split(line)
    if month_first is None:
        month_first = order_in(line)
    if says_when(line):
        pieces = [(piece, part) for part in parts for piece in _cut_at_labels(part)]
        labels = _labels(pieces)
    else:
        pieces, labels = [(part, part) for part in parts], [""] * len(parts)
    found: list[DateInLine] = []
    for (piece, part), label in zip(pieces, labels, strict=True):
        if may_hold_date(piece) and not piece.strip().isdigit():
            moment = read_moment(piece, month_first=month_first)
            if moment:
                found.append(DateInLine(moment, label, part))
    return found


def _cut_at_labels(part: str) -> Iterator[str]:
    """The part's pieces, each of which begins with a word for the date that follows; but the first perhaps."""
    starts = [0, *(found.start() for found in _LABEL.finditer(_lowered(part)) if found.start()), len(part)]
    return (part[start:end] for start, end in pairwise(starts))


def _labels(pieces: list[tuple[str, str]]) -> list[str]:
    """What is said of each piece, given with the part that it is of."""
    own = [label_of(piece) for piece, _ in pieces]
    dated = [may_hold_date(piece) for piece, _ in pieces]
    whole = {part: None if may_hold_date(part) else is_label(part) for part in {part for _, part in pieces}}
    alone = [is_label(piece) if (told := whole[part]) is None else told for piece, part in pieces]
    last = max((index for index, label in enumerate(own) if label), default=0)
    first = dated.index(True) if True in dated else 0
    if last > first and not any(own[: first + 1]) and not any(dated[last:]) and alone[last]:
        return [*own[1:], ""]
    lone = (label if sole and not date else "" for label, date, sole in zip(own, dated, alone, strict=True))
    carried = ["", *lone]
    return [label or before for label, before in zip(own, carried, strict=False)]
