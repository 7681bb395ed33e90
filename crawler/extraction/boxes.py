"""Boxes that stand among a story and are no part of it, told by what their class or id calls them."""

import re
from functools import lru_cache

from crawler.extraction.blocks import Node
from crawler.extraction.choice import MOST_REMOVED, Choice, is_in
from crawler.extraction.html_tags import TAG_BITS

_END = (
    r"(?![a-z]|-(?!(?:cards?|lists?|box|items?|widget|container|wrapper|wrap|block|section|grid|slider|carousel|content|body|"
    r"inner|header|title|text|window|overlay|dialog|modal|popup|area|notice|quote)(?![a-z])|-|\d))"
)
"""Of a name: the ids of a story's own sections are made of whole headings, as `latest-news-from-the-harbour`."""
_BOX = re.compile(
    rf"""
    (?P<placeholder>sourcepoint|onetrust|didomi|usercentrics|cmplz|cookiebot|borlabs|social-placeholder
        |consent-(?:placeholder|overlay)|embed-(?:consent|placeholder|privacy)|(?:privacy|cookie)-placeholder|optanon
        |qc-cmp|iubenda|cky-consent|cybotcookie|trustarc|cookie-law|\bot-(?:sdk|pc|cat|main)|\bcli-(?:modal|settings|bar))
    |(?P<dialog>(?<![a-z])(?:modal|popup|lightbox|dialog){_END})
    |(?P<republication>republish|republication)
    |(?P<fact_box>fact-?box|fakta-?(?:box|boks|ruta)|(?<![a-z-])infobox|info-?kasten|ai-?summary)
    |(?P<small_print>(?<![a-z])(?:disclaimer|copyright){_END})
    |(?P<testimonial>(?<![a-z])testimonials?{_END})
    |(?P<caption>(?<![a-z])wp-caption(?![a-z]))
    |(?P<about_the_author>(?<![a-z])(?:byline(?![a-z])|author-?(?:bio|box)(?![a-z])|about-?(?:the-?)?author))
    |(?P<tags>(?<![a-z])(?:(?:post|entry|article|story)-?tags|tags?-?(?:list|links))(?![a-z]))
    |(?P<sharing>sharedaddy|robots-nocontent)
    |(?P<advertising>(?<![a-z])(?:advert(?!or)|ad-?(?:container|slot|unit|wrapper)(?![a-z])))
    |(?P<newsletter_box>newsletter-?(?:form|box|sign-?up)|sign-?up-?(?:form|box))
    |(?P<other_stories>(?<![a-z])(?:recent|latest|more|other|related)[-_](?:articles?|posts?|stories|news){_END}
        |wp-block-(?:query|post-template)(?![a-z-])|(?<![a-z])(?:(?:news|breaking)-?)?ticker{_END}
        |breaking-(?:block|bar|box){_END})
    """,
    re.VERBOSE,
)
"""What waits for consent; what opens over the page when it is asked for; the terms under which others may print the
story; what is told beside it: of what it is about (page builders have an `info-box` for any text), who may rely on it,
what customers say, who wrote it; forms and teasers. Of hundreds of publishers hardly any has its story in one of
them."""
_BY_TAG = {"form": "form", "footer": "footer"}
_MOST = {"placeholder": 0.95, "testimonial": 0.7, "footer": 0.3}
"""The share of a story that boxes of a kind may be."""


def drop_boxes(choice: Choice) -> None:
    """Drop the blocks in such boxes; a wrapper of the whole story says nothing, a quotation's footer belongs to it."""
    boxed: dict[str, set[int]] = {kind: set() for kind in (*_BOX.groupindex, *_BY_TAG.values())}
    known: dict[int, str | None] = {}
    for block in choice.kept():
        kind = _kind_around(block.node, choice.measures.main, known)
        if kind and not (kind == "footer" and block.node.above & TAG_BITS["blockquote"]):
            boxed[kind].add(block.index)
    for kind, indices in boxed.items():
        if indices:
            choice.drop_where(kind.replace("_", "-"), is_in(indices), most=_MOST.get(kind, MOST_REMOVED))


def _kind_around(node: Node | None, main: Node, known: dict[int, str | None]) -> str | None:
    """What the innermost box around a node is, below the main container; of a node that is `known` no more is asked."""
    passed = []
    kind = None
    while node is not None and not node.index <= main.index <= node.last:
        if node.index in known:
            kind = known[node.index]
            break
        passed.append(node.index)
        kind = _BY_TAG.get(node.tag) or _kind_of(f"{node.classes} {node.element.get('id') or ''}")
        if kind:
            break
        node = node.parent
    known.update(dict.fromkeys(passed, kind))
    return kind


@lru_cache(maxsize=16384)
def _kind_of(names: str) -> str | None:
    found = _BOX.search(names.lower())
    return found.lastgroup if found else None
