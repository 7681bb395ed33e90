"""A page's bytes as a Document: decoded once, parsed once, metadata read once and only when asked for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import cast
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.etree import _Element as Element

from crawler.extraction.charset import as_utf8
from crawler.extraction.kernels import landmarks
from crawler.extraction.landmarks import Landmarks
from crawler.extraction.linked_data import Node, articles, read_nodes
from crawler.extraction.site_names import names_of_section, names_of_site
from crawler.extraction.tree import text_of

LARGEST = 8 * 2**20
"""Bytes of a page that are read: four times the longest of hundreds of news pages."""
MOST_TAGS = 200_000
"""Tags of a page that are read; what follows them is cut off."""
_ROOTED = re.compile(r"(?:/[\w%~+,@=-]+)+(?:\.\w+)?/?")
"""Most links: a path from the host's root, with nothing to resolve or to leave out."""
_PLAIN = re.compile(r"https?://[a-z0-9.-]+/[\w%~+,@=.?&;:/#!*()-]*", re.ASCII)
"""Most addresses: nothing in them can make them none."""
_NAMING = ("name", "property", "itemprop", "http-equiv")
"""Attributes that say what a meta tag tells."""
_EMPTY = b"<html><head></head><body></body></html>"


@dataclass(frozen=True, eq=False, kw_only=True)
class Document:
    """One parsed page. Its tree is shared: read it, never change it."""

    url: str
    """The URL that was captured."""
    charset: str
    """Python's name of the charset that the bytes were decoded from, e.g. 'cp1251'."""
    root: Element
    """The `html` element; comments and processing instructions are not in the tree."""

    @cached_property
    def base_url(self) -> str:
        """What relative links are relative to: `<base href>`, else the page's URL."""
        base = next((tag.get("href") for tag in self.named("base") if tag.get("href") and of_head(tag)), None)
        return self.absolute_to(self.url, base) or self.url if base else self.url

    def named(self, tag: str) -> Sequence[Element]:
        """The page's elements of one of the tags in `landmarks.SOUGHT`, in document order."""
        return self.landmarks.by_tag.get(tag, ())

    @cached_property
    def landmarks(self) -> Landmarks:
        """The elements that several steps ask for."""
        return landmarks(self.root)

    @cached_property
    def head_title(self) -> str:
        """What the first `title` element says; '' where there is none."""
        return next((element.text or "" for element in self.named("title")), "")

    @cached_property
    def title_and_headings(self) -> tuple[str, ...]:
        """What the page's `title` and its first headings say."""
        tags = (*self.named("title")[:1], *self.named("h1")[:2], *islice(self.root.iter("h2"), 1))
        return tuple(filter(None, (text_of(tag, 200) for tag in tags)))

    @cached_property
    def meta(self) -> Mapping[str, list[str]]:
        """Contents of the meta tags by lower-cased name, property or itemprop, in document order; none is empty."""
        found: dict[str, list[str]] = {}
        for tag in self.named("meta"):
            said = cast(dict[str, str], dict(tag.items()))
            content = (said.get("content") or said.get("value") or "").strip()
            if content:
                for name in {said[naming] for naming in _NAMING if naming in said}:
                    if name:
                        found.setdefault(name.strip().lower(), []).append(content)
        return found

    def meta_content(self, *names: str) -> str | None:
        """The first content of the first of these meta names that the page has."""
        return next((self.meta[name][0] for name in names if name in self.meta), None)

    @cached_property
    def linked_data(self) -> tuple[Node, ...]:
        """Every node of the page's JSON-LD, then of its microdata, in document order, references by `@id` resolved."""
        return read_nodes(self.named("script"), self.landmarks.described, self.url)

    @cached_property
    def article_nodes(self) -> tuple[Node, ...]:
        """Those of the linked data that are articles, the one about this page first."""
        return articles(self.linked_data, self.url)

    @cached_property
    def site_names(self) -> frozenset[str]:
        """Every name of the page's site, as `squeezed` spells it."""
        return names_of_site(self.url, self.meta, self.linked_data)

    @cached_property
    def section_names(self) -> frozenset[str]:
        """What the page calls its section, likewise."""
        return names_of_section(self.meta, self.article_nodes)

    @cached_property
    def scripts(self) -> tuple[str, ...]:
        """Texts of the scripts that are not JSON-LD, in document order."""
        return tuple(
            text
            for tag in self.named("script")
            if "ld+json" not in (tag.get("type") or "").lower() and (text := tag.text)
        )

    def absolute(self, link: str | None) -> str | None:
        """The link as an absolute http(s) URL; None if it is none."""
        return self.absolute_to(self.base_url, link)

    @staticmethod
    @lru_cache(maxsize=2048)
    def absolute_to(base: str, link: str | None) -> str | None:
        """`link` against `base`, as an http(s) URL; None where that makes none."""
        if not link:
            return None
        try:
            url = link.strip()
            if not url.startswith(("https://", "http://")):
                url = f"{_origin(base)}{url}" if _ROOTED.fullmatch(url) else urljoin(base, url)
            if _PLAIN.fullmatch(url):
                return url
            parts = urlsplit(url)
        except ValueError:  # e.g. 'http://[': no URL at all
            return None
        return url if parts.scheme in ("http", "https") and parts.netloc else None


def of_head(element: Element) -> bool:
    """Whether an element belongs in a head: one that stands in it, or what a broken head leaves at the body's top."""
    around = [above.tag for above in islice(element.iterancestors(), 2)]
    return around[0] in ("head", "body") or around[-1] == "head"


@lru_cache(maxsize=64)
def _origin(base: str) -> str:
    """Scheme and host: what `urljoin` would put before a path."""
    return urljoin(base, "/").removesuffix("/")


def parse(content: bytes, url: str, content_type: str | None = None) -> Document:
    """The page as a Document. Takes any bytes: what is no HTML gives a document without text."""
    text, charset = as_utf8(content[:LARGEST], content_type)
    return Document(url=url, charset=charset, root=_tree(_bounded(text.replace(b"\x00", b""))))


def _bounded(clean: bytes) -> bytes:
    """The page, or as much of it as has no more than `MOST_TAGS` tags, each of which takes at least three bytes."""
    if len(clean) <= 3 * MOST_TAGS or clean.count(b"<") <= MOST_TAGS:
        return clean
    return b"<".join(clean.split(b"<", MOST_TAGS)[:MOST_TAGS])


def _tree(clean: bytes) -> Element:
    # `huge_tree` lets text nodes be large; libxml2 still stops at 2,048 levels, so that no nesting grows without bound.
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, collect_ids=False, no_network=True
    )
    try:
        root = etree.fromstring(clean, parser) if clean and not clean.isspace() else None
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing that could become an element
        root = None
    if root is None:
        return etree.fromstring(_EMPTY, parser)
    for further in root.itersiblings("html"):  # libxml2's for what follows an early `</html>`; HTML 13.2.6.4.19 and .22
        body = root.find("body")
        (root if body is None else body).extend(further)
    return root
