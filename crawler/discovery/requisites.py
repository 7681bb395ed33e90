"""What a page needs to look right: pictures, style sheets, scripts, fonts and icons, and what those need in turn."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, cast
from urllib.parse import urldefrag, urljoin

import tinycss2
from lxml import etree
from lxml.etree import _Element as Element
from tinycss2.bytes import decode_stylesheet_bytes
from w3lib.encoding import http_content_type_encoding

from crawler.discovery.url import clean_url

RequisiteKind = Literal["image", "style", "script", "font", "icon"]
_Named = tuple[str, RequisiteKind]

LARGEST_STYLE = 2**20
"""Bytes of a style sheet that are read."""
_MOST = 1_000
"""Addresses of one page or sheet that are looked at."""
_LONGEST_SET = 20_000
_ELEMENTS = etree.XPath(
    "//link[@href or @imagesrcset] | //script[@src] | //style | //img | //source | //video[@poster] | //image | //use"
    " | //input[@src] | //*[@background or @data-bg or @data-background-image] | //*[@style]"
)
_PICTURES = ("src", "data-src", "data-original", "data-lazy-src", "data-lazy")
_BACKGROUNDS = ("background", "data-bg", "data-background-image")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset", "imagesrcset")
_SVG_LINKS = ("href", "{http://www.w3.org/1999/xlink}href", "xlink:href")
_ICONS = frozenset({"icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon"})
_PRELOADED: dict[str, RequisiteKind] = {"font": "font", "style": "style", "image": "image", "script": "script"}
_SPOTS = re.compile(r"@(?:import|namespace)\b|url\(|image-set\(", re.IGNORECASE)
_EMBEDDED = re.compile(r"[\s\"']{0,8}(?:data|blob):", re.IGNORECASE)
_OPENED = re.compile(r"\s{0,8}(url\(\s{0,8})?([\"']?)", re.IGNORECASE)
_STRING_OR_COMMENT = re.compile(
    r"""/\*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|url\([^"'()]*\)""", re.IGNORECASE | re.DOTALL
)
_FONT = re.compile(r"\.(?:woff2?|ttf|otf|eot)(?:$|[?#])", re.IGNORECASE)
_FUNCTION_ENDS, _RULE_ENDS = re.compile(r"\)"), re.compile(r"[;}]")
_LONGEST_SPOT = 2_000
_DESCRIPTOR = re.compile(r"\d{1,6}(?:\.\d{1,6})?[wxh](?:,+|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Requisite:
    """One thing that a page or a style sheet needs."""

    url: str
    """Absolute, as it can be asked for, without a fragment."""
    kind: RequisiteKind


def of_page(root: Element, base: str) -> list[Requisite]:
    """What a parsed page names, each once: what every browser loads first, then further sizes of its pictures.

    `base` is what relative links are relative to. Where no icon is named, it is at /favicon.ico (HTML, 4.6.6.8). Films
    and sounds are left aside, as is what stands in the page itself (`data:`).
    """
    found: list[_Named] = []
    sizes: list[_Named] = []
    for element in cast("list[Element]", _ELEMENTS(root)):
        found += _named(element)
        sizes += _sizes(element)
    if not any(kind == "icon" for _, kind in found):
        found.append(("/favicon.ico", "icon"))
    return _absolute([*found, *sizes], base)


def of_style_sheet(content: bytes, url: str, content_type: str | None = None) -> list[Requisite]:
    """What a style sheet names: imports, fonts, pictures; its charset is found as CSS Syntax has it."""
    charset = http_content_type_encoding(content_type) if content_type else None
    css, _ = decode_stylesheet_bytes(content[:LARGEST_STYLE], protocol_encoding=charset)
    return _absolute(_of_css(css), url)


def _named(element: Element) -> Iterator[_Named]:
    tag, get = element.tag, element.get
    if tag == "link":
        kind = _kind_of_link(element)
        if kind is not None:
            yield get("href", ""), kind
    elif tag == "script":
        yield get("src", ""), "script"
    elif tag == "style":
        yield from _of_css(element.text or "")
    elif tag in ("image", "use"):
        yield from ((get(name, ""), "image") for name in _SVG_LINKS)
    elif tag == "video":
        yield get("poster", ""), "image"
    elif tag == "img" or (tag == "input" and get("type", "").lower() == "image"):
        yield from ((get(name, ""), "image") for name in _PICTURES)
    yield from ((get(name, ""), "image") for name in _BACKGROUNDS)
    if get("style"):
        yield from _of_css(get("style", ""))


def _kind_of_link(link: Element) -> RequisiteKind | None:
    relations = link.get("rel", "").lower().split()
    if "stylesheet" in relations:
        return "style"
    if not _ICONS.isdisjoint(relations):
        return "icon"
    if "modulepreload" in relations:
        return "script"
    return _PRELOADED.get(link.get("as", "").lower()) if "preload" in relations else None


def _sizes(element: Element) -> Iterator[_Named]:
    """Addresses of a srcset (HTML, 4.8.4.2.1), without the widths or densities between them."""
    for name in _SETS:
        embedded = False
        for part in (element.get(name) or "")[:_LONGEST_SET].split():
            size = _DESCRIPTOR.match(part)
            embedded = part.startswith("data:") or (embedded and size is None)
            if not embedded:
                yield (part[size.end() :] if size else part).strip(","), "image"


def _of_css(css: str) -> Iterator[_Named]:
    """What a style sheet names. Only the places that name something are tokenised: most of a sheet does not."""
    css, place = _without_comments(css), 0
    while spot := _SPOTS.search(css, place):
        place = spot.end()
        if _EMBEDDED.match(css, place):
            continue
        place = _end_of(css, spot)
        tokens = tinycss2.parse_component_value_list(css[spot.start() : place], skip_comments=True)
        keyword = tokens[0].lower_value if tokens[0].type == "at-keyword" else ""
        for address in _addresses(tokens) if keyword != "namespace" else ():
            yield address, "style" if keyword == "import" else "font" if _FONT.search(address) else "image"


def _without_comments(css: str) -> str:
    parts, begun, place = [], 0, 0
    while found := _STRING_OR_COMMENT.search(css, place):
        place = found.end()
        if found[0] == "/*":
            parts.append(css[begun : found.start()])
            end = css.find("*/", place)
            begun = place = len(css) if end < 0 else end + 2
    return "".join([*parts, css[begun:]])


def _end_of(css: str, spot: re.Match[str]) -> int:
    """Where a function or a rule that begins here may be cut off: behind what ends it, or at the limit."""
    limit = spot.start() + _LONGEST_SPOT
    opened = _OPENED.match(css, spot.end())
    quote = opened[2] if opened else ""
    after = css.find(quote, opened.end(), limit) + 1 if opened and quote else spot.end()
    function = spot[0].lower() == "url(" or bool(opened and opened[1])
    end = (_FUNCTION_ENDS if function else _RULE_ENDS).search(css, max(after, spot.end()), limit)
    return end.end() if end else limit


def _addresses(tokens: Iterable[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("url", "string"):
            yield token.value
        elif token.type == "function":
            yield from (one.value for one in token.arguments if one.type in ("url", "string"))


def _absolute(found: Iterable[_Named], base: str) -> list[Requisite]:
    requisites: dict[str, Requisite] = {}
    page = urldefrag(base).url
    for address, kind in islice({address.strip(): kind for address, kind in found}.items(), _MOST):
        if address and not address.startswith(("#", "data:", "blob:", "about:", "javascript:")):
            url = _joined(base, address)
            if url is not None and url != page:
                requisites.setdefault(url, Requisite(url, kind))
    return list(requisites.values())


def _joined(base: str, text: str) -> str | None:
    try:
        return clean_url(urldefrag(urljoin(base, text)).url)
    except ValueError:  # e.g. 'http://[': no URL at all
        return None
