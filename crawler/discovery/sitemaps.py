"""Sitemaps (urlset, index, news extension, gzipped, plain text) → the pages and sitemaps that they announce."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crawler.discovery.announced import Announced, SourceKind, Unreadable, announced
from crawler.discovery.dates import iso_date
from crawler.discovery.xml import elements, local_name, text_of, unpacked

_MOST_ENTRIES = 50_000  # https://www.sitemaps.org/protocol.html: no more URLs in one file


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap announces."""

    pages: tuple[Announced, ...] = ()
    children: tuple[Announced, ...] = ()
    """Further sitemaps, with the day of their last change where the index tells it."""


def looks_like_sitemap(content: bytes) -> bool:
    """Whether the first bytes are those of an XML sitemap, or of something gzipped."""
    start = content[:2048].lstrip(b"\xef\xbb\xbf\t\r\n ").lower()
    return start[:2] == b"\x1f\x8b" or b"<urlset" in start or b"<sitemapindex" in start


def read_sitemap(content: bytes, url: str) -> Sitemap:
    """What the sitemap that was found at `url` announces; Unreadable, if it is none."""
    content = unpacked(content)
    start = content.lstrip(b"\xef\xbb\xbf\x00\t\r\n ")
    if not start:
        raise Unreadable("an empty sitemap; try again later")
    if start[:1] != b"<" and start[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return Sitemap(pages=tuple(_text_entries(content, url)))
    return _xml_sitemap(content, url)


def _xml_sitemap(content: bytes, url: str) -> Sitemap:
    pages: dict[str, Announced] = {}
    children: dict[str, Announced] = {}
    root = None
    for element in elements(content):
        if root is None:
            root = element.getroottree().getroot()
            if local_name(root) not in ("urlset", "sitemapindex"):
                raise Unreadable(f"no sitemap: its first tag is <{local_name(root)}>; look at the source in a browser")
        name = local_name(element)
        if name in ("url", "sitemap") and element.getparent() is root:
            for entry in _entry(element, url):
                (children if name == "sitemap" else pages).setdefault(entry.url, entry)
            element.clear()
            _drop_earlier_siblings(element)
        if len(pages) + len(children) >= _MOST_ENTRIES:
            break
    if root is None:
        raise Unreadable("no sitemap: it holds no XML; look at the source in a browser")
    return Sitemap(pages=tuple(pages.values()), children=tuple(children.values()))


def _drop_earlier_siblings(element: etree._Element) -> None:
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _entry(element: etree._Element, sitemap_url: str) -> Iterator[Announced]:
    location, changed, published, title = None, None, None, None
    kind: SourceKind = "sitemap"
    for part in element.iterdescendants():
        match local_name(part):
            case "loc" if part.getparent() is element:
                location = text_of(part)
            case "lastmod":
                changed = iso_date(text_of(part))
            case "news":
                kind = "news_sitemap"
            case "publication_date" if kind == "news_sitemap":
                published = iso_date(text_of(part))
            case "title" if kind == "news_sitemap":
                title = title or text_of(part)[:1000] or None
    if location:
        yield announced(sitemap_url, location, kind, date=changed or published, title=title)


def _text_entries(content: bytes, sitemap_url: str) -> Iterator[Announced]:
    lines = content.decode("utf-8-sig", "replace").splitlines()
    addresses = [line.strip() for line in lines if line.strip()]
    if not all(address.startswith(("http://", "https://")) for address in addresses[:3]):
        raise Unreadable("no sitemap: neither XML nor a list of addresses; look at the source in a browser")
    for address in dict.fromkeys(addresses[:_MOST_ENTRIES]):
        yield announced(sitemap_url, address, "sitemap")
