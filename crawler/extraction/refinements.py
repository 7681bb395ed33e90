"""The guarded rules that correct what the trees chose."""

import re
from collections.abc import Callable
from itertools import pairwise

from crawler.extraction.appeals import asks_for_support, is_appeal
from crawler.extraction.blocks import Block, Layout, is_paragraph
from crawler.extraction.boxes import drop_boxes
from crawler.extraction.captions import reads_as_caption
from crawler.extraction.choice import MOST_REMOVED, Choice, is_in
from crawler.extraction.class_words import Sign
from crawler.extraction.copies import is_machine_text, is_object, is_written_twice, second_copy
from crawler.extraction.filler import is_filler
from crawler.extraction.further_articles import drop_after_next_headline, drop_further_articles
from crawler.extraction.html_tags import HEADINGS
from crawler.extraction.imprints import is_end_line, is_head_line
from crawler.extraction.newsletters import asks_to_subscribe
from crawler.extraction.paywalls import counts_what_is_left, offers_the_rest
from crawler.extraction.standing import common

_TIME = re.compile(r"(?:[01]?\d|2[0-3])[:.h][0-5]\d(?:\s?(?:Uhr|[ap]\.?m\.?))?$", re.IGNORECASE)
_MARK = re.compile(
    r"(?:\$\$\w+\$\$|\[(\w+)\b[^\]]*\](?:.{0,200}\[/\1\])?|[*_=~#\s-]*(?:advertise?ment|anzeige|werbung|publicité|publicidad|"
    r"pubblicità|advertentie|annonse|annons|reklam[ae]?|реклама|広告|광고)[:*_=~\s-]*"
    r"|(?:story|article) continues (?:below|after)\b.{0,40})$",
    re.IGNORECASE,
)
"""Marks of the editing system and of advertising that stand alone between the paragraphs."""
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:sub-?title|stand-?first|dek|deck|lede|sub-?head(?:line)?|vorspann|chapeau|ingress|sottotitolo|bajada)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_LIST, _MOST_STRAY = 4, 0.2
"""So many headings that are more than this of the story tell it: a list of pictures, each with its line."""
_DOUBTED = 0.4
"""The probability of a heading that the story around it makes good."""
_DOUBTED_OPENING, _OPENING_LEVELS = 0.15, 3
"""The probability of a paragraph before the story that makes it a part, and how far up one element holds both."""
_SHORTEST_SENTENCE, _STOPS = 50, ".!?…。！？”»\"'"
_LEAST_IN_FOOTER = 400
"""Effective characters."""
_MOST_OFFERED = 10
"""Blocks at the end of the story that an offer of its rest may take."""
_END = 3
"""Blocks at the end of the story among which a paywall's counter and lines on its making stand."""
_STANDFIRST_REACH = 4
"""Blocks behind the headline among which a standfirst stands."""


def refine(choice: Choice) -> None:
    """Apply the rules in turn, each to what the one before left."""
    layout = choice.layout
    _drop_footer(choice)
    choice.drop_where("comments", _is_comment(layout), most=0.95)
    choice.drop_where("filler", lambda block: is_filler(block.text), most=0.95)
    drop_boxes(choice)
    choice.drop_where("machine-text", is_object, most=0.95)
    choice.drop_where("machine-text", is_written_twice(choice), most=0.7)
    choice.drop_where("second-copy", is_in(second_copy(choice)), most=0.6)
    choice.drop_where("machine-text", is_machine_text, most=0.3)
    choice.drop_where("appeal", is_appeal(choice))
    choice.drop_where("newsletter", lambda block: asks_to_subscribe(block.text), most=0.1)
    counters = {block.index for block in choice.kept()[-_END:] if counts_what_is_left(block.text)}
    choice.drop_where("paywall", is_in(counters), most=0.2)
    _drop_offer(choice)
    closing = {block.index for block in choice.kept()[-_END:] if asks_for_support(block.text)}
    choice.drop_where("appeal", is_in(closing), most=0.3)
    choice.drop_where("time-stamp", lambda block: bool(_TIME.match(block.text)), most=0.1)
    choice.drop_where("mark", lambda block: bool(_MARK.match(block.text)), most=0.2)
    _keep_standfirst(choice)
    _keep_opening(choice)
    _keep_subheadings(choice)
    drop_further_articles(choice)
    drop_after_next_headline(choice)
    _drop_heads(choice)
    _drop_stray_headings(choice)


def _is_comment(layout: Layout) -> Callable[[Block], bool]:
    """Whether a block is under an element of readers' comments that stands after the first paragraph."""
    start = next((block.index for block in layout.blocks if is_paragraph(block)), 0)

    def matches(block: Block) -> bool:
        return bool(block.node.above & Sign.COMMENT) and any(
            node.signs & Sign.COMMENT and node.first > start for node in block.node.upwards()
        )

    return matches


def _keep_standfirst(choice: Choice) -> None:
    """What stands right behind the headline, is called a standfirst and describes the page opens the story."""
    start = choice.measures.h1
    if start < 0:
        return
    for block in choice.layout.blocks[start + 1 : start + 1 + _STANDFIRST_REACH]:
        if choice.keep[block.index]:
            return
        called = block.size > 30 and not block.links and _STANDFIRST.search(block.node.classes)
        if called and choice.measures.is_description(block.text):
            choice.set(block.index, "standfirst", keep=True)
            return


def _keep_opening(choice: Choice) -> None:
    """Paragraphs right before the story that the trees doubt open it, where one element holds both closely."""
    kept = choice.kept()
    if not kept:
        return
    near, blocks = kept[0], choice.layout.blocks
    for block in reversed(blocks[max(choice.measures.h1, -1) + 1 : near.index]):
        doubted = choice.probabilities[block.index] > _DOUBTED_OPENING and _is_sentence(block)
        if not doubted or (block.node.signs | block.signs) & Sign.CAPTION:
            return
        around = common(block.node, near.node)
        if max(block.node.depth, near.node.depth) - around.depth > _OPENING_LEVELS:
            return
        choice.set(block.index, "opening", keep=True)
        near = block


def _is_sentence(block: Block) -> bool:
    closed = block.size >= _SHORTEST_SENTENCE and block.text[-1] in _STOPS
    return block.node.tag == "p" and not block.links and (closed or is_paragraph(block))


def _drop_footer(choice: Choice) -> None:
    """A few lines that all stand in the page's footer, beside its headline and its articles, are no story."""
    kept = list(choice.kept())
    if choice.size() < _LEAST_IN_FOOTER and all(_stands_in_footer(choice, block) for block in kept):
        for block in kept:
            choice.set(block.index, "footer", keep=False)


def _stands_in_footer(choice: Choice, block: Block) -> bool:
    around = list(block.node.upwards())
    footer = next((node for node in reversed(around) if node.tag == "footer"), None)
    headline = choice.measures.h1
    within = footer is not None and headline >= 0 and footer.first <= headline < choice.layout.end(footer)
    return footer is not None and not within and not any(node.tag in ("article", "main") for node in around)


def _drop_offer(choice: Choice) -> None:
    """From the line on that offers the rest of the story: what a subscription costs, and where to log in."""
    kept = choice.kept()[1:][-_MOST_OFFERED:]
    lines = pairwise([*(block.text for block in kept), ""])
    start = next((block.index for block, line in zip(kept, lines, strict=True) if offers_the_rest(*line)), None)
    if start is not None:
        choice.drop_where("paywall", lambda block: block.index >= start, most=0.85)


def _keep_subheadings(choice: Choice) -> None:
    """A heading that the trees doubt stays where the blocks beside it, in the same element, are of the story."""
    for block in choice.layout.blocks:
        doubted = not choice.keep[block.index] and choice.probabilities[block.index] > _DOUBTED
        if doubted and block.node.tag in HEADINGS and not block.links and _stands_within(choice, block):
            choice.set(block.index, "subheading", keep=True)


def _stands_within(choice: Choice, heading: Block) -> bool:
    """Whether the next block of the same element, before and behind a heading, is kept."""
    blocks, around = choice.layout.blocks, heading.node.parent
    if around is None:
        return False
    before = reversed(blocks[around.first : heading.index])
    behind = blocks[heading.index + 1 : choice.layout.end(around)]
    beside = [next((block for block in side if block.node.parent is around), None) for side in (before, behind)]
    return all(block is not None and choice.keep[block.index] for block in beside)


def _drop_heads(choice: Choice) -> None:
    """Before the first paragraph and at the end: lines that tell who and when. Right under a picture: its caption."""
    blocks = choice.layout.blocks
    authors = choice.measures.authors
    for block in blocks:
        if choice.keep[block.index]:
            if is_paragraph(block):
                break
            if is_head_line(block, authors):
                choice.set(block.index, "head-line", keep=False)
            elif block.node.tag in HEADINGS:
                break
    for block in choice.kept()[-_END:]:
        if is_end_line(block.text, authors):
            choice.set(block.index, "end-line", keep=False)
    for _, before, _ in choice.layout.images:
        under = blocks[before] if before < len(blocks) and choice.keep[before] else None
        if under is not None and under.node.tag not in HEADINGS and reads_as_caption(under):
            choice.set(before, "caption", keep=False)


def _drop_stray_headings(choice: Choice) -> None:
    """A subheading stands only where kept prose follows, and not alone in an element whose prose was dropped."""
    layout = choice.layout
    prose, kept = [0], [0]
    for block in layout.blocks:
        counts = block.node.tag not in HEADINGS
        prose.append(prose[-1] + counts)
        kept.append(kept[-1] + (counts and choice.keep[block.index]))

    def is_stray(block: Block) -> bool:
        if block.node.tag not in HEADINGS or choice.measures.is_description(block.text):
            return False
        around = block.node.parent or block.node
        start, end = around.first, layout.end(around)
        emptied = prose[end] - prose[start] > 0 and kept[end] == kept[start]
        return emptied or kept[-1] == kept[block.index]

    stray = {block.index for block in choice.kept() if is_stray(block)}
    choice.drop_where("stray-heading", is_in(stray), most=MOST_REMOVED if len(stray) < _LIST else _MOST_STRAY)
