"""What the parts of a page say about its kind: the template's class names, buttons, links to further pages."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import cast
from urllib.parse import SplitResult

from lxml import etree
from lxml.etree import _Element as Element

from crawler.extraction.address_signs import split
from crawler.extraction.document import Document
from crawler.extraction.lexicon import words
from crawler.extraction.tree import text_of
from crawler.extraction.xpaths import xpath

_SINGLE = words("single-post post-template-default single-format-standard post-template")
_ARCHIVE = words(
    "home front frontpage front-page homepage path-frontpage archive category tag author search post-type-archive "
    "template-collection template-index tax-product_cat search-results"
)
_PRODUCT = words("single-product product-template-default template-product woocommerce-page")
_FORUM = words("template-thread_view question-page ipsapp nodebb phpbb vbulletin xf discourse")
_FORUM_SOFTWARE = re.compile(
    r"discourse|vbulletin|phpbb|xenforo|flarum|mybb|invision|nodebb|vanilla|lemmy", re.IGNORECASE
)
_CLASSES = cast(Callable[[Element], list[str]], etree.XPath("//body//@class", smart_strings=False))
_BUTTONS = xpath("//body//button | //body//input[@type='submit' or @type='button']")
_NEXT = xpath("//head/link[@rel='next']")
_ASKING = cast(Callable[[Element], list[str]], etree.XPath("//a/@href[contains(., '?')]", smart_strings=False))
_PART = re.compile(
    r"(?<![a-z])(?:author|byline|comments?|filters?|facets?|sort(?:ing)?|price|rating|reviews?|quantity|qty|sku"
    r"|swatch(?:es)?|testimonials?|accordion|signature|votes|repl(?:y|ies)|message|thread|topic|forum|avatar|answer)(?![a-z])"
)
_CART = re.compile(
    r"add[-_ ]?to[-_ ]?(?:cart|bag|basket|trolley)|in den warenkorb|ajouter au panier|añadir al carrito"
    r"|aggiungi al carrello|in winkelwagen|do koszyka|в корзину|buy now|sepete ekle|カートに入れる|加入购物车",
    re.IGNORECASE,
)
_MOST = 200
"""Buttons whose text is read."""
_MOST_ASKING = 1_000
"""Links with a query that are looked at."""


def part_signs(document: Document) -> Iterator[str]:
    """The signs of the page's parts."""
    body = document.root.find("body")
    template = words(" ".join(filter(None, (*_names(document.root), *_names(body)))).lower())
    yield from (name for name, known in _TEMPLATES if template & known)
    counts = _parts(document.root)
    yield from (name for name, holds in _PARTS if holds(counts))
    software = bool(template & _FORUM) or bool(_FORUM_SOFTWARE.search(document.meta_content("generator") or ""))
    if software or any(counts[word] > least for word, least in _FORUM_PARTS):
        yield "parts of a forum"
    if _NEXT(document.root):
        yield "a next page"
    if _ways_to_ask(document) > 1:
        yield "its own address with queries"
    if any(map(_fills_cart, _BUTTONS(document.root)[:_MOST])):
        yield "a cart button"


def _ways_to_ask(document: Document) -> int:
    """With how many queries the page links its own address: filters, orders, further pages."""
    own = split(document.url)
    found = set()
    for href in _ASKING(document.root)[:_MOST_ASKING]:
        address = href.strip()
        if address.startswith("?") or own.path.rstrip("/") in address:
            parts = split(document.absolute(address) or "")
            if parts.query and _place(parts) == _place(own):
                found.add(parts.query)
    return len(found)


def _place(parts: SplitResult) -> tuple[str, str]:
    return parts.netloc.removeprefix("www."), parts.path.rstrip("/")


def _names(element: Element | None) -> tuple[str | None, ...]:
    return (element.get("class"), element.get("id")) if element is not None else ()


def _parts(root: Element) -> Counter[str]:
    """How many elements have each of the telling words among their class names."""
    counts: Counter[str] = Counter()
    for names, count in Counter(_CLASSES(root)).items():
        for word in set(_PART.findall(names.lower())):
            counts[word] += count
    return counts


def _fills_cart(button: Element) -> bool:
    attributes = " ".join(map(str, button.values()))
    return bool(_CART.search(f"{text_of(button, 60)} {attributes[:300]}"))


_Counts = Mapping[str, int]
_TEMPLATES = (
    ("template of a post", _SINGLE),
    ("template of a list", _ARCHIVE),
    ("template of a product", _PRODUCT),
)
_PARTS: tuple[tuple[str, Callable[[_Counts], bool]], ...] = (
    ("an author's part", lambda n: n["author"] + n["byline"] > 0),
    ("comments' part", lambda n: n["comment"] + n["comments"] > 0),
    (
        "filters",
        lambda n: n["filters"] + n["facet"] + n["facets"] + n["sorting"] > 0 or n["filter"] > 3 or n["sort"] > 3,
    ),
    ("prices' parts", lambda n: n["price"] > 3),
    ("ratings' parts", lambda n: n["rating"] + n["reviews"] + n["review"] > 3),
    ("parts of an offer", lambda n: n["quantity"] + n["qty"] + n["sku"] + n["swatch"] + n["swatches"] > 0),
    ("praise of customers", lambda n: n["testimonial"] + n["testimonials"] > 0),
    ("accordions", lambda n: n["accordion"] > 0),
)
_FORUM_PARTS = (
    ("signature", 0),
    ("votes", 3),
    ("replies", 3),
    ("reply", 9),
    ("message", 9),
    ("thread", 3),
    ("topic", 9),
    ("forum", 0),
    ("avatar", 9),
    ("answer", 9),
)
