"""Whether an element stands apart from the story: in a teaser, a list of other stories, comments, navigation."""

import re
from functools import lru_cache

from lxml.etree import _Element as Element

from crawler.extraction.html_tags import HEADINGS
from crawler.extraction.tree import text_of

_ELSEWHERE = re.compile(
    r"teaser|related|comment|sidebar|recommend|popular|most-?(?:read|view)|latest|trending|footer|(?:^|[\s_-])nav"
    r"|newsletter|carousel|ticker"
    r"|more-?(?:news|stories|from)|read-?(?:more|also|next)|outbrain|taboola|recirc|playlist|breadcrumb|weather"
    r"|(?:^|[\s_-])(?:cards?|hours|today)(?:$|[\s_-])"
)
_SHELVES = frozenset(("nav", "footer", "aside"))
_FOOT = re.compile(r"(?:article|post|entry|story|news|content)[\w-]{0,20}foot")
_TEASER = re.compile(r"teaser|(?:^|[\s_-])cards?(?:$|[\s_-])")
_LONGEST_FACTS = 400
_LONGEST_NAME = 40
_FAR_BESIDE = 1.5
"""How far away a box of facts about the story may be."""
NEAR = 0.3
FAR = 1.0
"""Only a class or a label that says date makes a line count that stands farther away."""


def is_elsewhere(element: Element, away: float, around: frozenset[Element]) -> bool:
    """Whether the element stands in a teaser, a list of other stories, comments, navigation; not if the story does."""
    shelf: Element | None = None
    node: Element | None = element
    box = element
    for _ in range(12):
        if node is None or node.tag in ("body", "main", "html") or node in around:
            break
        if shelf is None and (node.tag in _SHELVES or _names_elsewhere(_called(node))):
            shelf = node
        box, node = node, node.getparent()
    if shelf is None or shelf.find(".//h1") is not None or (node in around and box.find(".//h1") is not None):
        return False
    return away > _FAR_BESIDE or not (_holds_facts(shelf, around) or (node in around and _heads_story(box)))


def _heads_story(box: Element) -> bool:
    """Whether what is called a teaser stands alone among what is around the story: it is what others call a header."""
    if not _TEASER.search(_called(box).lower()):
        return False
    return _has_few_words(box) and next(box.iter(*HEADINGS), None) is None


def _called(element: Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _holds_facts(shelf: Element, around: frozenset[Element]) -> bool:
    """Whether it is a side box, or the story's foot, of a few words: no link is as long as another story's headline."""
    if shelf.tag != "aside" and "side" not in (shelf.get("class") or "") and not _is_foot(shelf, around):
        return False
    return _has_few_words(shelf)


def _has_few_words(box: Element) -> bool:
    if len(text_of(box, _LONGEST_FACTS + 1)) > _LONGEST_FACTS:
        return False
    return not any(len(text_of(link, _LONGEST_NAME + 1)) > _LONGEST_NAME for link in box.iter("a"))


def _is_foot(shelf: Element, around: frozenset[Element]) -> bool:
    """Whether it is, or is in, the foot of the story, and not of the page."""
    foot, holder = shelf, shelf.getparent()
    for _ in range(4):
        if holder is None or holder in around:
            break
        foot, holder = holder, holder.getparent()
    if holder is None or holder not in around:
        return False
    return _FOOT.search(foot.get("class") or "") is not None or (foot.tag == "footer" and holder.tag == "article")


@lru_cache(maxsize=16384)
def _names_elsewhere(names: str) -> bool:
    return bool(_ELSEWHERE.search(names[:300].lower()))
