"""What a page writes out once more, or for programs: no part of the story although it stands among it."""

import re
from collections.abc import Callable

from crawler.extraction.blocks import Block
from crawler.extraction.choice import Choice

_MACHINE_PROPERTIES = re.compile(
    r"(?:date(?:Published|Modified|Created)|keywords|mainEntityOfPage|width|height|value|logo|publisher|wordCount|inLanguage|"
    r"thumbnailUrl|articleSection|copyright\w*|author|creator|commentCount|interactionCount|name|headline)$"
)
_TELLING = 40
"""Effective characters of a block that no two places of a story share by chance."""
_LEAST_AGAIN, _MOST_AGAIN = 0.3, 0.9
"""Shares: of the story that a second copy of it is at least, and of the copy that must have been told before."""
_OBJECT = ('{"', "{&quot;", '[{"')
"""How a JSON object begins."""


def is_written_twice(choice: Choice) -> Callable[[Block], bool]:
    """Whether a block is the whole body once more, written out as microdata for search engines."""
    opening = next((block for block in choice.kept() if block.size >= 40), None)

    def matches(block: Block) -> bool:
        if opening is None or opening is block or block.size <= 300 or block.text[:40] != opening.text[:40]:
            return False
        return _property(block) == "articleBody"

    return matches


def second_copy(choice: Choice) -> frozenset[int]:
    """The blocks that tell the story once more, as where a page brings it for phones and for desks."""
    kept = [block for block in choice.kept() if block.size >= _TELLING]
    first: dict[str, int] = {}
    again = [place for place, block in enumerate(kept) if first.setdefault(block.text, place) != place]
    if not again or len(again) < _MOST_AGAIN * (again[-1] + 1 - again[0]) or len(again) < _LEAST_AGAIN * len(kept):
        return frozenset()
    start, end = kept[again[0]].index, kept[again[-1]].index
    return frozenset(range(start, end + 1))


def is_object(block: Block) -> bool:
    """Whether a block is an object for a program."""
    return block.text.startswith(_OBJECT) and block.text.endswith(("}", "]"))


def is_machine_text(block: Block) -> bool:
    """Whether a block is microdata for search engines alone, as a date or a publisher."""
    prop = _property(block) if block.size < 300 else None
    return prop is not None and _MACHINE_PROPERTIES.match(prop) is not None


def _property(block: Block) -> str | None:
    """The itemprop of the element that a block stands in, or of the one around that."""
    parent = block.node.parent
    return block.node.element.get("itemprop") or (parent.element.get("itemprop") if parent is not None else None)
