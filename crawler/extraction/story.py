"""What a page's story is made of: its blocks, which of them were chosen, and the related links among them."""

import re
from dataclasses import dataclass

from lxml.etree import _Element as Element

from crawler.extraction.blocks import Layout
from crawler.extraction.choice import Choice, select_within
from crawler.extraction.chooser import choose
from crawler.extraction.claimed_url import claimed
from crawler.extraction.css import select
from crawler.extraction.document import Document
from crawler.extraction.kernels import segment
from crawler.extraction.linked_data import texts, types
from crawler.extraction.related import Placed, find_related, offered_by
from crawler.extraction.script_body import script_root
from crawler.extraction.traits import Heads
from crawler.extraction.tree import own_words
from crawler.items import SiteRules

_NAME_WORD = re.compile(r"[^\W\d_]+")
_SHORT_WORD, _BEGINNING = 3, 5
_LEAST_SHARED, _OF_TITLE = 2, 6
"""Words that a text shares with title and description; one of them is enough for each six."""
_LEAST = 140
"""Effective characters: a story that is shorter is looked for in the page's scripts."""


@dataclass(frozen=True, slots=True)
class Story:
    """The page's blocks, which of them were chosen and why, and the related links among them."""

    layout: Layout
    choice: Choice
    related: tuple[Placed, ...]
    source: str
    """What chose the body: 'blocks', 'selector:<site>' or 'script'."""
    related_source: str


def read_story(document: Document, rules: SiteRules | None = None) -> Story:
    """Cut the page into blocks, choose the story's, find the related links; the site's selectors come first."""
    site = f"selector:{rules.name}" if rules else ""
    layout = segment(document.root, frozenset(elements(document, rules, "remove", every=True)))
    offering = elements(document, rules, "related", every=True)
    inside = elements(document, rules, "body")
    heads = heads_of(document)
    choice, source = choose(layout, heads), "blocks"
    if inside and select_within(choice, inside):
        source = site
    elif choice.size() < _LEAST and (root := script_root(document)) is not None:
        written = choose(segment(root), heads, lenient=True)
        if written.size() > choice.size() and _tells_of(heads, written):
            choice, source = written, "script"
    urls = [document.url, *filter(None, (document.absolute(said) for said, _ in claimed(document)))]
    if offering:
        related, related_source = offered_by(offering, choice, urls, document.absolute), site
    else:
        related, related_source = find_related(choice, urls, document.absolute), "blocks"
    return Story(choice.layout, choice, related, source, related_source)


def _tells_of(heads: Heads, written: Choice) -> bool:
    """Whether a text from the page's scripts has words of the page's title and description: there are others' there.

    Words are alike that begin alike: languages inflect and compound them.
    """
    told = _beginnings(f"{heads.title} {heads.description}")
    shared = told & _beginnings(" ".join(block.text for block in written.kept()))
    return len(shared) >= min(_LEAST_SHARED, -(-len(told) // _OF_TITLE))


def _beginnings(text: str) -> set[str]:
    return {word[:_BEGINNING] for word in own_words(text) if len(word) > _SHORT_WORD or word > "\u0e00"}


def elements(document: Document, rules: SiteRules | None, field: str, *, every: bool = False) -> list[Element]:
    """What the first of the site's selectors for a field finds, or what all of them find."""
    found: list[Element] = []
    for css in rules.selectors.get(field, ()) if rules else ():
        found += [item for item in select(document.root, css) if not isinstance(item, str)]
        if found and not every:
            break
    return found


def heads_of(document: Document) -> Heads:
    """Title and description as the page's head has them, and whether its data calls it news."""
    title = document.meta_content("og:title") or document.head_title
    description = document.meta_content("og:description", "description")
    kinds = {kind for node in document.article_nodes for kind in types(node)}
    is_news = any(kind.endswith("NewsArticle") or kind == "LiveBlogPosting" for kind in kinds)
    names = (name for node in document.article_nodes for name in texts(node, "author"))
    authors = frozenset(word for name in names for word in _NAME_WORD.findall(name.lower()))
    return Heads(title, description or "", is_news, authors)
