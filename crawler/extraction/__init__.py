"""Bytes of a news page → Article. Pure: no network, clock, settings or logging; equal bytes give equal articles."""

from crawler.extraction.access import fill_access
from crawler.extraction.body import fill_body
from crawler.extraction.byline import fill_byline
from crawler.extraction.canonical_url import fill_canonical_url
from crawler.extraction.dates import fill_dates
from crawler.extraction.description import fill_description
from crawler.extraction.document import Document, parse
from crawler.extraction.images import fill_images
from crawler.extraction.kind import fill_kind
from crawler.extraction.language import fill_language
from crawler.extraction.page import Page, Step
from crawler.extraction.page_kind import page_kind, rejection
from crawler.extraction.related_links import fill_related
from crawler.extraction.section import fill_section
from crawler.extraction.slug import fill_slug
from crawler.extraction.tags import fill_tags
from crawler.extraction.title import fill_title
from crawler.extraction.version import extractor
from crawler.items import Article, Rejected, SiteRules

__all__ = ["STEPS", "Document", "Page", "Step", "extract", "finish", "page_kind", "parse", "rejection", "start"]

STEPS: tuple[Step, ...] = (
    fill_canonical_url,
    fill_title,
    fill_slug,
    fill_body,
    fill_language,
    fill_related,
    fill_byline,
    fill_dates,
    fill_description,
    fill_section,
    fill_tags,
    fill_access,
    fill_images,
    fill_kind,
)
"""What fills the article, in order; a later step may read what an earlier one found."""


def extract(
    content: bytes, url: str, content_type: str | None = None, *, rules: SiteRules | None = None
) -> Article | Rejected:
    """The article that a page holds, or why it holds none; a configured site's `rules` come before generic ones."""
    page = start(parse(content, url, content_type), rules)
    reason = rejection(page.document)
    if reason:
        return Rejected(url=url, reason=reason)
    for step in STEPS:
        page = step(page)
    return finish(page)


def start(document: Document, rules: SiteRules | None = None) -> Page:
    """The page before its first step."""
    fields = {"url": document.url, "site": rules.name if rules else None, "extractor": extractor(rules)}
    return Page(document=document, rules=rules, fields=fields)


def finish(page: Page) -> Article | Rejected:
    """The article after the last step; a page without prose is none, unless it says that it is one all the same."""
    article = page.article
    if article.body or _is_declared(page):
        return article
    return Rejected(url=article.url, reason="no body" if article.title else "no title and no body")


def _is_declared(page: Page) -> bool:
    """Whether pictures or a film are the story, or the page's own data tell the headline and the date of one."""
    article = page.article
    told = article.kind in ("gallery", "video", "podcast") or (page.document.article_nodes and article.date_published)
    return bool(article.title and told)
