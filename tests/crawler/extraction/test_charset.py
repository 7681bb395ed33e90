"""The charset that a page is really in, whatever it declares."""

import pytest

from crawler.extraction.charset import charset_of, decode

RUSSIAN = "Паром вернулся в город после долгого перерыва, и на пристани его встречали сотни человек."
GERMAN = "Über die Brücke fährt künftig wieder die Straßenbahn, für fünf Jahre, hieß es gestern."
JAPANESE = "夜の航路が再び開かれることになり、市議会は火曜日に予算案を可決した。"


def page(text, charset=None, lang=None):
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html{f' lang={lang}' if lang else ''}><head>{meta}</head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "header", "expected"),
    [
        pytest.param(GERMAN, "utf-8", "utf-8", None, "utf-8", id="as declared in the page"),
        pytest.param(RUSSIAN, "cp1251", "windows-1251", "text/html", "cp1251", id="legacy, declared in the page alone"),
        pytest.param(RUSSIAN, "cp1251", None, "text/html; charset=windows-1251", "cp1251", id="declared by HTTP"),
        pytest.param(
            RUSSIAN, "cp1251", "utf-8", "text/html; charset=utf-8", "cp1251", id="called utf-8, is windows-1251"
        ),
        pytest.param(RUSSIAN, "utf-8", "windows-1251", None, "utf-8", id="called windows-1251, is utf-8"),
        pytest.param(RUSSIAN, "cp1251", "iso-8859-1", None, "cp1251", id="Cyrillic called Latin"),
        pytest.param(RUSSIAN, "koi8-r", None, None, "koi8-r", id="KOI8 without a word about it"),
        pytest.param(GERMAN, "cp1252", None, None, "cp1252", id="Latin without a word about it"),
        pytest.param(JAPANESE, "shift_jis", None, None, "shift_jis", id="Japanese without a word about it"),
        pytest.param(JAPANESE, "euc_jp", "euc-jp", None, "euc_jp", id="EUC"),
        pytest.param(RUSSIAN, "cp1251", "no-such-charset", None, "cp1251", id="declared nonsense"),
    ],
)
def test_charset_and_text(text, encoding, declared, header, expected):
    """The text can be read, and the charset is the one that it was written in."""
    decoded, charset = decode(page(text, declared).encode(encoding), header)
    assert (expected, True) == (charset, text in decoded)


def test_language_settles_what_bytes_leave_open():
    """A Greek page without a declared charset is read as Greek pages were written."""
    text = "Το πλοίο επέστρεψε στο λιμάνι"
    assert text in decode(page(text, lang="el").encode("cp1253"), None)[0]


def test_byte_order_mark_wins():
    """The mark is the strongest word, and is no part of the text."""
    text, charset = decode("\ufeff<p>Über".encode("utf-16-le"), "text/html; charset=iso-8859-1")
    assert (text, charset) == ("<p>Über", "utf-16-le")


def test_a_teaser_cut_within_a_character_is_still_utf8():
    """One broken sequence does not turn a UTF-8 page into a Latin one."""
    content = page(GERMAN * 3, "utf-8").encode() + "ü".encode()[:1] + b"</p>"
    assert charset_of(content, "text/html; charset=utf-8") == "utf-8"
