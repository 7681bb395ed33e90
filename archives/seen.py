"""What a reader sees of an article, in one form: where it is equal, two captures show the same story.

Left out is what changes without anybody changing the story: related links and the address variants of pictures, which
rotate; the order of tags; counters and "2 hours ago"; white space and typographic signs; and a later date of
modification by itself, which many sites renew with each rendering.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from archives.digests import Digest, sha1

Item = Mapping[str, Any]

_TYPOGRAPHY = str.maketrans(
    dict.fromkeys("‘’‚‛′´`ʼ＇", "'")
    | dict.fromkeys("“”„‟«»″＂〝〞", '"')
    | dict.fromkeys("‐‑‒–—―−﹣－", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
)

_UNIT = r"[^\W\d_]{1,14}\.?"
_AMOUNT = r"(?:\d{1,4}|an?|une?|una?|eine[rmn]?)"
_AGE = (
    rf"(?:{_AMOUNT}\s?{_UNIT} (?:ago|fa|geleden|назад|тому|temu|önce|sedan|siden)|just now|gerade eben|à l'instant"
    rf"|(?:vor|il y a|hace|há|منذ|قبل|för|for) {_AMOUNT}\s?{_UNIT}(?: (?:sedan|siden))?"
    r"|\d{1,4} ?(?:秒|分|分钟|分鐘|時間|小时|小時|日|天|週間|周|か月|个月)前|\d{1,4} ?(?:초|분|시간|일|주|개월) 전)"
)
_COUNTED = (
    r"(?:views?|reads?|comments?|shares?|likes?|replies|reactions?|kommentare?|aufrufe|commentaires?|vues|partages|"
    r"comentarios?|visitas|lecturas|comentários?|visualizações|commenti|reacties|комментари\w*|просмотр\w*|коментар\w*|"
    r"komentarz\w*|yorum|コメント|评论|評論|댓글|조회수?|تعليقات?|مشاهدات?|مشاهدة)"
)
_NUMBER = r"\d[\d.,\s]{0,12}(?:k|m|tsd|mio|тыс|млн|万|件|条)?\.?"
_COUNTER = rf"(?:{_NUMBER}(?:の)?\s?{_COUNTED}|{_COUNTED}\W{{0,3}}{_NUMBER}|{_NUMBER} min(?:ute)?s? read)"
_STAMPED = (
    r"(?:(?:last )?updated|published|posted|aktualisiert|veröffentlicht|mis à jour|publié|actualizado|publicado|"
    r"aggiornato|обновлено|опубликовано|更新|公開|تحديث|نشر)"
)
_MOVING = rf"(?:{_AGE}|{_COUNTER})"
_NOISE = re.compile(rf"\W*(?:{_STAMPED}\W{{0,3}})?{_MOVING}(?:\W{{1,3}}{_MOVING})*\W*", re.IGNORECASE)
"""A whole line that tells how old the page is, or how many looked at it."""
_LONGEST_NOISE, _LONGEST_BYLINE = 80, 320
"""Characters: what is longer is prose."""
_PIECE = 12
"""Characters: two texts of a language that share many pieces of this length share sentences, in any script."""
_SHARED, _SHARED_UNDER_ONE_TITLE = 0.5, 0.2
"""Of the shorter text's pieces."""
_TEASER = 100
"""Characters: from less text nobody tells which story it is of."""
_AGE_AT_END = re.compile(rf"\W+(?:{_STAMPED}\W{{0,3}})?{_AGE}\W*$", re.IGNORECASE)

_SIZE = re.compile(
    r"[-_.@]?(?:\d{2,4}x\d{2,4}|w?\d{3,4}(?:w|px)?|[23]x|scaled|thumb(?:nail)?|small|medium|large)(?=[-_.]|$)"
)


def plain(text: str | None) -> str:
    """A text with white space, quotation marks and dashes in one form; '' for None."""
    words = unicodedata.normalize("NFKC", text or "").split()
    inside_quotes = " ".join(words).replace("« ", "«").replace(" »", "»")
    return " ".join(inside_quotes.translate(_TYPOGRAPHY).split())


def paragraphs(text: str | None) -> list[str]:
    """The paragraphs of a text in one form, without those that only tell its age or count its readers."""
    lines = (plain(line) for line in (text or "").splitlines())
    return [line for line in lines if line and not _is_noise(line)]


def tell_one_story(first: Item, second: Item) -> bool:
    """Whether two pages may tell one story, by what they share of the shorter text, or as nothing tells.

    Half of it is enough, a fifth under the same headline, which is enough by itself where one has hardly any text.
    """
    titles = [plain(item.get("title")).casefold() for item in (first, second)]
    texts = ["".join(paragraphs(item.get("body"))).casefold() for item in (first, second)]
    same_title = all(titles) and titles[0] == titles[1]
    if min(map(len, texts)) < _TEASER:
        return same_title or not all(titles)
    pieces = [{text[at : at + _PIECE] for at in range(max(1, len(text) - _PIECE + 1))} for text in texts]
    wanted = _SHARED_UNDER_ONE_TITLE if same_title else _SHARED
    return len(pieces[0] & pieces[1]) >= wanted * min(map(len, pieces))


def _is_noise(line: str) -> bool:
    return len(line) <= _LONGEST_NOISE and _NOISE.fullmatch(line) is not None


def moment(date: str | None) -> str | None:
    """An ISO date as the same instant in UTC, so that two can be compared; a day stays a day."""
    try:
        there = datetime.fromisoformat(date) if date and len(date) > len("2024-06-11") else None
    except ValueError:
        return date
    return date if there is None or there.tzinfo is None else there.astimezone(UTC).isoformat()


def _byline(text: str | None) -> str:
    line = plain(text)
    return line if len(line) > _LONGEST_BYLINE else _AGE_AT_END.sub("", line)


def _body(text: str | None) -> str:
    return " ".join(paragraphs(text))


def _authors(authors: list[Item] | None) -> list[list[str]]:
    return [[plain(author.get("name")), author.get("kind") or ""] for author in authors or ()]


def _images(images: list[Item] | None) -> list[list[str]]:
    parts = ([plain(image.get("caption")), plain(image.get("credit")), _file(image["url"])] for image in images or ())
    return sorted(parts)


def _file(url: str) -> str:
    """What names a picture in its address, without the marks of size and format; '' if nothing does."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    stem = _SIZE.sub("", PurePosixPath(unquote(parts.path)).stem.lower()) if parts.scheme != "data" else ""
    return "" if stem.isdecimal() and len(stem) <= 4 else stem


def _tags(tags: list[str] | None) -> list[str]:
    return sorted({plain(tag).casefold() for tag in tags or ()})


FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "title": plain,
    "byline": _byline,
    "authors": _authors,
    "date_published": moment,
    "body": _body,
    "description": plain,
    "images": _images,
    "section": plain,
    "tags": _tags,
    "access": lambda access: access,
    "kind": lambda kind: kind,
}
"""Fields of an item that make a revision if a reader sees another value, and what a reader sees of each."""


def changed_fields(old: Item, new: Item) -> list[str]:
    """Names of the fields in which a reader sees a difference."""
    return [
        name
        for name, shown in FIELDS.items()
        if old.get(name) != new.get(name) and shown(old.get(name)) != shown(new.get(name))
    ]


def seen_digest(item: Item) -> Digest:
    """Equal for two items in which a reader sees no difference."""
    shown = [shows(item.get(name)) for name, shows in FIELDS.items()]
    return sha1(json.dumps(shown, ensure_ascii=False).encode())


def show_the_same(old: Item, new: Item) -> bool:
    """Whether a reader sees no difference."""
    return not changed_fields(old, new)
