"""What is asked of an element's text."""

import re
from collections.abc import Callable
from itertools import islice
from typing import cast

from lxml import etree
from lxml.etree import _Element as Element

from crawler.extraction.kernels import texts

_WORDS = re.compile(r"\w+")


_texts_and_breaks = cast(Callable[[Element], list[str | Element]], etree.XPath(".//text() | .//br"))


def text_of(element: Element, longest: int = 400) -> str:
    """The element's text with white space folded, cut off at `longest` characters."""
    return " ".join("".join(texts(element, 4 * longest)).split())[:longest]


def broken_text(element: Element) -> str:
    """The same with a space for each line break."""
    if element.find(".//br") is None:
        return text_of(element)
    parts = (part if isinstance(part, str) else " " for part in _texts_and_breaks(element))
    return " ".join("".join(parts).split())[:400]


def spaced_text(element: Element, longest: int) -> str:
    """The same with a space wherever an element begins or ends: for lines whose parts are set off by style alone."""
    return " ".join(" ".join(texts(element, 4 * longest)).split()).replace(" ,", ",")[:longest]


def is_linked(heading: Element) -> bool:
    """Whether a heading holds a link or stands in one."""
    return link_of(heading) is not None


def link_of(heading: Element) -> Element | None:
    """The link that a heading holds, else the one that it stands in."""
    inside = next(heading.iter("a"), None)
    if inside is not None and inside.get("href"):
        return inside
    return next((above for above in islice(heading.iterancestors(), 3) if above.tag == "a"), None)


def own_words(text: str) -> frozenset[str]:
    """The words of a text in lower case; of scripts without spaces, pairs of letters."""
    words = _WORDS.findall(text.casefold())
    if not text or max(text) < "\u0e00":
        return frozenset(words)
    return frozenset(word for word in words if not _is_unspaced(word)) | frozenset(
        word[place : place + 2] for word in words if _is_unspaced(word) for place in range(max(1, len(word) - 1))
    )


def _is_unspaced(word: str) -> bool:
    return "\u0e00" <= word[0] <= "\u0eff" or "\u3040" <= word[0] <= "\u9fff" or "\uac00" <= word[0] <= "\ud7af"
