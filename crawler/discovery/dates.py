"""The dates of feeds and sitemaps → ISO 8601, or None: never a guess."""

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?")


def iso_date(text: str | None) -> str | None:
    """RFC 822 (RSS) or W3C form (Atom, sitemaps) as ISO 8601; a day stays a day."""
    text = (text or "").strip()[:64]
    if not text:
        return None
    return _from_iso(text) or _from_rfc822(text)


def _from_iso(text: str) -> str | None:
    if not _ISO.fullmatch(text):
        return None
    try:
        if len(text) == len("2024-06-11"):
            return date.fromisoformat(text).isoformat()
        return datetime.fromisoformat(text.replace(" +", "+").replace(",", ".")).isoformat()
    except ValueError:
        return None


def _from_rfc822(text: str) -> str | None:
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
