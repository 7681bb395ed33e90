"""The links that blocks offer: where they lead, what they are titled, and whether that can be another article."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from lxml.etree import _Element as Element
from tldextract import TLDExtract

from archives.tracking import untracked
from crawler.extraction.blocks import BREAK, Block
from crawler.extraction.calls import is_call
from crawler.extraction.class_words import Sign, class_signs
from crawler.extraction.labels import classify, is_label

Resolve = Callable[[str | None], str | None]
_SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None)
"""The Public Suffix List as bundled: nothing is fetched or written."""
_HUBS = re.compile(
    r"/(?:tags?|topics?|themen?|thema|temas?|tema|etiquetas?|categor\w*|kategori\w*|emner?|ämnen?|issues?|(?:plus|premium|abo)-(?:artikel|articles?)|rubri\w*|authors?|autor\w*|auteurs?|people|profile|"
    r"redaktion|staff|columnists?|search|suche|login|register|subscri\w*|abo|newsletters?|account|shop|about|contact|privacy|terms|"
    r"advertis\w*|feed|rss|section|hub|collections?|keyword|label)(?:/|$|\.)|/(?:click|products?)/[^/]*/?$",
    re.IGNORECASE,
)
"""What a path has anywhere that leads to a list of articles or to a service, in many languages."""
_FILES = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|xml|css|js)$", re.IGNORECASE)
_SOCIAL = re.compile(
    r"(?:^|\.)(?:facebook|twitter|x|instagram|youtube|youtu|linkedin|pinterest|whatsapp|telegram|t|tiktok|reddit|apple|google|amazon|"
    r"spotify|vk|ok|weibo|line|flipboard|tumblr|threads|bsky|wikipedia)\.(?:com|me|be|ru|org|co|app|\w\w)$"
)
_LONG_NUMBER = re.compile(r"\d{5,}")
_SHORT_LINK = re.compile(r"p=\d+")
"""The query of WordPress's short links."""
_DIGIT = re.compile(r"\d")
"""Queries without one, or a headline, tell where somebody came from, and not what is asked for."""
_DATE_PATH = re.compile(r"/(?:19|20)\d\d[/-]?[01]\d[/-]")
_MOST_LINKS = 50
"""Links of a block that are looked at: what has more of them offers no article."""
_LONGEST_KICKER = 40
_KICKER_ENDS = (":", "：", "?", "|", "+")
_TOPIC = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)?")
"""One word or two."""
_CALLS = re.compile(r"[\s>»→›…]+$")


@dataclass(frozen=True, slots=True)
class Offer:
    """One link in one block."""

    block: Block
    anchor: Element
    url: str
    text: str
    """What it shows in this block."""


def offers_of(block: Block, resolve: Resolve) -> list[Offer]:
    """The block's links with an address, in order."""
    found = []
    for anchor in block.links[:_MOST_LINKS]:
        url = resolve(anchor.get("href"))
        if url:
            found.append(Offer(block, anchor, untracked(url), link_text(block, anchor)))
    return found


def link_text(block: Block, anchor: Element) -> str:
    """The text of a link inside a block."""
    start, end = 0, len(block.pieces)
    for position, opens, element in block.marks:
        if element is anchor:
            if opens:
                start = position
            else:
                end = position
                break
    return " ".join("".join(block.pieces[start:end]).replace(BREAK, " ").split())


def domain_of(url: str) -> str:
    """The registrable domain, e.g. 'bbc.co.uk'; the host where it has none."""
    return _registrable(urlsplit(url).hostname or "")


@lru_cache(maxsize=2048)
def _registrable(host: str) -> str:
    found = _SUFFIXES.extract_str(host)
    if found.ipv4:
        return host
    return f"{found.domain}.{found.suffix}" if found.suffix else ".".join(host.split(".")[-2:])


@lru_cache(maxsize=2048)
def page_key(url: str) -> tuple[str, str]:
    """The same for URLs that differ in scheme, `www.`, query or a slash at the end alone."""
    parts = urlsplit(url)
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/")


@lru_cache(maxsize=2048)
def may_be_article(url: str) -> bool:
    """Nothing in the address speaks against an article."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if _SOCIAL.search((parts.hostname or "").lower()) or _HUBS.search(path + "/") or _FILES.search(path):
        return False
    asked = _DIGIT.search(parts.query) is not None or _is_long_slug(parts.query)
    return has_article_form(url) or bool(path and asked) or path.count("/") >= 2 or len(path) > 16


@lru_cache(maxsize=2048)
def has_article_form(url: str) -> bool:
    """The address has an article's form: five digits, three hyphens, a date, or WordPress's number of a post."""
    parts = urlsplit(url)
    path = parts.path
    last = path.rstrip("/").rpartition("/")[2]
    if _LONG_NUMBER.search(path) or _is_long_slug(last) or _DATE_PATH.search(path):
        return True
    return _SHORT_LINK.fullmatch(parts.query) is not None


def tells_headline(url: str) -> bool:
    """The address has a headline in it: four words or more."""
    return any(map(_is_long_slug, urlsplit(url).path.split("/")))


def _is_long_slug(segment: str) -> bool:
    return segment.count("-") >= 3 or segment.count("_") >= 3


def headline(offers: list[Offer]) -> str | None:
    """The target's headline among what links to one address show: a heading or title's class, else the longest."""
    best, best_rank = None, (-1, -1)
    for offer in offers:
        node = offer.block.node
        text = offer.text
        signs = node.signs | offer.block.signs | class_signs(offer.anchor.get("class") or "")
        heading = node.tag in ("h1", "h2", "h3", "h4", "h5", "h6") or bool(signs & Sign.TITLE)
        aside = bool(signs & (Sign.DATE | Sign.BYLINE | Sign.TAGS | Sign.CAPTION)) and not heading
        rank = (2 if heading else 0 if aside or len(text) < 12 else 1, min(len(text), 160))
        if text and rank > best_rank:
            best, best_rank = text, rank
    if best is None or len(best) < 4:
        shown = offers[0].anchor.get("title") or offers[0].anchor.get("aria-label")
        return " ".join(shown.split()) if shown else best
    return _CALLS.sub("", best)


def is_sponsored(block: Block) -> bool:
    """Whether a link of the block says that it is paid for (rel=sponsored)."""
    return any("sponsored" in (anchor.get("rel") or "") for anchor in block.links[:_MOST_LINKS])


def is_all_link(block: Block) -> bool:
    """Nearly all of it is link text: what else there is, is a short label or kicker before it."""
    rest = len(block.text) - block.link_chars
    if rest <= _LONGEST_KICKER and block.text[:rest].rstrip().endswith(_KICKER_ENDS):
        return True
    return rest <= 0.15 * len(block.text) or (block.node.tag != "li" and rest <= 0.5 * len(block.text) and rest <= 25)


def label_beside(offer: Offer) -> str | None:
    """The label that stands in one block with a link: `<span>Lesen Sie auch</span> <a>…</a>`."""
    beside = offer.block.text.replace(offer.text, "", 1).strip()
    return beside if classify(beside) == "related" else None


def reads_as_headline(title: str, url: str) -> bool:
    """Whether a title is no call to read on, and no topic's: those are short, and their addresses say no more."""
    if is_label(title) or is_call(title) or (_TOPIC.fullmatch(title) and not tells_headline(url)):
        return False
    return len(title) >= (4 if has_article_form(url) else 20) or not title.isascii()
