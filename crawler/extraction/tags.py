"""The tags of the story, as the page states them."""

import re
from collections.abc import Iterable, Iterator

from lxml.etree import _Element as Element

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
    links = dict.fromkeys(link for block in page.story.layout.blocks for link in block.links)
    tagged = [link for link in document.landmarks.related if link in links and "tag" in (link.get("rel") or "").split()]
    yield [text_of(link, _LONGEST + 1) for link in tagged[:_MOST]], "rel"
    yield (
        _labelled([link for link in links if _PLACE.search(link.get("href") or "")][:_MOST]),
        "text",
    )
    for name in _LISTS:
        yield document.meta.get(name, []), f"meta:{name}"


def _labelled(links: Iterable[Element]) -> list[str]:
    """Links to tags that stand together behind a printed label: 'Tags: Harbour, Ferries'."""
    for parent in dict.fromkeys(link.getparent() for link in links):
        if parent is not None and _LABEL.match(text_of(parent, 40)):
            return [text_of(other, _LONGEST + 1) for other in parent.iter("a") if "/" in (other.get("href") or "")]
    return []


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    """Lists in one string split, repeats and sentences left out."""
    tags: dict[str, str] = {}
    for text in found:
        for part in _SEPARATOR.split(text[:4_000]):
            clean = clean_title(part).strip("# ")
            if (len(clean) > 1 or clean >= "\u2e80") and len(clean) <= _LONGEST and "://" not in clean:
                tags.setdefault(clean.casefold(), clean)
    return tuple(tags.values())[:_MOST]
