"""Texts and queries as the index has them: words of any script, which a reader sees as they were."""

import re
import unicodedata
from collections.abc import Iterator

BREAK = "\u200b"
"""ZERO WIDTH SPACE: parts words for the index, and is not seen where the text is shown."""
_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Japanese syllables
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
)
_LETTER = re.compile(rf"(?<=[{_UNSPACED}])(?=[^\W_])|(?<=[^\W_])(?=[{_UNSPACED}])")
_ANY_UNSPACED = re.compile(f"[{_UNSPACED}]")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b]")
_TERM = re.compile(r'(?P<no>-)?(?:(?P<field>\w+):)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')
_WORD_CHARACTER = re.compile(r"\w")
COLUMNS = {
    "title": "title",
    "headline": "title",
    "author": "authors",
    "by": "authors",
    "tag": "labels",
    "section": "labels",
    "body": "body",
}
"""What may stand before a colon in a query → the column that it is looked for in."""
LONGEST = 400
"""Characters of a query that count."""
MOST_TERMS = 24


def words(text: str | None) -> str:
    """A text so that the index finds its words: in scripts without spaces each letter is one."""
    plain = unicodedata.normalize("NFC", _UNSEEN.sub("", text or ""))
    return _LETTER.sub(BREAK, plain) if _ANY_UNSPACED.search(plain) else plain


def shown(text: str) -> str:
    """A text of the index as a reader sees it."""
    return text.replace(BREAK, "")


def match(query: str) -> str | None:
    """What FTS5 is to look for; None, if the query has no word.

    Words must all be there; "words in quotes" one after the other; `word*` is the beginning of one; `-word` must not be
    there; `title:`, `author:`, `tag:`, `section:` and `body:` say where. There is no query that is wrong.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for term, excluded in _terms(_UNSEEN.sub(" ", query)[:LONGEST]):
        (unwanted if excluded else wanted).append(term)
    if not wanted:
        return None
    found = " AND ".join(wanted[:MOST_TERMS])
    return f"({found}) NOT ({' OR '.join(unwanted[:MOST_TERMS])})" if unwanted else found


def _terms(query: str) -> Iterator[tuple[str, bool]]:
    for term in _TERM.finditer(query):
        column = COLUMNS.get((term["field"] or "").lower())
        text = term["phrase"] if term["phrase"] is not None else term["word"]
        if term["field"] and column is None:
            text = f"{term['field']}:{text}"
        if not _WORD_CHARACTER.search(text):
            continue
        prefix = "*" if term["word"] and text.endswith("*") else ""
        quoted = '"' + words(text).replace('"', " ") + '"' + prefix
        yield (f"{column} : {quoted}" if column else quoted), bool(term["no"])
