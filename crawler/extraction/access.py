"""Whether the story is free to read, as the page declares it."""

from collections.abc import Iterator

from crawler.extraction.document import Document
from crawler.extraction.linked_data import values
from crawler.extraction.page import Page
from crawler.items import Access

_TIERS: dict[str, Access] = {
    "free": "free",
    "metered": "metered",
    "locked": "paywalled",
    "paid": "paywalled",
    "premium": "paywalled",
}
_PREMIUM = (
    "cxenseparse:premium",
    "premium",
    "ispremium",
    "is_premium",
    "article:premium",
    "paywall",
    "cxenseparse:recs:premium",
)
_YES = frozenset(("true", "yes", "1", "premium", "paid"))


def fill_access(page: Page) -> Page:
    """Adds access."""
    access, source = next(declared(page.document), (None, None))
    return page.fill(source, access=access)


def declared(document: Document) -> Iterator[tuple[Access, str]]:
    """What the page declares of its access, with the source; the most trusted first."""
    tier = (document.meta_content("article:content_tier", "og:article:content_tier", "content_tier") or "").lower()
    if tier in _TIERS:
        yield _TIERS[tier], "meta:article:content_tier"
    for node in document.article_nodes:
        for value in values(node, "isAccessibleForFree", "isAccesibleForFree"):
            free = str(value).rstrip("/").rpartition("/")[2].lower()
            if free in ("true", "false"):
                yield ("free" if free == "true" else "paywalled"), "json-ld"
    for name in _PREMIUM:
        if (document.meta_content(name) or "").lower() in _YES:
            yield "paywalled", f"meta:{name}"
