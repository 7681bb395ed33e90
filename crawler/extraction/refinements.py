"""The guarded rules that correct what the trees chose."""

import re
from collections.abc import Callable, Container
from functools import lru_cache

from crawler.extraction.appeals import is_appeal
from crawler.extraction.blocks import Block, Layout, Node, is_paragraph
from crawler.extraction.captions import reads_as_caption
from crawler.extraction.choice import MOST_REMOVED, Choice
from crawler.extraction.class_words import Sign
from crawler.extraction.copies import is_machine_text, is_written_twice, second_copy
from crawler.extraction.html_tags import HEADINGS
from crawler.extraction.imprints import is_end_line, is_head_line
from crawler.extraction.newsletters import asks_to_subscribe
from crawler.extraction.paywalls import counts_what_is_left

_PLACEHOLDERS = (
    "sourcepoint", "onetrust", "didomi", "usercentrics", "cmplz", "cookiebot", "borlabs", "social-placeholder",
    "consent-placeholder", "embed-consent", "embed-placeholder", "embed-privacy", "privacy-placeholder",
    "consent-overlay", "cookie-placeholder", "optanon", "qc-cmp", "iubenda", "cky-consent", "cybotcookie", "trustarc",
)  # fmt: skip
"""Class names of boxes that stand in for content that waits for consent."""
_PLACEHOLDER = re.compile(r"\bot-(?:sdk|pc|cat|main)")
_TIME = re.compile(r"(?:[01]?\d|2[0-3])[:.h][0-5]\d(?:\s?(?:Uhr|[ap]\.?m\.?))?$", re.IGNORECASE)
_LEAST_OWN = 300
"""Effective characters of an article element that make it the story, if the headline stands in it."""
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
_END = 3
"""Blocks at the end of the story among which a paywall's counter and lines on its making stand."""
_STANDFIRST_REACH = 4
"""Blocks behind the headline among which a standfirst stands."""


def refine(choice: Choice) -> None:
    """Apply the rules in turn, each to what the one before left."""
    layout = choice.layout
    choice.drop_where("comments", _is_comment(layout), most=0.95)
    choice.drop_where("placeholder", _is_placeholder(choice), most=0.95)
    choice.drop_where("machine-text", is_written_twice(choice), most=0.7)
    choice.drop_where("second-copy", _is_in(second_copy(choice)), most=0.6)
    choice.drop_where("machine-text", is_machine_text, most=0.3)
    choice.drop_where("appeal", is_appeal(choice))
    choice.drop_where("newsletter", lambda block: asks_to_subscribe(block.text), most=0.1)
    counters = {block.index for block in choice.kept()[-_END:] if counts_what_is_left(block.text)}
    choice.drop_where("paywall", _is_in(counters), most=0.2)
    choice.drop_where("time-stamp", lambda block: bool(_TIME.match(block.text)), most=0.1)
    choice.drop_where("mark", lambda block: bool(_MARK.match(block.text)), most=0.2)
    _keep_standfirst(choice)
    _keep_subheadings(choice)
    _drop_further_articles(choice)
    _drop_after_next_headline(choice)
    _drop_heads(choice)
    _drop_stray_headings(choice)


def _is_in(indices: Container[int]) -> Callable[[Block], bool]:
    return lambda block: block.index in indices


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


def _drop_further_articles(choice: Choice) -> None:
    """Of several article elements with prose, the first large one is the story, the others were appended."""
    layout = choice.layout
    articles: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for block in choice.kept():
        article = next((node.index for node in block.node.upwards() if node.tag == "article"), -1)
        articles[block.index] = article
        if article >= 0:
            sizes[article] = sizes.get(article, 0) + block.size
    if len(sizes) < 2:
        return
    headlined = _headlined_article(choice)
    story = headlined if sizes.get(headlined, 0) >= _LEAST_OWN else _first_large(sizes)
    own = layout.nodes[story]
    others = {
        article
        for article in sizes
        if article > own.last or (article > story and layout.nodes[article].classes == own.classes)
    }
    headed = {article for article in others if _has_headline(choice, layout.nodes[article])}
    unheaded = 0.85 if story == headlined else 0.5
    for rule, chosen, most in (("further-article", others - headed, unheaded), ("further-headed-article", headed, 0.9)):
        within = frozenset(index for index, article in articles.items() if article in chosen)
        choice.drop_where(rule, _is_in(within), most=most)


def _headlined_article(choice: Choice) -> int:
    """The index of the article element around the page's headline; -1 without any."""
    start = choice.measures.h1
    if start < 0:
        return -1
    return next((node.index for node in choice.layout.blocks[start].node.upwards() if node.tag == "article"), -1)


def _first_large(sizes: dict[int, int]) -> int:
    """The first article with a good part of the prose, else the largest."""
    least = min(600, 0.3 * sum(sizes.values()))
    first = next((article for article, size in sizes.items() if size >= least), -1)
    return first if first >= 0 else max(sizes, key=lambda article: sizes[article])


def _has_headline(choice: Choice, article: Node) -> bool:
    """Whether an article element brings an h1 of its own."""
    return any(node.tag == "h1" for node in choice.layout.nodes[article.index : article.last + 1])


def _drop_after_next_headline(choice: Choice) -> None:
    """What follows a further h1 after a good deal of the story is another story, appended."""
    size = 0
    for block in choice.layout.blocks:
        if (
            block.node.tag == "h1"
            and size > 600
            and block.index > choice.measures.h1 >= 0
            and not choice.keep[block.index]
            and block.link_chars * 2 < len(block.text)
            and not _stands_among_prose(choice, block)
        ):
            choice.drop_where("after-next-headline", _is_in(range(block.index, len(choice.keep))), most=0.8)
            return
        size += block.size if choice.keep[block.index] else 0


def _stands_among_prose(choice: Choice, heading: Block) -> bool:
    """Whether the element that holds a heading holds some of the story before it too."""
    around = heading.node.parent or heading.node
    return any(choice.keep[around.first : heading.index])


def _is_placeholder(choice: Choice) -> Callable[[Block], bool]:
    """Whether a block stands in a box that waits for consent; a wrapper of the whole story says nothing."""
    main = choice.measures.main

    def matches(block: Block) -> bool:
        for node in block.node.upwards():
            if node.index <= main.index <= node.last:
                return False
            if node.classes and _names_placeholder(node.classes):
                return True
        return False

    return matches


@lru_cache(maxsize=8192)
def _names_placeholder(classes: str) -> bool:
    lowered = classes.lower()
    return any(name in lowered for name in _PLACEHOLDERS) or bool(_PLACEHOLDER.search(lowered))


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
    choice.drop_where("stray-heading", _is_in(stray), most=MOST_REMOVED if len(stray) < _LIST else _MOST_STRAY)
