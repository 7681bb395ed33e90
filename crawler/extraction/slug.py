"""The article's slug: what its file is named by, so it is plain letters, digits and hyphens and never a path."""

import re
from urllib.parse import unquote, urlsplit

from slugify import slugify

from crawler.extraction.page import Page

LONGEST = 80
"""Characters; with a date and an extension far below what file systems allow."""
_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)


def fill_slug(page: Page) -> Page:
    """Adds the slug: of the title, else of the last segment of the URL's path."""
    title = page.fields.get("title") or ""
    return page.fill(slug=slug_of(title) or slug_of(_last_segment(page.document.url)) or "article")


def slug_of(text: str) -> str:
    """`a-z`, `0-9` and single hyphens, cut at a word's end; '' if the text has no letter or digit."""
    return slugify(
        text[: 10 * LONGEST], max_length=LONGEST, word_boundary=True, save_order=True, backend="text-unidecode"
    )


def _last_segment(url: str) -> str:
    path = urlsplit(url).path if "[" not in url else ""
    segments = [segment for segment in unquote(path).split("/") if segment]
    return _EXTENSION.sub("", segments[-1]) if segments else ""
