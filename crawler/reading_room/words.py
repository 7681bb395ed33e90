"""How dates, numbers and found words are shown."""

from datetime import date, datetime
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import unquote

from babel import Locale
from babel.dates import format_date, format_datetime
from markupsafe import Markup, escape

from archives.search.marks import BEGIN, END
from crawler.export.markdown import locale_of

_ENGLISH = Locale("en", "GB")


def day(iso: str | None) -> str:
    """'14 May 2026'; what is no date stays as it is."""
    return _day((iso or "")[:10]) or iso or ""


@lru_cache(maxsize=4096)
def _day(iso: str) -> str:
    try:
        return format_date(date.fromisoformat(iso), "d MMMM y", _ENGLISH)
    except ValueError:
        return ""


def moment(iso: str | None) -> str:
    """'14 May 2026, 15:28 UTC+02:00'; of a day alone, the day."""
    if not iso or len(iso) <= len("2024-06-11"):
        return day(iso)
    try:
        there = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    zone = str(there.tzinfo or "").replace("UTC+00:00", "UTC")
    return f"{format_datetime(there, 'd MMMM y, HH:mm', locale=_ENGLISH)} {zone}".strip()


def readable(url: str) -> str:
    """An address with its letters instead of their codes, where that tells the same: 'https://…/Fähre'."""
    try:
        letters = unquote(url, errors="strict")
    except UnicodeDecodeError:
        return url
    return letters if letters.isprintable() and " " not in letters else url


def second(iso: str) -> str:
    """'2026-05-14 15:28:07', of a capture."""
    return iso[:19].replace("T", " ")


def number(value: int) -> str:
    """'1,200'."""
    return f"{value:,}"


def phrase(status: int) -> str:
    """'Not Found' of 404; empty for what is no status of HTTP."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def size(value: int) -> str:
    """'12.3 kB'."""
    amount = float(value)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"


def marked(text: str | None) -> Markup:
    """A text with its found words marked."""
    safe = str(escape(text or ""))
    return Markup(safe.replace(BEGIN, "<mark>").replace(END, "</mark>"))  # noqa: S704  # escaped, but for the marks


@lru_cache(maxsize=512)
def direction(language: str | None) -> str:
    """'rtl' or 'ltr' of a language; 'auto' where it is not known."""
    return str(locale_of(language).text_direction).lower() if language else "auto"


def counted(value: int, noun: str) -> str:
    """'1 article', '1,200 articles'."""
    return f"{value:,} {noun}{'' if value == 1 else 's'}"
