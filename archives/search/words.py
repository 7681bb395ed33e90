"""Texts as the index has them: words of any script, which a reader sees as they were."""

import re
import unicodedata

BREAK = "\u200b"
"""ZERO WIDTH SPACE: parts words for the index, and is not seen where the text is shown."""
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b]")
"""What is in no text of the index."""
_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Japanese syllables
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
)
_LETTER = re.compile(rf"(?<=[{_UNSPACED}])(?=[^\W_])|(?<=[^\W_])(?=[{_UNSPACED}])")
_ANY_UNSPACED = re.compile(f"[{_UNSPACED}]")
IGNORED = "\x00"
"""Stands for what does not count in a word: an accent that is a character of its own."""
_ACCENTS = ("\u0300", "\u036f")
_OF_WORDS = ("L", "N", "Co", "Mn", "Mc")
"""Categories of the characters that words are made of. Vowel signs are among them, as in Hindi."""


def words(text: str | None) -> str:
    """A text so that the index finds its words: in scripts without spaces each letter is one."""
    plain = unicodedata.normalize("NFC", UNSEEN.sub("", text or ""))
    return _LETTER.sub(BREAK, plain) if _ANY_UNSPACED.search(plain) else plain


def shown(text: str) -> str:
    """A text of the index as a reader sees it."""
    return text.replace(BREAK, "")


def tokens(text: str) -> list[str]:
    """The words of a text of the index, as they are compared with those of a query."""
    return [token for one in comparable(text).split(" ") if (token := one.replace(IGNORED, ""))]


def comparable(text: str) -> str:
    """A text of the index, letter by letter: small, without accents, and a space for what belongs to no word.

    That is what SQLite's tokenizer does (https://sqlite.org/fts5.html#unicode61_tokenizer), with `remove_diacritics 2`
    and `categories 'L* N* Co Mn Mc'`.
    """
    return text.translate(_COMPARABLE)


class _Comparable(dict[int, str]):
    """Code point → its letter, each found out when it is first met."""

    def __missing__(self, code: int) -> str:
        return self.setdefault(code, _comparable(chr(code)))


_COMPARABLE = _Comparable()


def _comparable(letter: str) -> str:
    if not unicodedata.category(letter).startswith(_OF_WORDS):
        return " "
    if _ACCENTS[0] <= letter <= _ACCENTS[1]:
        return IGNORED
    folded = letter.casefold()
    small = folded if len(folded) == 1 else letter.lower()[0]
    base = unicodedata.normalize("NFD", small)[0]
    return base if base.isascii() else small
