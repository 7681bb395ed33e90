"""What speaks for an article and what against it, weighed; asked where the page's own data does not settle it."""

import re
from collections.abc import Iterable, Iterator

from crawler.extraction.address_signs import address_signs
from crawler.extraction.data_signs import data_signs
from crawler.extraction.layout_signs import build_of, layout_signs
from crawler.extraction.page import Page
from crawler.extraction.part_signs import part_signs
from crawler.extraction.sign_weights import BASE, WEIGHTS
from crawler.extraction.tree import text_of

_LIST_TITLE = re.compile(
    r"\barchives?\b|\bcategor(?:y|ies)\b|\btopics?\b|\bbrowse\b|\blatest\b|\blist of\b|\bdirectory\b|\bnews$|\bpage \d"
    r"|\bcatalog|\barchiv\b|\bkategorie\b|\bschlagwort\b|\barchivos?\b|\bcategoría\b|\bcatégorie\b|\bcategoria\b"
    r"|\bрубрика\b|\bархив\b|タグ|カテゴリ|标签|分类",
    re.IGNORECASE,
)


CLEAR = 700
"""A weight of address, data and title alone that no build has ever outweighed."""


def weight(page: Page) -> int:
    """Above zero for an article, below for another page; hundredths of a logit. Ask when the fields are filled."""
    found = head_signs(page)
    heads = _sum(found)
    return heads if heads > CLEAR else heads + _sum(build_signs(page, found)) - BASE


def _sum(signs: Iterable[str]) -> int:
    return BASE + sum(WEIGHTS.get(sign, 0) for sign in signs)


def head_signs(page: Page) -> frozenset[str]:
    """What address, data, fields and title show."""
    found = {*address_signs(page.document.url), *data_signs(page), *_title_signs(page)}
    if {"undated and unsigned", "address of a list"} <= found:
        found.add("undated and unsigned, address of a list")
    return frozenset(found)


def build_signs(page: Page, heads: frozenset[str]) -> frozenset[str]:
    """What the build and the parts of the page show."""
    build = build_of(page.story)
    found = {*layout_signs(build), *part_signs(page.document)}
    if "undated and unsigned" in heads and build.linked > 0.35:
        found.add("undated and unsigned, much linked")
    return frozenset(found)


def _title_signs(page: Page) -> Iterator[str]:
    title = page.fields.get("title") or ""
    heading = next((text_of(heading, 200) for heading in page.document.named("h1")), None)
    if _LIST_TITLE.search(page.document.head_title[:400]):
        yield "title of a list"
    if len(title.split()) >= 7 or (len(title) >= 15 and title >= _UNSPACED):
        yield "title of a sentence"
    if heading is None:
        yield "no heading"
    elif len(heading.split()) <= 3 and heading < _UNSPACED:
        yield "short heading"


_UNSPACED = "\u2e80"
"""Where scripts begin that set no spaces between words."""
