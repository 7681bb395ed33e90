"""Which charset a page is really in: what it declares, held against its bytes."""

import codecs
import re

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, to_unicode

from crawler.extraction.kernels import is_utf8

_SAMPLE = 1 << 18
"""Bytes by which a charset is judged."""
_TOLERATED = 0.04
"""Share of non-ASCII characters that may be broken in what still is UTF-8: teasers cut within a character."""
_MULTI_BYTE = ("shift_jis", "cp932", "euc_jp", "gb18030", "big5hkscs", "cp949")
_BY_LANGUAGE = {
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "tg", "mn"), "cp1251"),
    **dict.fromkeys(("cs", "sk", "pl", "hu", "sl", "hr", "ro", "sq", "bs"), "cp1250"),
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
    **dict.fromkeys(("ar", "fa", "ur"), "cp1256"),
    "el": "cp1253",
    "tr": "cp1254",
    "az": "cp1254",
    "he": "cp1255",
    "vi": "cp1258",
    "th": "cp874",
    "ja": "cp932",
    "ko": "cp949",
    "zh": "gb18030",
}
"""The legacy charset of a page in a language, as browsers fall back by locale (WHATWG Encoding, HTML 13.2.3.2)."""
_LANGUAGE = re.compile(rb"""<html[^>]{0,400}?\slang\s*=\s*["']?([a-zA-Z]{2})""")
_HIGH_RUN = re.compile(rb"[\xc0-\xff]{3,}")
_HIGH = bytes(range(0x80, 0x100))


def decode(content: bytes, content_type: str | None) -> tuple[str, str]:
    """The page's text and the charset that gave it; undecodable bytes become U+FFFD."""
    charset = charset_of(content, content_type)
    text = to_unicode(content, charset)
    return text.removeprefix("\ufeff"), charset


def as_utf8(content: bytes, content_type: str | None) -> tuple[bytes, str]:
    """The page in UTF-8 and the charset that it came in; most pages are in UTF-8, and are handed on as they are."""
    if not content.startswith(codecs.BOM_UTF8) and not content.isascii() and is_utf8(content):
        return content, "utf-8"
    text, charset = decode(content, content_type)
    return text.encode("utf-8", "replace"), charset


def charset_of(content: bytes, content_type: str | None) -> str:
    """By byte order mark; UTF-8 if the bytes are; else what HTTP or the page declares, if that can be; else a guess."""
    marked, _ = read_bom(content)
    if marked:
        return marked
    sample = content[:_SAMPLE]
    declared = [
        charset
        for charset in (http_content_type_encoding(content_type), html_body_declared_encoding(sample))
        if charset
    ]
    if sample.isascii():
        return next((charset for charset in declared if charset != "cp1252"), "utf-8")
    if _is_utf8(sample) or ("utf-8" in declared and _is_mostly_utf8(sample)):
        return "utf-8"
    return next((charset for charset in declared if charset != "utf-8" and _fits(sample, charset)), None) or _guess(
        sample
    )


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken <= 1 + _TOLERATED * sum(len(run) for run in re.findall(r"[^\x00-\x7f]+", text))


def _fits(sample: bytes, charset: str) -> bool:
    """Whether the declared charset can be the true one: next to nothing fails, and Cyrillic is not called Latin."""
    text = to_unicode(sample, charset)
    if text.count("\ufffd") > 1 + _TOLERATED * _count_high(sample):
        return False
    return charset not in ("cp1252", "iso8859-15") or not _is_cyrillic(sample)


def _count_high(sample: bytes) -> int:
    return len(sample) - len(sample.translate(None, _HIGH))


def _is_cyrillic(sample: bytes) -> bool:
    """Whether words are made of high bytes altogether, as in windows-1251 and KOI8 and in no Latin text."""
    high = _count_high(sample)
    in_runs = sum(len(run) for run in _HIGH_RUN.findall(sample))
    return high >= 40 and in_runs > 0.7 * high


def _guess(sample: bytes) -> str:
    """By the page's language, else by how its bytes hang together."""
    language = _LANGUAGE.search(sample)
    by_language = _BY_LANGUAGE.get(language.group(1).decode().lower()) if language else None
    if by_language and _fits(sample, by_language):
        return by_language
    if _is_cyrillic(sample):
        return _cyrillic(sample)
    for charset in _MULTI_BYTE:
        try:
            codecs.getincrementaldecoder(charset)().decode(sample)
        except UnicodeDecodeError:
            continue
        if _is_dense(sample):
            return charset
    return "cp1252"


def _is_dense(sample: bytes) -> bool:
    """Whether high bytes come in pairs, as in East Asian charsets."""
    pairs = sum(len(run) for run in re.findall(rb"[\x80-\xff]{4,}", sample))
    return pairs > 0.5 * _count_high(sample)


def _cyrillic(sample: bytes) -> str:
    """Small letters are the more frequent ones: E0 to FF in windows-1251, C0 to DF in KOI8-R."""
    upper_half = len(re.findall(rb"[\xe0-\xff]", sample))
    lower_half = len(re.findall(rb"[\xc0-\xdf]", sample))
    return "cp1251" if upper_half >= lower_half else "koi8-r"
