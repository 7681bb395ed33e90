"""The tags of the story, as the page states them."""

import html
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from lxml.etree import _Element as Element

from crawler.extraction.lexicon import words
from crawler.extraction.linked_data import texts
from crawler.extraction.page import Page
from crawler.extraction.selectors import selected
from crawler.extraction.title import clean_title
from crawler.extraction.tree import text_of

_LISTS = ("news_keywords", "keywords", "parsely-tags", "sailthru.tags", "cxenseparse:keywords", "dc.subject")
_PLACE = re.compile("/(?:tag|topic|keyword)")
_LABELS = (
    "tag tags topic topics keywords filed_under schlagwörter schlagworte stichwörter themen mots_clés mots-clés sujets "
    "thèmes etiquetas temas palabras_clave argomenti parole_chiave trefwoorden onderwerpen ämnen emner теги темы метки "
    "теми мітки тагове słowa_kluczowe tematy štítky témata címkék etiketler "
    "キーワード タグ 标签 標籤 關鍵字 태그 وسوم תגיות"
)
_LABEL = re.compile(
    rf"\W*(?:{'|'.join(map(re.escape, (label.replace('_', ' ') for label in _LABELS.split())))})\b\W*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*[,;،、，|]\s*")
_NOT_TAGS = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-|(?:\d{6,}|read more(?: (?:about|on) .*)?|leer más|lee más|leia mais|lire la suite"
    r"|weiterlesen|mehr lesen|les mer|läs mer|lees meer|leggi tutto|czytaj więcej|подробнее|читать далее)\W*$",
    re.IGNORECASE,
)
_WITH_SITE = re.compile(r"\s-\s[\w.-]{3,60}\.(?:com|net|org)$", re.IGNORECASE)
"""'Harbour - post.example': the title of the tag's page."""
_PROPERTY = re.compile(
    r"(@[\w-]+|[a-z]+(?:[A-Z]|[_-][a-z])\w*(?=\s?:)|(?:tag|topic|subject|keyword)s?(?=\s?:)|[a-z]+(?=:\S))\s?:\s?(?=\S)"
)
"""'contentType: review', '@genre: report', 'topic:ferries'; 'CSI: Miami' and 'Covid-19: vaccines' are tags."""
_LEAST_PROPERTIES = 2
_TAGGING = words("tag tags topic topics subject keyword keywords")
_LONGEST = 80
_MOST = 60


def fill_tags(page: Page) -> Page:
    """Adds the tags."""
    chosen = list(selected(page, "tags"))
    if chosen:
        return page.fill(chosen[0].source, tags=_unique(item.value for item in chosen))
    for found, source in stated(page):
        tags = _unique(found)
        if tags:
            return page.fill(source, tags=tags)
    return page


def stated(page: Page) -> Iterator[tuple[list[str], str]]:
    """Lists of tags as the page states them, with their source; the most trusted first."""
    document = page.document
    yield document.meta.get("article:tag", []) + document.meta.get("og:article:tag", []), "meta:article:tag"
    yield [text for node in document.article_nodes[:1] for text in texts(node, "keywords")], "json-ld"
    links = dict.fromkeys(chain.from_iterable(block.links for block in page.story.layout.blocks))
    tagged = [link for link in document.landmarks.related if link in links and "tag" in (link.get("rel") or "").split()]
    yield [text_of(link, _LONGEST + 1) for link in tagged[:_MOST]], "rel"
    yield _labelled(islice((link for link in links if _PLACE.search(link.get("href") or "")), _MOST)), "text"
    for name in _LISTS:
        yield document.meta.get(name, []), f"meta:{name}"


def _labelled(links: Iterable[Element]) -> list[str]:
    """Links to tags that stand together behind a printed label: 'Tags: Harbour, Ferries'."""
    for parent in dict.fromkeys(link.getparent() for link in links):
        if parent is not None and _LABEL.match(text_of(parent, 40)):
            return [text_of(other, _LONGEST + 1) for other in parent.iter("a") if "/" in (other.get("href") or "")]
    return []


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    """Lists in one string split, repeats, sentences and what only programs read left out."""
    parts = [part for text in found for part in _SEPARATOR.split(html.unescape(text)[:4_000])]
    clean = [tag for part in parts if (tag := clean_title(part).strip("# ")) and len(tag) <= _LONGEST]
    tags: dict[str, str] = {}
    for tag in _without_properties([tag for tag in clean if _is_tag(tag)]):
        if len(tag) > 1 or tag >= "\u2e80":
            tags.setdefault(tag.casefold(), tag)
    return tuple(tags.values())[:_MOST]


def _is_tag(text: str) -> bool:
    if "://" in text or text.endswith(":") or _NOT_TAGS.match(text):
        return False
    return " - " not in text or _WITH_SITE.search(text) is None


def _without_properties(tags: list[str]) -> list[str]:
    """Of a list that holds named properties, as 'contentType: review', the tags among them and what has no name."""
    named = [_PROPERTY.match(tag) for tag in tags]
    if sum(map(bool, named)) < _LEAST_PROPERTIES:
        return tags
    return [
        tag[name.end() :] if name else tag
        for tag, name in zip(tags, named, strict=True)
        if name is None or name[1].lower().lstrip("@") in _TAGGING
    ]
