"""The page cut into blocks: one iterative walk over the tree, splitting at block elements and double line breaks."""

from lxml.etree import _Element as Element

from crawler.extraction.blocks import BREAK, Block, Layout, Node, effective_size, fold, is_paragraph
from crawler.extraction.class_words import Sign, class_signs
from crawler.extraction.html_tags import BLOCKS, CONTROLS, INLINES, RAW

_SKIP, _BLOCK, _INLINE, _LINK, _BR, _IMAGE, _NOSCRIPT, _CONTROL, _MENU, _UNKNOWN = range(10)
_KINDS: dict[str, int] = {
    **dict.fromkeys(INLINES, _INLINE),
    **dict.fromkeys(RAW, _SKIP),
    **dict.fromkeys(CONTROLS, _CONTROL),
    **dict.fromkeys(BLOCKS, _BLOCK),
    "a": _LINK,
    "br": _BR,
    "noscript": _NOSCRIPT,
    "nav": _MENU,
    "img": _IMAGE,
    "amp-img": _IMAGE,
}
_COMMENT = Sign.COMMENT
_CHECKS = 60
"""How many skipped controls are searched for paragraphs that the parser nested in them; keeps the walk linear."""
_DEEPEST = 12
"""How many open inline elements a block that starts inside them takes along."""


def segment(root: Element, without: frozenset[Element] = frozenset()) -> Layout:
    """Cut the page into blocks, passing over the elements in `without`."""
    walk = _Walk(without)
    walk.run(root)
    layout = Layout(walk.nodes, walk.blocks, walk.images)
    _sum_up(layout)
    return layout


class _Walk:
    """The walk's state: what is open and the block being collected.

    Most block elements of a page hold no text of their own or anybody's, so that an element becomes a node only when
    the first block or picture under it is found.
    """

    def __init__(self, without: frozenset[Element]) -> None:
        self.without = without
        self.nodes: list[Node] = []
        self.blocks: list[Block] = []
        self.images: list[tuple[Element, int, Node]] = []
        self.open_elements: list[tuple[Element, str]] = []
        self.open_nodes: list[Node] = []
        self.open_links: list[Element] = []
        self.open_inlines: list[Element] = []
        self.checks = _CHECKS
        self.start()

    def start(self) -> None:
        self.pieces: list[str] = []
        self.marks: list[tuple[int, bool, Element]] = []
        self.links: list[Element] = []
        if self.open_inlines:
            self.marks += [(0, True, element) for element in self.open_inlines[-_DEEPEST:]]
            self.links += self.open_links[-_DEEPEST:]
        self.link_chars = self.signs = 0
        self.blank = True
        self.broken = False

    def run(self, root: Element) -> None:
        """Take each element in turn: open it, go through what is in it, close it, go on behind it."""
        self.open_elements.append((root, "html"))
        self.node()
        entered: list[tuple[Element, int]] = [(root, _BLOCK)]
        element = next(iter(root), None)
        while entered:
            if element is None:
                element, kind = entered.pop()
            else:
                kind = self.enter(element)
                if kind and len(element):
                    entered.append((element, kind))
                    element = element[0]
                    continue
            if kind:
                self.leave(element, kind)
            text = element.tail
            if text and not (self.blank and text.isspace()):
                self.add(text)
            element = element.getnext()

    def enter(self, element: Element) -> int:
        """Open an element; what kind to close it as, or _SKIP to pass over it."""
        tag = element.tag
        kind = _KINDS.get(tag, _UNKNOWN)
        if self.without and element in self.without:
            return _SKIP
        if kind >= _BR:
            kind = self.enter_rare(element, kind, tag)
        if kind == _BLOCK:
            if self.pieces or self.marks:
                self.flush()
            self.open_elements.append((element, tag))
        elif kind:
            self.enter_inline(element, kind)
        else:
            return _SKIP
        text = element.text
        if text and not (self.blank and text.isspace()):
            self.add(text)
        return kind

    def enter_inline(self, element: Element, kind: int) -> None:
        if kind == _LINK:
            self.open_links.append(element)
            self.links.append(element)
        elif names := element.get("class"):
            self.signs |= class_signs(names)
        self.open_inlines.append(element)
        self.marks.append((len(self.pieces), True, element))

    def leave(self, element: Element, kind: int) -> None:
        if kind == _BLOCK:
            if self.pieces or self.marks:
                self.flush()
            self.open_elements.pop()
            if len(self.open_nodes) > len(self.open_elements):
                self.open_nodes.pop().last = len(self.nodes) - 1
            return
        self.open_inlines.pop()
        self.marks.append((len(self.pieces), False, element))
        if kind == _LINK:
            self.open_links.pop()

    def enter_rare(self, element: Element, kind: int, tag: str) -> int:
        """Note breaks and pictures; pass over menus and controls, but not the page that the parser put in one."""
        if kind == _UNKNOWN:
            return _SKIP if tag.__class__ is not str else _BLOCK if "-" in tag else _INLINE
        if kind == _BR:
            self.line_break()
            return _INLINE if len(element) or element.text else _SKIP
        if kind == _IMAGE:
            self.images.append((element, len(self.blocks), self.node()))
        elif kind == _NOSCRIPT:
            self.images.extend((image, len(self.blocks), self.node()) for image in element.iter("img"))
        elif self.holds_paragraphs(element):
            return _BLOCK if kind == _MENU else _INLINE
        return _SKIP

    def holds_paragraphs(self, element: Element) -> bool:
        """Whether what is usually passed over has paragraphs in it; asked so many times and no more."""
        if len(element) == 0 or self.checks <= 0:
            return False
        self.checks -= 1
        return next(element.iter("p"), None) is not None

    def node(self) -> Node:
        """The innermost open block element as a node."""
        open_nodes = self.open_nodes
        for element, tag in self.open_elements[len(open_nodes) :]:
            parent = open_nodes[-1] if open_nodes else None
            node = Node(element, tag, parent, len(self.nodes), len(self.blocks))
            open_nodes.append(node)
            self.nodes.append(node)
        return open_nodes[-1]

    def add(self, text: str) -> None:
        """Collect text."""
        if text.isspace():
            if not self.blank:
                self.pieces.append(" ")
            return
        self.pieces.append(text)
        self.blank = self.broken = False
        if self.open_links:
            self.link_chars += len(text)

    def line_break(self) -> None:
        if self.broken and not self.blank:
            self.flush()
        else:
            self.pieces.append(BREAK)
            self.broken = True

    def flush(self) -> None:
        """Close the block being collected."""
        if not self.blank and (text := fold(self.pieces)):
            block = Block(
                self.node(),
                len(self.blocks),
                text,
                min(self.link_chars, len(text)),
                self.signs,
                self.links or (),
                self.pieces,
                self.marks or (),
                effective_size(text),
            )
            self.blocks.append(block)
        self.start()


def _sum_up(layout: Layout) -> None:
    """Sum each node over its blocks and children; readers' comments are no paragraph mass of what is around them."""
    first_paragraph = len(layout.blocks)
    for block in layout.blocks:
        node = block.node
        node.chars += block.size
        node.links += block.link_chars
        if is_paragraph(block):
            node.mass += block.size
            node.paragraphs += 1
            if block.index < first_paragraph:
                first_paragraph = block.index
    for node in reversed(layout.nodes):
        parent = node.parent
        if parent is not None:
            parent.chars += node.chars
            parent.links += node.links
            if node.paragraphs and not (node.signs & _COMMENT and node.first > first_paragraph):
                parent.mass += node.mass
                parent.paragraphs += node.paragraphs
