"""Boxes that stand among a story and are no part of it, told by what their class or id calls them."""

import re
from functools import lru_cache

from crawler.extraction.blocks import Block, Node
from crawler.extraction.choice import MOST_REMOVED, Choice
from crawler.extraction.html_tags import TAG_BITS

_END = (
    r"(?![a-z]|-(?!(?:cards?|lists?|box|items?|widget|container|wrapper|wrap|block|grid|slider|carousel|content|inner|title"
    r"|window|overlay|dialog|modal|popup|area|notice|quote|tracker|terms|slot|unit)(?![a-z])|-|\d))"
)
"""Of a name that is not a part of another: `latest-news` is none in `latest-news-from-the-harbour`."""
_BOX = re.compile(
    rf"""
    (?P<placeholder>sourcepoint|onetrust|(?:didomi|cookiebot|optanon)(?!-(?:hidden|category))|usercentrics|cmplz|borlabs
        |social-placeholder|consent-(?:placeholder|overlay)|embed-(?:consent|placeholder|privacy)
        |(?:privacy|cookie)-placeholder|qc-cmp|iubenda|cky-consent|cybotcookie|trustarc|cookie-law-info
        |\bot-(?:sdk|pc|cat|main)|\bcli-(?:modal|settings|bar))
    |(?P<dialog>(?<![a-z])(?:modal|popup|lightbox|dialog){_END})
    |(?P<republication>(?<![a-z])(?:republish|republication){_END})
    |(?P<fact_box>(?:fact-?box|fakta-?(?:box|boks|ruta)|(?<![a-z-])infobox|info-?kasten){_END}|(?<![a-z])ai-?summary)
    |(?P<small_print>(?<![a-z])(?:disclaimer|copyright){_END})
    |(?P<testimonial>(?<![a-z])testimonials?{_END})
    |(?P<caption>(?<![a-z])wp-caption(?![a-z]))
    |(?P<about_the_author>(?<![a-z])(?:byline(?![a-z])|author-?(?:bio|box)(?![a-z])|about-?(?:the-?)?authors?(?![a-z])))
    |(?P<tags>(?<![a-z])(?:(?:post|entry|article|story)-?tags|tags?-?(?:list|links))(?![a-z]))
    |(?P<sharing>sharedaddy|robots-nocontent)
    |(?P<advertising>(?<![a-z])(?:advert(?:isement|ising|s)?{_END}|ad-?(?:container|slot|unit|wrapper)(?![a-z])))
    |(?P<newsletter_box>newsletter-?(?:form|box|sign-?up)|sign-?up-?(?:form|box))
    |(?P<other_stories>(?<![a-z])(?:recent|latest|more|other|related)[-_](?:articles?|posts?|stories|news){_END}
        |wp-block-(?:query|post-template)(?![a-z-])|breaking-(?:block|bar|box){_END})
    """,
    re.VERBOSE,
)
"""What waits for consent, or opens over the page when it is asked for; the terms under which others may print the
story; what is told beside it, of what it is about (page builders have an `info-box` for any text) or who may rely on
it; what customers say; captions, authors, tags, buttons, advertising, forms and teasers. Of hundreds of publishers
hardly any has its story in one of them."""
_OF_THE_STORY = re.compile(r"(?<!\S)(?:tag|category|topic|has|with|no|before|after)-\S+|\S+--(?:with|has|no)-\S+")
"""Class names that say what a story is about, has or stands beside: WordPress writes out its terms, BEM modifiers."""
_MOST_HYPHENS = 2
"""An id with more of them is made of a heading's words, or of a plugin's that is known."""
_KNOWN_IDS = "republication-tracker"
_BY_TAG = {"form": "form", "footer": "footer"}
_MOST = {"placeholder": 0.95, "footer": 0.3, "form": 0.1}
"""The share of a story that boxes of a kind may be."""
_MOST_TOGETHER = 0.5


def drop_boxes(choice: Choice) -> None:
    """Drop the blocks in such boxes; a wrapper of the whole story says nothing."""
    boxed: dict[str, list[Block]] = {kind: [] for kind in (*_BOX.groupindex, *_BY_TAG.values())}
    known: dict[int, str | None] = {}
    for block in choice.kept():
        kind = _kind_around(block.node, choice.measures.main, known)
        if kind:
            boxed[kind].append(block)
    story, dropped = choice.size(), 0
    for kind, blocks in boxed.items():
        size = sum(block.size for block in blocks)
        together = 0 if kind == "placeholder" else dropped + size
        if size > _MOST.get(kind, MOST_REMOVED) * story or together > _MOST_TOGETHER * story:
            continue
        dropped = together
        for block in blocks:
            choice.set(block.index, kind.replace("_", "-"), keep=False)


def _kind_around(node: Node | None, main: Node, known: dict[int, str | None]) -> str | None:
    """What the innermost box around a node is, below the main container; of a node that is `known` no more is asked."""
    passed = []
    kind = None
    while node is not None and not node.index <= main.index <= node.last:
        if node.index in known:
            kind = known[node.index]
            break
        passed.append(node.index)
        kind = _kind_of_element(node)
        if kind:
            break
        node = node.parent
    known.update(dict.fromkeys(passed, kind))
    return kind


def _kind_of_element(node: Node) -> str | None:
    """By its tag, class or id; a quotation's footer says whose it is, and belongs to it."""
    kind = _BY_TAG.get(node.tag)
    if kind and not (kind == "footer" and node.above & TAG_BITS["blockquote"]):
        return kind
    name = node.element.get("id") or ""
    told = name.count("-") <= _MOST_HYPHENS or name.startswith(_KNOWN_IDS)
    return _kind_of(f"{node.classes} {name}" if told else node.classes)


@lru_cache(maxsize=16384)
def _kind_of(names: str) -> str | None:
    found = _BOX.search(_OF_THE_STORY.sub("", names.lower()))
    return found.lastgroup if found else None
