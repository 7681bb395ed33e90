"""The page cut into blocks: one iterative walk over the tree, splitting at block elements and double line breaks."""

from lxml.etree import _Element as Element

from crawler.extraction.blocks import BREAK, Block, Layout, Node, effective_size, fold, is_paragraph
from crawler.extraction.class_words import Sign, class_signs
from crawler.extraction.html_tags import BLOCKS, CONTROLS, INLINES, RAW

SKIP, BLOCK, INLINE, LINK, BR, IMAGE, NOSCRIPT, CONTROL, MENU, UNKNOWN = range(10)
KINDS: dict[str, int] = {
    **dict.fromkeys(INLINES, INLINE),
    **dict.fromkeys(RAW, SKIP),
    **dict.fromkeys(CONTROLS, CONTROL),
    **dict.fromkeys(BLOCKS, BLOCK),
    "a": LINK,
    "br": BR,
    "noscript": NOSCRIPT,
    "nav": MENU,
    "img": IMAGE,
    "amp-img": IMAGE,
}
_COMMENT = Sign.COMMENT
CHECKS = 60
"""How many skipped controls are searched for paragraphs that the parser nested in them; keeps the walk linear."""
DEEPEST = 12
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
        self.checks = CHECKS
        self.start()

    def start(self) -> None:
        self.pieces: list[str] = []
        self.marks: list[tuple[int, bool, Element]] = []
        self.links: list[Element] = []
        if self.open_inlines:
            self.marks += [(0, True, element) for element in self.open_inlines[-DEEPEST:]]
            self.links += self.open_links[-DEEPEST:]
        self.link_chars = self.signs = 0
        self.blank = True
        self.broken = False

    def run(self, root: Element) -> None:
        """Take each element in turn: open it, go through what is in it, close it, go on behind it."""
        self.open_elements.append((root, "html"))
        self.node()
        entered: list[tuple[Element, int]] = [(root, BLOCK)]
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
        """Open an element; what kind to close it as, or SKIP to pass over it."""
        tag = element.tag
        kind = KINDS.get(tag, UNKNOWN)
        if self.without and element in self.without:
            return SKIP
        if kind >= BR:
            kind = self.enter_rare(element, kind, tag)
        if kind == BLOCK:
            if self.pieces or self.marks:
                self.flush()
            self.open_elements.append((element, tag))
        elif kind:
            self.enter_inline(element, kind)
        else:
            return SKIP
        text = element.text
        if text and not (self.blank and text.isspace()):
            self.add(text)
        return kind

    def enter_inline(self, element: Element, kind: int) -> None:
        if kind == LINK:
            self.open_links.append(element)
            self.links.append(element)
        elif names := element.get("class"):
            self.signs |= class_signs(names)
        self.open_inlines.append(element)
        self.marks.append((len(self.pieces), True, element))

    def leave(self, element: Element, kind: int) -> None:
        if kind == BLOCK:
            if self.pieces or self.marks:
                self.flush()
            self.open_elements.pop()
            if len(self.open_nodes) > len(self.open_elements):
                self.open_nodes.pop().last = len(self.nodes) - 1
            return
        self.open_inlines.pop()
        self.marks.append((len(self.pieces), False, element))
        if kind == LINK:
            self.open_links.pop()

    def enter_rare(self, element: Element, kind: int, tag: str) -> int:
        """Note breaks and pictures; pass over menus and controls, but not the page that the parser put in one."""
        if kind == UNKNOWN:
            return SKIP if tag.__class__ is not str else BLOCK if "-" in tag else INLINE
        if kind == BR:
            self.line_break()
            return INLINE if len(element) or element.text else SKIP
        if kind == IMAGE:
            self.images.append((element, len(self.blocks), self.node()))
        elif kind == NOSCRIPT:
            self.images.extend((image, len(self.blocks), self.node()) for image in element.iter("img"))
        elif self.holds_paragraphs(element):
            return BLOCK if kind == MENU else INLINE
        return SKIP

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
