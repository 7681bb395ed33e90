"""What a page is cut into: blocks of text, and the block elements around them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from crawler.extraction.class_words import class_signs
from crawler.extraction.html_tags import TAG_SIGNS

LEAST_PARAGRAPH = 80
"""Effective characters: what is shorter is no paragraph mass."""
BREAK = "\u2028"
"""Stands for a `<br>` in a block's raw text."""


class Node:
    """A block element: its place in the tree and, after the walk, the sums of what stands under it."""

    __slots__ = (
        "above", "chars", "classes", "depth", "element", "first", "hidden", "index", "last", "links", "mass",
        "paragraphs", "parent", "signs", "tag",
    )  # fmt: skip

    above: int
    depth: int
    hidden: bool

    def __init__(self, element: Element, tag: str, parent: "Node | None", index: int, first: int) -> None:
        self.element, self.tag, self.parent, self.index, self.first = element, tag, parent, index, first
        self.classes = element.get("class") or ""
        self.signs = own_signs(self.classes, element.get("id")) | TAG_SIGNS.get(tag, 0)
        self.above = self.signs | parent.above if parent is not None else 0
        self.depth = parent.depth + 1 if parent is not None else 0
        self.hidden = (parent is not None and parent.hidden) or hides(element.get("style"))
        self.chars = self.links = self.mass = self.paragraphs = 0
        self.last = index

    def upwards(self) -> Iterator["Node"]:
        """The node and those around it, up to the root."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent


def own_signs(classes: str, name: str | None) -> int:
    """What an element's class and id say; numbered ids are many, and say what the classes say."""
    signs = class_signs(classes) if classes else 0
    return signs | class_signs(name) if name and not name[-1].isdigit() else signs


def hides(style: str | None) -> bool:
    """Whether a style attribute takes the element off the page."""
    return bool(style and "none" in style and "display:none" in style.replace(" ", "").lower())


@dataclass(slots=True)
class Block:
    """A run of text: a paragraph, a heading, a list item, or what stands between two of them."""

    node: Node
    """The innermost block element around it."""
    index: int
    text: str
    """White space folded; a `<br>` is a line feed."""
    link_chars: int
    """How many characters of it stand in links."""
    signs: int
    """Of the inline elements in it."""
    links: Sequence[Element]
    """`a` elements that it lies in or holds, in order."""
    pieces: Sequence[str]
    """Raw texts, with BREAK for `<br>`."""
    marks: Sequence[tuple[int, bool, Element]]
    """(position in pieces, opens, inline element), for Markdown."""
    size: int = 0
    """Effective characters: Chinese, Japanese and Korean ones count 2.5 times."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A page's blocks and block elements in document order, and where its pictures stand."""

    nodes: list[Node]
    blocks: list[Block]
    images: list[tuple[Element, int, Node]] = field(default_factory=list)
    """(img element, number of blocks before it, block element around it)"""

    def end(self, node: Node) -> int:
        """The index after the last block under a node."""
        following = node.last + 1
        return self.nodes[following].first if following < len(self.nodes) else len(self.blocks)


_INVISIBLE = ("\xad", "\u200b", "\u2060", "\ufeff")


def fold(pieces: Sequence[str]) -> str:
    """The pieces as one text: white space folded, breaks as line feeds, invisible characters out."""
    text = pieces[0] if len(pieces) == 1 else "".join(pieces)
    if not text.isascii():
        for sign in _INVISIBLE:
            if sign in text:
                text = text.replace(sign, "")
        if BREAK in text:
            lines = (" ".join(line.split()) for line in text.split(BREAK))
            return "\n".join(line for line in lines if line)
    return " ".join(text.split())


_BEYOND = re.compile("[^\x00-\u303f]")
_WIDE = re.compile("[\u3040-\u9fff\uac00-\ud7af]+")


def effective_size(text: str) -> int:
    """The length, in which a Chinese, Japanese or Korean character counts 2.5 times."""
    if text.isascii() or not _BEYOND.search(text):
        return len(text)
    return len(text) + sum(map(len, _WIDE.findall(text))) * 3 // 2


def is_paragraph(block: Block) -> bool:
    """Long enough and not mostly links: what counts as paragraph mass."""
    return block.size >= LEAST_PARAGRAPH and block.link_chars * 2 < len(block.text)
