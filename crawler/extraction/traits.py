"""What is measured of each block: the numbers that the chooser decides by.

Half of them are the same for all blocks that stand side by side with the same tag and class (KIN_NAMES), half are the
block's own (OWN_NAMES); the first half is measured, and scored, once for all of them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise, repeat

from crawler.extraction.blocks import Block, Layout, Node, is_paragraph
from crawler.extraction.class_words import Sign
from crawler.extraction.html_tags import OTHER_TAG, TAG_BITS, TAG_CODES

_H1, IN_MAIN = TAG_BITS["h1"], TAG_BITS["main"]
MARGINS = TAG_BITS["nav"] | TAG_BITS["footer"]
MENUS = MARGINS | TAG_BITS["ul"] | Sign.NAVIGATION
_MAIN_SHARE = 0.72
ENDS = (".", "!", "?", "…", "。", "！", "？", "»", "”", '"', "؟", "।", "۔", "“", "’", ")")
_WORD = re.compile(r"\w+")
AROUND = (
    Sign.HIDDEN, Sign.RECIRCULATION, Sign.TEASER, Sign.SIDEBAR, Sign.BIOGRAPHY, Sign.BOX, Sign.LEAD, Sign.MEDIA,
    Sign.TAGS, Sign.CAPTION, Sign.COMMENT, Sign.BODY, TAG_BITS["table"], TAG_BITS["figure"], TAG_BITS["form"],
    TAG_BITS["details"], TAG_BITS["li"],
)  # fmt: skip
"""What the elements between the main container and a block may say."""
DOUBTS = (
    Sign.COMMENT | Sign.RELATED | Sign.RECIRCULATION | Sign.SHARE | Sign.CAPTION | Sign.BYLINE | Sign.PROMOTION
    | Sign.ADVERTISING | Sign.CONSENT | Sign.TAGS | Sign.SIDEBAR | Sign.TEASER | Sign.NAVIGATION | Sign.HIDDEN
    | Sign.BIOGRAPHY | Sign.MEDIA | TAG_BITS["form"] | TAG_BITS["figure"]
)  # fmt: skip
"""Signs of something else than prose; how many of them there are says more than any one."""
NOTICES = (
    "newsletter", "cookie", "subscri", "abonn", "suscr", "privacy", "datenschutz", "©", "copyright", "sign up",
    "e-mail", "advertis", "affiliate", "donat",
)  # fmt: skip
"""What the small print between paragraphs is about: offers, consent, rights; parts of words in lower case."""
LONGEST_NOTICE = 500
LONGEST_TWIN = 50
"""Characters in which two texts agree that are twins."""
FAR = 999
_LONG_SINCE = 99
_REACH = 60
"""Blocks: what is farther from any paragraph than this, and not in the main container with them, is not asked for."""


def main_container(layout: Layout) -> Node:
    """Descend from the root while one child keeps most of the paragraph mass."""
    nodes = layout.nodes
    main = nodes[0]
    for node in nodes:
        if node.parent is main and node.mass >= _MAIN_SHARE * main.mass > 0:
            main = node
    return main


@dataclass(frozen=True, slots=True)
class Heads:
    """What the page's head says, to compare blocks with."""

    title: str = ""
    description: str = ""
    is_news: bool = False
    """Whether its data calls the page news."""
    authors: frozenset[str] = frozenset()
    """The words of its authors' names, in lower case."""


class Measures:
    """The page-wide sums behind the traits, computed once."""

    def __init__(self, layout: Layout, heads: Heads) -> None:
        self.layout = layout
        self.main = main_container(layout)
        self.mass = max(1, layout.nodes[0].mass)
        self.chars = max(1, layout.nodes[0].chars)
        self.title = _folded(heads.title)
        self.description = _folded(heads.description)[:80]
        self.is_news = heads.is_news
        self.authors = heads.authors
        self.ranks = _article_ranks(layout)
        self.h1 = _headline_index(layout, self.title)
        self.groups = _groups(layout)
        self._run_through()

    def _run_through(self) -> None:
        """Running sums, and what is near the paragraphs."""
        main, blocks = self.main, self.layout.blocks
        masses = [block.size if is_paragraph(block) else 0 for block in blocks]
        paragraphs = [index for index, mass in enumerate(masses) if mass]
        inside = [index for index in paragraphs if main.index <= blocks[index].node.index <= main.last]
        self.first, self.last = (inside[0], inside[-1]) if inside else (0, len(blocks))
        self.before = list(accumulate([block.size for block in blocks], initial=0))
        self.mass_before = list(accumulate(masses, initial=0))
        self.near = _around(paragraphs, len(blocks))
        self.since_picture = _since_picture(self.layout)
        self.twins = Counter([block.text[:LONGEST_TWIN] for block in blocks if block.size > 30])
        self.main_start = self.before[min(main.first, len(blocks))]
        self.main_chars = max(1, main.chars)

    def kin(self, node: Node) -> tuple[float, ...]:
        """What all blocks of a node's kin share, in the order of KIN_NAMES."""
        main, mass = self.main, self.mass
        parent = node.parent or node
        grand = parent.parent or parent
        great = grand.parent or grand
        inside = main.index <= node.index <= main.last
        same_size, same_count, same_links = self.groups.get(signature(node), (0, 0, 0))
        return (
            TAG_CODES.get(node.tag, OTHER_TAG),
            node.depth,
            node.depth - main.depth if inside else -1,
            0 if inside else main.depth - _shared_depth(node, main),
            parent.mass / mass, parent.paragraphs, grand.mass / mass, grand.paragraphs, great.mass / mass,
            parent.links / max(1, parent.chars), grand.links / max(1, grand.chars),
            same_size / self.chars, same_count, same_links / max(1, same_size), same_size / max(1, same_count),
            node.hidden, self.ranks[node.index], len(self.layout.blocks), self.mass, main.mass / mass,
            node.above & IN_MAIN and 1, *_sign_traits(node.above & ~main.above, node.signs),
        )  # fmt: skip

    def own(self, block: Block) -> tuple[float, ...]:
        """What is the block's own, in the order of OWN_NAMES."""
        index, text, node, blocks = block.index, block.text, block.node, self.layout.blocks
        before = blocks[index - 1] if index else None
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        return (
            block.size, block.link_chars / len(text), node.mass / self.mass, node.links / max(1, node.chars),
            (self.before[index] - self.main_start) / self.main_chars,
            self.mass_before[index] / self.mass, 1 - self.mass_before[index + 1] / self.mass,
            index - self.first, self.last - index, index - self.h1 if self.h1 >= 0 else -FAR,
            _sameness(node, before.node) if before else 0, after.size if after else 0,
            after.link_chars / len(after.text) if after else 0, _sameness(node, after.node) if after else 0,
            text.endswith(ENDS), text.count(" "), before.size if before else 0,
            before.link_chars / len(before.text) if before else 0, self.since_picture[index], len(block.marks),
            all_marked(block), self.twins.get(text[:LONGEST_TWIN], 0), _count_notices(text),
        )  # fmt: skip

    def is_description(self, text: str) -> bool:
        """Whether the text is what the page's head describes it with."""
        description = self.description
        if len(description) <= 20:
            return False
        folded = _folded(text[:400])
        return folded.startswith(description[: max(20, len(folded))])


def is_candidate(measures: Measures, block: Block) -> bool:
    """Whether a block can matter: near the paragraphs, no short link in a menu, no line in the page's margins."""
    index, main, node = block.index, measures.main, block.node
    inside = main.index <= node.index <= main.last
    if not measures.near[index] and not (inside and main.mass):
        return False
    if not inside:
        least = 80 if block.link_chars >= 0.9 * len(block.text) else 40
        return block.size >= least and not node.above & ~main.above & MARGINS
    return block.size >= 25 or block.link_chars * 2 < len(block.text) or not node.above & MENUS


def signature(node: Node) -> tuple[str, str, str]:
    """Tag, class and the parent's class: blocks of one kind share it."""
    parent = node.parent
    return node.tag, node.classes, parent.classes if parent is not None else ""


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def _groups(layout: Layout) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    """Size, count and link characters of the blocks of each signature."""
    groups: dict[tuple[str, str, str], tuple[int, int, int]] = {}
    for block in layout.blocks:
        kind = signature(block.node)
        size, count, links = groups.get(kind, (0, 0, 0))
        groups[kind] = size + block.size, count + 1, links + block.link_chars
    return groups


def _shared_depth(node: Node, main: Node) -> int:
    """The depth of the lowest element around both."""
    around: Node | None = node
    while around is not None and not around.index <= main.index <= around.last:
        around = around.parent
    return around.depth if around is not None else 0


def _article_ranks(layout: Layout) -> list[int]:
    """For each node, which of the page's article elements with paragraphs it stands in: 1, 2, …; 0 for none."""
    ranks = [0] * len(layout.nodes)
    articles = (node for node in layout.nodes if node.tag == "article" and node.paragraphs >= 2)
    for rank, article in enumerate(articles, 1):
        ranks[article.index : article.last + 1] = [rank] * (article.last + 1 - article.index)
    return ranks


def _headline_index(layout: Layout, title: str) -> int:
    """The block of the h1 that shares most words with the title; -1 without any h1."""
    best, best_score = -1, -1.0
    words = set(title.split())
    for block in layout.blocks:
        if block.node.above & _H1:
            own = set(_WORD.findall(block.text.lower()))
            score = len(own & words) / max(1, len(own | words))
            if score > best_score:
                best, best_score = block.index, score
    return best


def _around(paragraphs: Sequence[int], count: int) -> bytearray:
    """For each block, 1 where a paragraph is in reach."""
    near = bytearray(count)
    for index in paragraphs:
        start, end = max(0, index - _REACH), min(count, index + _REACH + 1)
        near[start:end] = b"\1" * (end - start)
    return near


@lru_cache(maxsize=8192)
def _sign_traits(around: int, own: int) -> tuple[int, ...]:
    """What is said by the elements between the main container and a block, and by the innermost one."""
    said = [1 if around & sign else 0 for sign in AROUND]
    return *said, 1 if own & Sign.BODY else 0, (around & DOUBTS).bit_count()


def _since_picture(layout: Layout) -> list[int]:
    """For each block, how many blocks stand between it and the picture before it."""
    count = len(layout.blocks)
    places = sorted({before for _, before, _ in layout.images if before < count})
    since = [_LONG_SINCE] * (places[0] if places else count)
    for here, following in pairwise([*places, count]):
        since += [*range(min(following - here, _LONG_SINCE)), *repeat(_LONG_SINCE, following - here - _LONG_SINCE)]
    return since


def all_marked(block: Block) -> bool:
    """Whether the whole block is set in one bold or italic element."""
    marks = block.marks
    if not marks:
        return False
    start, _, first = marks[0]
    end, _, last = marks[-1]
    return first is last and start == 0 and end == len(block.pieces) and first.tag in ("b", "strong", "em", "i")


def _count_notices(text: str) -> int:
    """How many words of the small print a short text has."""
    if len(text) > LONGEST_NOTICE:
        return 0
    lowered = text.lower()
    return sum(map(lowered.__contains__, NOTICES))


def _sameness(node: Node, other: Node) -> int:
    """1, and one more each for the same parent and the same class."""
    return 1 + (other.parent is node.parent) + (other.classes == node.classes)
