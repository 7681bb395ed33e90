"""The story's language: what the page declares, unless it is nonsense; else what its words make certain."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain

from crawler.extraction.document import Document
from crawler.extraction.lexicon import words
from crawler.extraction.linked_data import texts
from crawler.extraction.page import Page
from crawler.extraction.tree import text_of

_TAG = re.compile(r"([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{4}))?(?:[-_]([a-zA-Z]{2}|\d{3}))?(?:[-_.@].{0,20})?")
_NO_LANGUAGES = words("us uk jp cn gb xx zz und mul utf www")
_SCRIPTS = {
    "ja": r"[\u3041-\u30ff]", "ko": r"[\uac00-\ud7af]", "zh": r"[\u4e00-\u9fff]", "th": r"[\u0e01-\u0e5b]",
    "el": r"[\u0370-\u03ff]",
    "he": r"[\u0590-\u05ff]", "hy": r"[\u0530-\u058f]", "ka": r"[\u10a0-\u10ff]",
    "ta": r"[\u0b80-\u0bff]", "te": r"[\u0c00-\u0c7f]",
    "bn": r"[\u0980-\u09ff]", "ar": r"[\u0600-\u06ff]", "cyrillic": r"[\u0400-\u04ff]", "hi": r"[\u0900-\u097f]",
}  # fmt: skip
_LETTERS = {
    "cyrillic": {"kk": "әұңғһ", "be": "ў", "uk": "їєґ", "sr": "ђћ", "mk": "ќѓѕ", "ru": "ыэ", "bg": "ъ"},
    "ar": {"ur": "ےٹڈڑ", "ckb": "ڕێۆ", "fa": "گپچژ", "ar": "ةىأإ"},
    "hi": {"mr": "ळ", "hi": "है"},
}
"""Of scripts that several languages share: the letters that only one of them has, tried in this order."""
_COUNTED = {name: re.compile(pattern) for name, pattern in _SCRIPTS.items()}
_STOP_WORDS = {
    "en": "the of and to in that is was for on with as his said at from has have were been",
    "de": "der die und das den von mit ist sich nicht auf ein eine dem des auch wird sind bei nach",
    "fr": "le la les des et est une dans pour que qui sur pas avec sont au ce cette par plus",
    "es": "el la los las de que en una por con para del se su como más pero fue este han",
    "it": "il di che la per una con del non della sono dei alla anche gli nel più dal ha questo",
    "pt": "o os de que em uma para com não do da mais como dos foi são pelo ao tem das",
    "nl": "de het een van en dat is op voor met zijn niet aan er om ook maar bij werd naar",
    "sv": "och att det som på är av för med den till inte har om ett var från men sig kan",
    "da": "og at det som på er af for med den til ikke har om et var fra men sig kan",
    "no": "og at det som på er av for med den til ikke har om et var fra men seg kan",
    "fi": "ja on ei että se oli hän mutta joka ovat myös kun kuin niin tai sen mukaan ole voi",
    "pl": "w i na z się nie do to jest że o jak ale po co od za przez tym był",
    "cs": "a se na v je že to s z do o jsou ale jako za by podle který také při",
    "hu": "a az és hogy nem is egy meg volt már csak de ez ki még mint azt lehet szerint majd",
    "ro": "de și în la a care nu cu o din este pe că au mai pentru fost sunt prin sau",
    "tr": "ve bir bu da de için ile olarak çok daha olan gibi kadar sonra en ne ise değil oldu her",
    "id": "yang dan di untuk dengan dari pada ini tidak dalam itu akan juga ke oleh ada karena telah bisa saat",
    "vi": "và của là có cho không được trong với các một những đã người này để khi từ tại về",
}
"""Of languages in Latin letters; script and letters tell the others."""


def _by_word(stop_words: Mapping[str, str]) -> dict[str, list[str]]:
    """The languages that each of the words stops in."""
    languages: dict[str, list[str]] = {}
    for language, text in stop_words.items():
        for word in words(text):
            languages.setdefault(word, []).append(language)
    return languages


_LANGUAGES = _by_word(_STOP_WORDS)
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 25
_SAMPLE = 1_000
_LETTERS_OF_SCRIPT = 300
_PROSE = 60
"""Characters of a text that is more than a label."""
_NOT_SHOWN = words("script style noscript template textarea")


def fill_language(page: Page) -> Page:
    """Adds the language."""
    seen: str | None = None
    for declared, source in declared_languages(page.document):
        tag = language_tag(declared)
        if tag:
            seen = seen or language_of(_sample(page))
            if seen is None or _agree(tag, seen):
                return page.fill(source, language=tag)
    found = seen or language_of(_sample(page))
    return page.fill("text", language=found)


def language_tag(declared: str) -> str | None:
    """The declaration as a BCP 47 tag, e.g. 'pt-BR' for 'pt_BR.utf8'; None if it is none."""
    found = _TAG.fullmatch(declared.strip())
    if found is None or found[1].lower() in _NO_LANGUAGES:
        return None
    language = _shortest(found[1].lower())
    return "-".join(part for part in (language, (found[2] or "").title(), (found[3] or "").upper()) if part)


@lru_cache(maxsize=256)
def _shortest(code: str) -> str:
    """The code of two letters for one of three, where there is one (RFC 5646, section 4.5, by CLDR's aliases)."""
    from babel.core import get_global

    alias = str(get_global("language_aliases").get(code, code)).partition("_")[0]
    return alias if len(alias) == 2 else code


def language_of(text: str) -> str | None:
    """The language that script or stop words make certain; None if nothing does."""
    letters = _WORD.findall(text[:_SAMPLE])
    joined = "".join(letters)
    if len(joined) < _ENOUGH:
        return None
    if len(joined.encode()) < 1.25 * len(joined):  # Latin letters
        return _by_stop_words(letters)
    script = joined[:_LETTERS_OF_SCRIPT]
    shares = {name: len(pattern.findall(script)) / len(script) for name, pattern in _COUNTED.items()}
    if shares["ja"] > 0.1:
        return "ja"
    leading = max(shares, key=lambda name: shares[name])
    if shares[leading] > 0.5:
        return _by_letters(joined.casefold(), _LETTERS[leading]) if leading in _LETTERS else leading
    return _by_stop_words(letters)


def _by_letters(text: str, telling: dict[str, str]) -> str | None:
    """The first language of a script whose own letters are found as often as in its prose."""
    for language, letters in telling.items():
        if sum(map(text.count, letters)) > 0.006 * len(text):
            return language
    return None


def _by_stop_words(words: list[str]) -> str | None:
    if len(words) < _ENOUGH:
        return None
    known = filter(None, map(_LANGUAGES.get, " ".join(words).casefold().split()))
    counts = Counter(chain.from_iterable(known))
    ranked = sorted(((count, name) for name, count in counts.items()), reverse=True)
    (most, language), (second, _) = (*ranked, (0, ""), (0, ""))[:2]
    return language if most >= 0.12 * len(words) and most >= 1.25 * second else None


def _agree(tag: str, seen: str) -> bool:
    """Whether the declared language can be the one that the words show; only a certain contradiction counts."""
    declared = tag.partition("-")[0]
    families = ({"no", "nb", "nn", "da", "sv"}, {"id", "ms"}, {"sr", "hr", "bs", "sh", "me"}, {"fa", "ps", "ku"})
    return (
        declared == seen or any(declared in family and seen in family for family in families) or declared not in _KNOWN
    )


_KNOWN = frozenset(_STOP_WORDS) | frozenset(_SCRIPTS) - {"cyrillic", "hi"} | words("ru uk bg fa ur")


def declared_languages(document: Document) -> Iterator[tuple[str, str]]:
    """What the page declares its language to be, with the source; the most trusted first."""
    root = document.root
    for name in ("lang", "xml:lang"):
        if root.get(name):
            yield root.get(name) or "", "html"
    for node in document.article_nodes[:1]:
        yield from ((text, "json-ld") for text in texts(node, "inLanguage"))
    for meta in ("content-language", "og:locale", "language", "dc.language", "dcterms.language"):
        yield from ((content, f"meta:{meta}") for content in document.meta.get(meta, ())[:1])


def _sample(page: Page) -> str:
    """Text to judge by: the story's, else the paragraphs of the page, else whatever is longer than a label."""
    for texts_ in (_story_text, _paragraphs, _running_text):
        sample = " ".join(_until_enough(texts_(page)))
        if len(sample) > _ENOUGH * 5:
            return sample
    return ""


def _until_enough(found: Iterator[str]) -> Iterator[str]:
    size = 0
    for text in found:
        yield text
        size += len(text)
        if size > _SAMPLE:
            return


def _story_text(page: Page) -> Iterator[str]:
    return (block.text for block in page.story.choice.kept() if len(block.text) > _PROSE)


def _paragraphs(page: Page) -> Iterator[str]:
    shown = (text_of(paragraph, 1_000) for paragraph in page.document.root.iter("p"))
    return (text for text in shown if len(text) > _PROSE)


def _running_text(page: Page) -> Iterator[str]:
    """The longer texts of a page that marks up no paragraphs."""
    for element in page.document.root.iter():
        for text in (element.text if element.tag not in _NOT_SHOWN else None, element.tail):
            if text and len(text) > _PROSE:
                yield text
