"""A front page or section page → links that look like articles, its further pages, and the feeds that it advertises."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree, html
from w3lib.encoding import html_to_unicode

from crawler.discovery.announced import Announced, SourceKind, announced
from crawler.discovery.url import clean_url, looks_like_article, normalised

LARGEST = 8 * 2**20
"""Bytes of a listing that are read; no newspaper's front page is longer."""
_MOST_LINKS = 5_000
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_NEXT_LABEL = re.compile(
    r"(?:next|older(?: (?:posts|articles|entries))?|more|weiter|nächste(?: seite)?|ältere(?: beiträge)?"
    r"|suivant(?:e|s)?|page suivante|siguiente|successiva?|próxima|volgende|nästa|следующая|далее|далі"
    r"|次へ|次のページ|下一页|下一頁|다음|التالي)(?: page| seite)?\s*[›»→>]*|[›»→]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a listing page offers."""

    articles: tuple[Announced, ...] = ()
    """In the page's order."""
    next_pages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    """Advertised by `<link rel="alternate">`."""
    sections: tuple[str, ...] = ()
    """Links of the page's navigation: short paths on the same host that look like no article."""


def read_listing(
    content: bytes,
    url: str,
    content_type: str | None = None,
    *,
    is_article: Callable[[str], bool] = looks_like_article,
    kind: SourceKind = "section",
) -> Listing:
    """What the page at `url` offers; `is_article` judges a link by its address alone."""
    root = _root(content[:LARGEST], content_type)
    if root is None:
        return Listing()
    base = _base(root, url)
    articles: dict[str, Announced] = {}
    next_pages: dict[str, None] = {}
    sections: dict[str, None] = {}
    for anchor in _anchors(root):
        link = announced(base, anchor.get("href", ""), kind, title=_label(anchor))
        if link.refused or link.url == normalised(url):
            continue
        if _leads_on(anchor, link, url):
            next_pages[link.url] = None
        elif is_article(link.url):
            earlier = articles.get(link.url)
            articles[link.url] = link if earlier is None or not earlier.title else earlier
        elif _is_section(link.url, url):
            sections[link.url] = None
    next_pages |= dict.fromkeys(_advertised_next(root, base))
    return Listing(tuple(articles.values()), tuple(next_pages), _feeds(root, base), tuple(sections))


def _root(content: bytes, content_type: str | None) -> etree._Element | None:
    if b"<" not in content:
        return None
    _, text = html_to_unicode(content_type, content, default_encoding="utf-8")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text.replace("\0", "").encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _base(root: etree._Element, url: str) -> str:
    for element in root.iter("base"):
        base = clean_url(urljoin(url, element.get("href", "")))
        if base:
            return base
    return url


def _anchors(root: etree._Element) -> Iterator[etree._Element]:
    for count, anchor in enumerate(root.iter("a")):
        if count >= _MOST_LINKS:
            return
        if anchor.get("href") and not anchor.get("href", "").startswith(("#", "javascript:", "mailto:", "tel:")):
            yield anchor


def _label(anchor: etree._Element) -> str | None:
    text = " ".join("".join(map(str, anchor.itertext())).split())[:300]
    return text or anchor.get("title") or anchor.get("aria-label")


def _leads_on(anchor: etree._Element, link: Announced, page: str) -> bool:
    same_host = urlsplit(link.url).netloc == urlsplit(page).netloc
    if not same_host:
        return False
    return "next" in (anchor.get("rel") or "").lower().split() or bool(_NEXT_LABEL.fullmatch(link.title or ""))


def _advertised_next(root: etree._Element, base: str) -> Iterator[str]:
    for element in root.iter("link"):
        if "next" in (element.get("rel") or "").lower().split():
            target = clean_url(urljoin(base, element.get("href", "")))
            if target:
                yield normalised(target)


def _feeds(root: etree._Element, base: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for element in root.iter("link"):
        kind = (element.get("type") or "").split(";")[0].strip().lower()
        if "alternate" in (element.get("rel") or "").lower().split() and kind in _FEED_TYPES:
            target = clean_url(urljoin(base, element.get("href", "")))
            if target and "comment" not in target.lower():
                found[normalised(target)] = None
    return tuple(found)


def _is_section(url: str, page: str) -> bool:
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    return (
        parts.netloc == urlsplit(page).netloc
        and not parts.query
        and 1 <= len(segments) <= 2
        and all(re.fullmatch(r"[\w-]{2,30}", segment) for segment in segments)
    )
