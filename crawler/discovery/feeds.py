"""RSS 0.9x, 1.0 and 2.0, Atom, RDF and JSON Feed → the entries that they announce, in the feed's order."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from crawler.discovery.announced import Announced, Unreadable, announced
from crawler.discovery.dates import iso_date
from crawler.discovery.xml import elements, local_name, namespace, text_of, unpacked

_MOST_ENTRIES = 10_000
_DATES = ("pubdate", "published", "date", "issued", "updated", "modified")
_XML = "http://www.w3.org/XML/1998/namespace"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_OF_MEDIA = "http://search.yahoo.com/mrss/"


def looks_like_feed(content: bytes) -> bool:
    """Whether the first bytes are those of a feed."""
    start = content[:2048].lstrip(b"\xef\xbb\xbf\t\r\n ").lower()
    if start.startswith(b"{"):
        return b"jsonfeed.org/version" in start
    return start.startswith(b"<") and any(tag in start for tag in (b"<rss", b"<feed", b"<rdf:rdf"))


def read_feed(content: bytes, url: str) -> tuple[Announced, ...]:
    """The entries of the feed that was found at `url`; Unreadable, if it is none."""
    content = unpacked(content)
    if not content.strip():
        raise Unreadable("an empty feed; try again later")
    entries = (
        _json_entries(content, url)
        if content.lstrip(b"\xef\xbb\xbf\t\r\n ")[:1] == b"{"
        else _xml_entries(content, url)
    )
    found: dict[str, Announced] = {}
    for entry in entries:
        found.setdefault(entry.url, entry)
        if len(found) >= _MOST_ENTRIES:
            break
    return tuple(found.values())


def feed_title(content: bytes) -> str | None:
    """What the feed is called; None if it does not say, or is none."""
    try:
        content = unpacked(content)
        if content.lstrip(b"\xef\xbb\xbf\t\r\n ")[:1] == b"{":
            feed = json.loads(content.decode("utf-8-sig"))
            title = feed.get("title")
            return title.strip() or None if isinstance(title, str) else None
        for element in elements(content):
            above = element.getparent()
            if local_name(element) == "title" and above is not None and local_name(above) in ("channel", "feed"):
                return text_of(element) or None
    except (Unreadable, ValueError, RecursionError):
        pass
    return None


def _xml_entries(content: bytes, url: str) -> Iterator[Announced]:
    root = None
    for element in elements(content):
        if root is None:
            root = element.getroottree().getroot()
            if local_name(root) not in ("rss", "feed", "rdf", "channel"):
                raise Unreadable(f"no feed: its first tag is <{local_name(root)}>; look at the source in a browser")
        if local_name(element) in ("item", "entry") and namespace(element) != _OF_MEDIA:
            yield from _entry(element, url)
            element.clear()
    if root is None:
        raise Unreadable("no feed: it holds no XML; look at the source in a browser")


def _entry(element: etree._Element, feed_url: str) -> Iterator[Announced]:
    link = _link(element)
    if link:
        yield announced(
            _base(element, feed_url), link, "feed", date=_date(element), title=_child_text(element, "title")
        )


def _base(element: etree._Element, feed_url: str) -> str:
    bases = [base for node in (element, *element.iterancestors()) if (base := node.get(f"{{{_XML}}}base"))]
    for base in reversed(bases):
        feed_url = urljoin(feed_url, base)
    return feed_url


def _link(element: etree._Element) -> str | None:
    """The entry's page: Atom's alternate link, RSS's link, a guid that is a permalink, rdf:about; in that order."""
    plain, guid = None, None
    for child in element:
        name = local_name(child) if isinstance(child.tag, str) else ""
        if name == "link":
            href = (child.get("href") or "").strip()
            if href and child.get("rel", "alternate") == "alternate" and "html" in child.get("type", "text/html"):
                return href
            plain = plain or text_of(child)
        elif name in ("guid", "id") and child.get("isPermaLink", "true").lower() == "true":
            guid = guid or text_of(child)
    about = element.get(f"{{{_RDF}}}about")
    return plain or next((link for link in (guid, about) if link and link.startswith(("http://", "https://"))), None)


def _date(element: etree._Element) -> str | None:
    by_name = {local_name(child): text_of(child) for child in element if local_name(child) in _DATES}
    return next((date for name in _DATES if (date := iso_date(by_name.get(name)))), None)


def _child_text(element: etree._Element, name: str) -> str | None:
    for child in element:
        if local_name(child) == name and namespace(child) != _OF_MEDIA:
            return text_of(child)[:1000] or None
    return None


def _json_entries(content: bytes, url: str) -> Iterator[Announced]:
    try:
        feed = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:
        raise Unreadable("no feed: broken JSON; look at the source in a browser") from exc
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise Unreadable("no feed: JSON without items; look at the source in a browser")
    for item in items:
        yield from _json_entry(item, url) if isinstance(item, dict) else ()


def _json_entry(item: dict[str, Any], feed_url: str) -> Iterator[Announced]:
    link = item.get("url") or item.get("external_url")
    if isinstance(link, str) and link:
        title, published = item.get("title"), item.get("date_published")
        yield announced(
            feed_url,
            link,
            "feed",
            date=iso_date(published) if isinstance(published, str) else None,
            title=title if isinstance(title, str) else None,
        )
