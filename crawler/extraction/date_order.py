"""Whether a page writes the month or the day first where it writes both as numbers."""

from crawler.extraction.language import declared_languages
from crawler.extraction.page import Page
from crawler.extraction.zones import country_of

_MONTH_FIRST = frozenset(("us", "ph"))
_EITHER = frozenset(("ca",))
"""Countries whose papers do as they like."""


def month_comes_first(page: Page) -> bool | None:
    """Whether 3/4/2024 is March here: in American English; None where English, or nothing, is of no country."""
    language = page.fields.get("language") or next((text for text, _ in declared_languages(page.document)), "")
    spoken, *regions = language.lower().replace("_", "-").split("-")
    if spoken not in ("", "en"):
        return False
    country = country_of(page.document.url) or "".join(regions[-1:])
    return None if country in _EITHER or not country else country in _MONTH_FIRST
