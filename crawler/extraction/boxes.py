"""Boxes that stand among a story and are no part of it, told by what their class or id calls them."""

import re
from functools import lru_cache

from crawler.extraction.blocks import Node
from crawler.extraction.choice import MOST_REMOVED, Choice, is_in

_BOX = re.compile(
    r"""
    (?P<placeholder>sourcepoint|onetrust|didomi|usercentrics|cmplz|cookiebot|borlabs|social-placeholder
        |consent-(?:placeholder|overlay)|embed-(?:consent|placeholder|privacy)|(?:privacy|cookie)-placeholder|optanon
        |qc-cmp|iubenda|cky-consent|cybotcookie|trustarc|\bot-(?:sdk|pc|cat|main))
    |(?P<dialog>(?<![a-z])(?:modal|popup|lightbox|dialog)(?![a-z]))
    |(?P<republication>republish|republication)
    |(?P<fact_box>fact-?box|fakta-?(?:box|boks|ruta)|(?<![a-z-])infobox|info-?kasten|(?<![a-z])disclaimer)
    |(?P<testimonial>(?<![a-z])testimonials?(?![a-z]))
    |(?P<other_stories>(?<![a-z])(?:recent|latest|more|other)[-_](?:articles?|posts?|stories|news)(?![a-z]))
    """,
    re.VERBOSE,
)
"""What waits for consent; what opens over the page when it is asked for; the terms under which others may print the
story; what is told beside it, of what it is about or who may rely on it (page builders have an `info-box` for any
text); praise of customers; teasers."""
_MOST = {"placeholder": 0.95, "testimonial": 0.7}
"""The share of a story that boxes of a kind may be."""


def drop_boxes(choice: Choice) -> None:
    """Drop the blocks in such boxes; a wrapper of the whole story says nothing."""
    boxed: dict[str, set[int]] = {kind: set() for kind in _BOX.groupindex}
    for block in choice.kept():
        kind = _kind_around(block.node, choice.measures.main)
        if kind:
            boxed[kind].add(block.index)
    for kind, indices in boxed.items():
        if indices:
            choice.drop_where(kind.replace("_", "-"), is_in(indices), most=_MOST.get(kind, MOST_REMOVED))


def _kind_around(node: Node, main: Node) -> str | None:
    """What the innermost box around a node is, below the main container."""
    for around in node.upwards():
        if around.index <= main.index <= around.last:
            return None
        kind = _kind_of(f"{around.classes} {around.element.get('id') or ''}")
        if kind:
            return kind
    return None


@lru_cache(maxsize=16384)
def _kind_of(names: str) -> str | None:
    found = _BOX.search(names.lower())
    return found.lastgroup if found else None
