"""The pieces of a byline: which of its elements are one name each, which hold the names and no date."""

import re
from functools import lru_cache

from lxml.etree import _Element as Element

from crawler.extraction.names import is_full_name
from crawler.extraction.tree import text_of

_NAME = re.compile(
    r"(?:author|byline|autor|auteur|writer)[a-z]{0,9}[_-]{0,2}(?:name|link|nom|nombre)|(?:^|[\s_-])fn(?:$|\s)"
    r"|vcard|profile-?name|name$"
)
_SHELF = re.compile(
    r"/(?:tags?|topics?|themen?|temas?|categor\w{1,4}|kategori\w{0,3}|rubri\w{1,4}|sections?|channels?|locations?)/"
    r"|/(?:[a-z]+-)?privacy|/terms"
)
"""In addresses of lists of stories, and of what has to be read before something is sent."""
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es|i|a|zy)?|auteurs?|writers?|reporters?|journalist(?:e?s|en)?|periodistas?|contributors?"
    r"|columnist(?:s|as)?|redakteure?|penulis|yazar(?:lar)?|byline)/[^/?#]{3,}/?$|^(?:https?://[^/]+)?/by/[^/?#]{3,}/?$",
    re.IGNORECASE,
)
_HALF = re.compile(r"(?:first|last|given|family|middle|nick|user|vor|nach)[_-]?name")
"""Half a name, as in hCard, or none."""


def without_time(element: Element, parts: list[Element]) -> Element:
    """The piece of a byline that holds its names and no time of publication; all of it, if there is no such piece."""
    if not parts or next(element.iter("time"), None) is None:
        return element
    piece = parts[0]
    while piece is not element:
        parent = piece.getparent()
        if parent is None or parent is element or next(parent.iter("time"), None) is not None:
            break
        piece = parent
    return piece if piece is not element and all(is_within(part, piece) for part in parts) else element


def name_parts(element: Element) -> list[Element]:
    """The links and name elements in a byline, else the elements that are one name each; itself, if it is a link."""
    if element.tag == "a":
        return [element]
    return _told_parts(element) or _lone_names(element)


def _lone_names(element: Element) -> list[Element]:
    """Elements right under it that hold one full name each: two or more, and next to no other text."""
    while len(element) == 1 and not (element.text or "").strip():
        element = element[0]
    names = [part for part in element if is_full_name(text_of(part, 60))]
    return names if len(names) > 1 and len(names) == len(element) else []


def _told_parts(element: Element) -> list[Element]:
    inner = [part for part in element.iter("a", "span", "strong", "p", "div") if part is not element]
    links = [part for part in inner if part.tag == "a" and part.get("href") and could_be_name(part)]
    named = [
        part
        for part in inner
        if (part.tag != "a" and _names_a_name(part.get("class") or "")) or part.get("itemprop") == "name"
    ]
    named = [part for part in named if not any(other is not part and is_within(other, part) for other in named)]
    covered = [link for link in links if any(is_within(link, part) or is_within(part, link) for part in named)]
    return (
        links
        if links and len(links) >= len(named)
        else covered
        + [part for part in named if not any(is_within(part, link) or is_within(link, part) for link in covered)]
    )


def could_be_name(link: Element) -> bool:
    """Whether a link may lead to an author's page: it is no address, no script, no account elsewhere, no shelf."""
    href = link.get("href") or ""
    return (
        not href.startswith(("mailto:", "#", "javascript:"))
        and (is_author_page(href) or not _SHELF.search(href))
        and "tag" not in (link.get("rel") or "").split()
        and "twitter.com" not in href
        and "facebook.com" not in href
        and "//x.com" not in href
    )


def leads_to_author(link: Element) -> bool:
    """Whether a link with a full name leads to a page of authors' own: `/authors/ada-lovelace`."""
    return is_author_page(link.get("href") or "") and is_full_name(text_of(link, 60))


def is_author_page(href: str) -> bool:
    """Whether an address is that of an author's page."""
    return _AUTHOR_PAGE.search(href) is not None


def is_within(element: Element, other: Element) -> bool:
    """Whether an element is the other or, a few levels down, in it."""
    node: Element | None = element
    for _ in range(8):
        if node is None:
            return False
        if node is other:
            return True
        node = node.getparent()
    return False


@lru_cache(maxsize=16384)
def _names_a_name(names: str) -> bool:
    names = names[:300].lower()
    return _NAME.search(names) is not None and _HALF.search(names) is None
