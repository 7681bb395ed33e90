"""What is measured of each block: the numbers that the chooser decides by."""

import re
from collections import defaultdict

from crawler.extraction.blocks import TAG_BITS, Block, Layout, Node, is_paragraph
from crawler.extraction.class_words import Sign

_TAG_CODES = {
    name: code
    for code, name in enumerate(
        ["p", "div", "li", "blockquote", "h2", "h3", "h4", "h1", "h5", "h6", "td", "section", "article", "figcaption", "pre", "dd", "dt", "th", "span"], 1
    )
}
_OWN = (
    Sign.COMMENT, Sign.RELATED, Sign.RECIRCULATION, Sign.SHARE, Sign.CAPTION, Sign.BYLINE, Sign.DATE, Sign.PROMOTION,
    Sign.ADVERTISING, Sign.TAGS, Sign.TEASER, Sign.LEAD, Sign.BODY, Sign.NAVIGATION, Sign.HIDDEN, Sign.TITLE, Sign.BIOGRAPHY,
    Sign.BOX, Sign.QUOTE, Sign.EMBED, Sign.MEDIA, Sign.PARAGRAPH,
)  # fmt: skip
_ABOVE = (
    Sign.COMMENT, Sign.RELATED, Sign.RECIRCULATION, Sign.SHARE, Sign.CAPTION, Sign.BYLINE, Sign.DATE, Sign.PROMOTION,
    Sign.ADVERTISING, Sign.CONSENT, Sign.TAGS, Sign.SIDEBAR, Sign.TEASER, Sign.LEAD, Sign.BODY, Sign.NAVIGATION, Sign.HIDDEN,
    Sign.BIOGRAPHY, Sign.BOX, Sign.QUOTE, Sign.EMBED, Sign.MEDIA, Sign.WIDGET,
)  # fmt: skip
_TAGS = ("article", "main", "aside", "footer", "header", "figure", "form", "blockquote", "ul", "ol", "table", "section")
_STRUCTURE = ["tag", "size", "link_density", "link_count", "depth", "below_main", "beside_main", "node_share", "node_paragraphs", "parent_share", "parent_paragraphs", "grand_share", "grand_paragraphs", "great_share", "node_links", "parent_links", "grand_links", "page_position", "main_position", "mass_before", "mass_after", "from_first", "from_last", "h1_distance", "same_share", "same_count", "same_links", "previous_size", "previous_links", "previous_tag", "previous_same", "next_size", "next_links", "next_tag", "next_same", "since_paragraph", "until_paragraph", "ends_sentence", "ends_colon", "upper", "digits", "commas", "lines", "is_title", "repeated", "hidden", "page_blocks", "page_mass", "words", "main_share", "articles", "same_mean"]
NAMES: tuple[str, ...] = (
    *_STRUCTURE,
    *(f"own_{sign.name}".lower() for sign in _OWN),
    *(f"above_{sign.name}".lower() for sign in _ABOVE),
    *(f"in_{tag}" for tag in _TAGS),
)
"""The traits in the order in which `measure` gives them."""

_MAIN_SHARE = 0.72
_ENDS = (".", "!", "?", "…", "。", "！", "？", "»", "”", '"', "؟", "।", "۔", "“", "’", ")")
_WORD = re.compile(r"\w+")
_FAR = 999


def main_container(layout: Layout) -> Node:
    """Descend from the root while one child keeps most of the paragraph mass."""
    nodes = layout.nodes
    main = nodes[0]
    for node in nodes[1:]:
        if node.parent is main and node.mass >= _MAIN_SHARE * main.mass > 0:
            main = node
    return main


class Measures:
    """The page-wide sums behind the traits, computed once."""

    def __init__(self, layout: Layout, title: str) -> None:
        self.layout = layout
        self.main = main = main_container(layout)
        self.mass = max(1, layout.nodes[0].mass)
        self.chars = max(1, layout.nodes[0].chars)
        self.title = " ".join(_WORD.findall(title.lower()))
        self.shared = _shared_depths(layout, main)
        self.h1 = _headline_index(layout, self.title)
        self.groups: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        for block in layout.blocks:
            group = self.groups[signature(block.node)]
            group[0] += block.size
            group[1] += 1
            group[2] += block.link_chars
        inside = [b.index for b in layout.blocks if main.index <= b.node.index <= main.last and is_paragraph(b)]
        self.first, self.last = (inside[0], inside[-1]) if inside else (0, len(layout.blocks))
        self.by_node: dict[int, tuple[float, ...]] = {}

    def of_node(self, node: Node) -> tuple[float, ...]:
        """What every block of one block element shares."""
        known = self.by_node.get(node.index)
        if known is None:
            known = self.by_node[node.index] = self._node_traits(node)
        return known

    def _node_traits(self, node: Node) -> tuple[float, ...]:
        main, mass = self.main, self.mass
        parent = node.parent or node
        grand = parent.parent or parent
        great = grand.parent or grand
        inside = main.index <= node.index <= main.last
        group = self.groups.get(signature(node), (0, 0, 0))
        articles = 0
        return (
            node.depth,
            node.depth - main.depth if inside else -1,
            0 if inside else main.depth - self.shared[node.index],
            node.mass / mass, node.paragraphs, parent.mass / mass, parent.paragraphs, grand.mass / mass, grand.paragraphs,
            great.mass / mass,
            node.links / max(1, node.chars), parent.links / max(1, parent.chars), grand.links / max(1, grand.chars),
            group[0] / self.chars, group[1], group[2] / max(1, group[0]), group[0] / max(1, group[1]),
            node.hidden, articles,
        )  # fmt: skip


def signature(node: Node) -> tuple[str, str, str]:
    """Tag, class and the parent's class: blocks of one kind share it."""
    parent = node.parent
    return node.tag, node.classes, parent.classes if parent is not None else ""


def _shared_depths(layout: Layout, main: Node) -> list[int]:
    """For each node, the depth of its lowest common ancestor with the main container."""
    depths: list[int] = []
    for node in layout.nodes:
        if node.parent is None or node.index <= main.index <= node.last:
            depths.append(node.depth)
        else:
            depths.append(depths[node.parent.index])
    return depths


def _headline_index(layout: Layout, title: str) -> int:
    """The block of the h1 that shares most words with the title; -1 without any h1."""
    best, best_score = -1, -1.0
    words = set(title.split())
    for block in layout.blocks:
        if block.node.tag == "h1" or block.node.above & TAG_BITS["h1"]:
            own = set(_WORD.findall(block.text.lower()))
            score = len(own & words) / max(1, len(own | words))
            if score > best_score:
                best, best_score = block.index, score
    return best


def measure(layout: Layout, title: str, chosen: list[int] | None = None) -> tuple[Measures, list[list[float]]]:
    """The traits of the blocks (of those with the given indices), in the order of NAMES."""
    measures = Measures(layout, title)
    blocks = layout.blocks
    count = len(blocks)
    before, mass_before = _running(blocks)
    until, since = _paragraph_distances(blocks)
    seen: dict[str, int] = {}
    for block in blocks:
        seen.setdefault(block.text, block.index)
    main_start, main_chars = before[_first_block(measures.main, count)], max(1, measures.main.chars)
    rows = []
    for index in range(count) if chosen is None else chosen:
        block = blocks[index]
        previous, following = blocks[index - 1] if index else None, blocks[index + 1] if index + 1 < count else None
        (depth, below, beside, share, paragraphs, parent_share, parent_paragraphs, grand_share, grand_paragraphs, great_share,
         links, parent_links, grand_links, same_share, same_count, same_links, same_mean, hidden, articles) = measures.of_node(block.node)  # fmt: skip
        text, length = block.text, len(block.text)
        above, own = block.node.above, block.node.signs | block.signs
        row = [
            _TAG_CODES.get(block.node.tag, 30), block.size, block.link_chars / length, len(block.links), depth, below, beside,
            share, paragraphs, parent_share, parent_paragraphs, grand_share, grand_paragraphs, great_share, links, parent_links,
            grand_links, before[index] / measures.chars, (before[index] - main_start) / main_chars,
            mass_before[index] / measures.mass, 1 - mass_before[index + 1] / measures.mass,
            index - measures.first, measures.last - index, index - measures.h1 if measures.h1 >= 0 else -_FAR,
            same_share, same_count, same_links,
            *_neighbour(block, previous), *_neighbour(block, following),
            since[index], until[index],
            text.endswith(_ENDS), text.endswith((":", "：")),
            sum(map(str.isupper, text[:100])) / min(length, 100), sum(map(str.isdigit, text[:100])) / min(length, 100),
            text.count(","), text.count("\n"), _same_words(text, measures.title), seen[text] != index, hidden, count,
            measures.mass, text.count(" "), measures.main.mass / measures.mass, articles, same_mean,
        ]  # fmt: skip
        row += [1.0 if own & bit else 0.0 for bit in _OWN]
        row += [1.0 if above & bit else 0.0 for bit in _ABOVE]
        row += [1.0 if above & TAG_BITS[tag] else 0.0 for tag in _TAGS]
        rows.append(row)
    return measures, rows


def _first_block(node: Node, count: int) -> int:
    return min(node.first, count)


def _running(blocks: list[Block]) -> tuple[list[int], list[int]]:
    """Characters and paragraph mass before each block, and in all."""
    chars, mass = [0], [0]
    for block in blocks:
        chars.append(chars[-1] + block.size)
        mass.append(mass[-1] + (block.size if is_paragraph(block) else 0))
    return chars, mass


def _paragraph_distances(blocks: list[Block]) -> tuple[list[int], list[int]]:
    """How many blocks until the next and since the last paragraph."""
    count = len(blocks)
    since, until = [_FAR] * count, [_FAR] * count
    last = -_FAR
    for index in range(count):
        since[index] = min(_FAR, index - last)
        if is_paragraph(blocks[index]):
            last = index
    following = count + _FAR
    for index in range(count - 1, -1, -1):
        until[index] = min(_FAR, following - index)
        if is_paragraph(blocks[index]):
            following = index
    return until, since


def _neighbour(block: Block, other: Block | None) -> tuple[float, float, float, float]:
    if other is None:
        return 0, 0, 0, 0
    return (
        other.size,
        other.link_chars / len(other.text),
        _TAG_CODES.get(other.node.tag, 30),
        1 + (other.node.parent is block.node.parent) + (other.node.classes == block.node.classes),
    )


def _same_words(text: str, title: str) -> float:
    if not title or len(text) > 2 * len(title) + 40:
        return 0.0
    words = " ".join(_WORD.findall(text.lower()))
    return 2.0 if words == title else 1.0 if len(words) > 15 and (words in title or title in words) else 0.0
