"""What a page's build says about its kind: where its prose stands, what is linked, cards, prices, dates."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.extraction.blocks import Block, Layout, Node
from crawler.extraction.lexicon import words
from crawler.extraction.story import Story

_PROSE = 80
_APART = 2
"""Blocks of one run have at most one other between them."""
_PRICE = re.compile(r"[$€£¥₹]\s?\d|\d[\d.,]*\s?(?:€|£|zł\b|kr\b|USD\b|EUR\b|руб|₽|円)")
_DATE = re.compile(
    r"\b\d{1,2}[./]\d{1,2}[./](?:19|20)?\d\d\b|\b(?:19|20)\d\d[-./]\d\d?[-./]\d\d?\b"
    r"|\b\d{1,2}\.? [^\W\d]{3,10}\.?,? (?:19|20)\d\d\b|\b[^\W\d]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d\b"
    r"|\b\d+ (?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?) ago\b|\d+年\d+月\d+日",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"(?:get started|start (?:your )?free|free trial|(?:book|request|schedule|get|watch|see)"
    r" (?:a |your |our )?(?:free )?(?:demo|call|quote|consultation|estimate|appointment)"
    r"|contact (?:us|sales)|sign up(?: free| now)?"
    r"|try (?:it )?(?:for )?free|learn more|get in touch|talk to .{0,20}|call (?:us|now).{0,20}|our services|pricing"
    r"|plans|buy now|shop now|free quote|kontakt aufnehmen|jetzt (?:anfragen|kaufen|testen)|mehr erfahren"
    r"|en savoir plus|nous contacter|solicitar .{0,20}|contáctanos|contattaci|scopri di più)\W*",
    re.IGNORECASE,
)
_READER = words(
    "you your our we us ihre ihren ihnen unser unsere unseren wir vous votre vos nous notre nos usted nuestro nuestra "
    "nosotros"
)
_HEADINGS = frozenset(("h2", "h3", "h4", "h5"))
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Build:
    """The figures of a page's build."""

    prose: int
    """Effective characters of what was chosen as the body."""
    of_page: float
    """The body's share of the page's text."""
    gathered: float
    """The share of the page's prose that stands under one element's children or grandchildren."""
    whole: float
    """The share of body among the blocks from its first to its last."""
    in_a_row: int
    """Effective characters of the body's longest run: single blocks that stand between others interrupt none."""
    linked: float
    """The share of the page's text that is links."""
    most_cards: int
    """The most small linked boxes of one kind that stand side by side."""
    prices: int
    dates: int
    linked_headings: int
    """Among the body's blocks."""
    leading_away: int
    """Linked headings on the whole page."""
    body_linked: float
    """The share of the body's text that is links."""
    calls: int
    to_reader: float
    """The share of 'you', 'we' and the like among the body's words."""


def build_of(story: Story) -> Build:
    """The figures, in one run over the blocks and one over the elements."""
    layout, kept = story.layout, story.choice.kept()
    blocks = layout.blocks
    chars = sum(len(block.text) for block in blocks) or 1
    size = sum(block.size for block in kept)
    first, last = (kept[0].index, kept[-1].index) if kept else (0, -1)
    short = [block.text for block in blocks if len(block.text) < 60]
    return Build(
        prose=size,
        of_page=size / chars,
        gathered=_gathered(blocks),
        whole=len(kept) / (last - first + 1) if kept else 0.0,
        in_a_row=_longest_run(kept),
        linked=sum(block.link_chars for block in blocks) / chars,
        most_cards=_most_cards(layout),
        prices=sum(1 for text in short if _PRICE.search(text)),
        dates=len({text for text in short if _DATE.search(text)}),
        linked_headings=sum(1 for block in blocks[first : last + 1] if _is_linked_heading(block)),
        leading_away=sum(map(_is_linked_heading, blocks)),
        body_linked=sum(block.link_chars for block in kept) / (sum(len(block.text) for block in kept) or 1),
        calls=sum(1 for text in short if len(text) < 40 and _CALL.fullmatch(text)),
        to_reader=_to_reader(kept),
    )


def layout_signs(build: Build) -> Iterator[str]:
    """The signs that the figures show."""
    yield from _below("prose", build.prose, 600, 1_200, 2_500, 5_000)
    yield from _below("body's share", build.of_page, 0.5)
    yield from _below("prose gathered", build.gathered, 0.1, 0.15, 0.3, 0.5, 0.7)
    yield from _below("body whole", build.whole, 0.3, 0.6)
    yield from _below("prose in a row", build.in_a_row, 1_500)
    yield from _above("cards of a kind", build.most_cards, 9)
    yield from _above("prices", build.prices, 0, 3)
    yield from _above("dates", build.dates, 3, 8, 15)
    yield from _above("linked headings", build.linked_headings, 12)
    yield from _above("headings that lead away", build.leading_away, 2, 15)
    yield from _above("body linked", build.body_linked, 0.3)
    yield from _above("calls", build.calls, 1, 3)
    yield from _above("to the reader", build.to_reader, 0.06)
    if build.leading_away > 5 and build.prose < 100 * build.leading_away:
        yield "headings that lead away instead of prose"
    if build.gathered < 0.15 and build.dates > 8:
        yield "prose scattered among dates"


def _below(name: str, value: float, *bounds: float) -> Iterator[str]:
    return (f"{name} below {bound}" for bound in bounds if value < bound)


def _above(name: str, value: float, *bounds: float) -> Iterator[str]:
    return (f"{name} above {bound}" for bound in bounds if value > bound)


def _gathered(blocks: list[Block]) -> float:
    sizes: Counter[int] = Counter()
    for block in blocks:
        if block.size >= _PROSE and block.link_chars * 2 < len(block.text):
            sizes[_container(block.node).index] += block.size
    return max(sizes.values()) / sum(sizes.values()) if sizes else 0.0


def _container(node: Node) -> Node:
    """The element above a paragraph's parent."""
    for _ in range(2 if node.tag in ("p", "li", "blockquote") else 1):
        node = node.parent if node.parent is not None else node
    return node


def _longest_run(kept: Sequence[Block]) -> int:
    longest = size = 0
    latest = -1
    for block in kept:
        size = block.size + (size if block.index - latest <= _APART else 0)
        longest, latest = max(longest, size), block.index
    return longest


def _most_cards(layout: Layout) -> int:
    """The most boxes of one kind that stand side by side, each with a link and little text."""
    counts: Counter[tuple[int, str]] = Counter()
    for node in layout.nodes:
        if node.links >= 10 and 30 <= node.chars <= 900 and node.parent is not None:
            counts[node.parent.index, node.tag] += layout.end(node) - node.first >= 2
    return max(counts.values(), default=0)


def _is_linked_heading(block: Block) -> bool:
    return block.node.tag in _HEADINGS and len(block.text) >= 15 and block.link_chars > 0.7 * len(block.text)


def _to_reader(kept: Sequence[Block]) -> float:
    found = _WORD.findall(" ".join(block.text for block in kept)[:3_000].casefold())
    return sum(word in _READER for word in found) / max(50, len(found))
