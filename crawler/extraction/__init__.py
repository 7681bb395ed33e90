"""Bytes of a news page → Article. Pure: no network, clock, settings or logging; equal bytes give equal articles."""

from crawler.extraction.body import fill_body
from crawler.extraction.byline import fill_byline
from crawler.extraction.document import Document, parse
from crawler.extraction.images import fill_images
from crawler.extraction.page import Page, Step
from crawler.extraction.story import fill_related
from crawler.extraction.dates import fill_dates
from crawler.extraction.title import fill_title
from crawler.items import Article, Rejected, SiteRules

__all__ = ["STEPS", "Document", "Page", "Step", "extract", "parse", "start"]

STEPS: tuple[Step, ...] = (fill_title, fill_byline, fill_dates, fill_body, fill_related, fill_images)
"""What fills the article, in order; a later step may read what an earlier one found."""


def extract(
    content: bytes, url: str, content_type: str | None = None, *, rules: SiteRules | None = None
) -> Article | Rejected:
    """The article that a page holds, or why it holds none; a configured site's `rules` come before generic ones."""
    page = start(parse(content, url, content_type), rules)
    for step in STEPS:
        page = step(page)
    return page.article


def start(document: Document, rules: SiteRules | None = None) -> Page:
    """The page before its first step."""
    article = Article(url=document.url, site=rules.name if rules else None)
    return Page(document=document, rules=rules, article=article)
