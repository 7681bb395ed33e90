"""Which blocks are the story: the trees' probability for each, then a few guarded rules."""

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import compress

from lxml.etree import _Element as Element

from crawler.extraction import trees
from crawler.extraction.blocks import Block, Layout, Node, is_paragraph
from crawler.extraction.captions import reads_as_caption
from crawler.extraction.class_words import Sign
from crawler.extraction.tags import HEADINGS, TAG_BITS
from crawler.extraction.trait_names import KIN_NAMES
from crawler.extraction.traits import Heads, Kin, Measures, is_candidate, kin_key

THRESHOLD = 0.55
_LOW_THRESHOLD = 0.12
_LEAST = 140
"""Effective characters: an answer shorter than this is asked for again with the low threshold."""
_MOST_REMOVED = 0.4
"""No rule may remove more than this share of what is kept."""
_PLACEHOLDERS = re.compile(
    r"sourcepoint|onetrust|didomi|usercentrics|cmplz|cookiebot|borlabs|social-placeholder|consent-placeholder|embed-consent|"
    r"embed-placeholder|embed-privacy|privacy-placeholder",
    re.IGNORECASE,
)
"""Boxes that stand in for content that waits for consent."""
_BYLINE = re.compile(
    r"(?:by|von|par|por|di|door|av|af|od|от|автор|text|texto|autor|author)\b:?\s+[^\s.,]+(?:[^.!?]{0,70})$",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:\w+[\s,.]+){0,3}(?:\w+[\s,.]+)?(?:19|20)\d\d(?:\W+(?:\w{1,3}\W+)?\d{1,2}[:.h]\d\d.{0,12})?$")
_TIME = re.compile(r"(?:[01]?\d|2[0-3])[:.h][0-5]\d(?:\s?(?:Uhr|[ap]\.?m\.?))?$", re.IGNORECASE)
_APPEAL = re.compile(
    r"(?:^|[\s_-])(?:contribute|donat(?:e|ion|ions)|support-us|appeal|spendenaufruf)(?:[\s_-]|$)", re.IGNORECASE
)
"""Class words of a publisher's own appeals for money."""
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:sub-?title|stand-?first|dek|deck|lede|sub-?head(?:line)?|vorspann|chapeau|ingress|sottotitolo|bajada)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_STANDFIRST_REACH = 4
"""Blocks behind the headline among which a standfirst stands."""
_MACHINE_PROPERTIES = re.compile(
    r"(?:date(?:Published|Modified|Created)|keywords|mainEntityOfPage|width|height|value|logo|publisher|wordCount|inLanguage|"
    r"thumbnailUrl|articleSection|copyright\w*|author|creator|commentCount|interactionCount|name|headline)$"
)


@dataclass(slots=True)
class Choice:
    """What was decided of each block, by index."""

    layout: Layout
    measures: Measures
    probabilities: list[float]
    keep: list[bool]
    rules: list[str]
    """The last rule that decided: 'trees', or the name of a rule that changed the trees' answer."""

    def kept(self) -> list[Block]:
        """The blocks of the story, in order."""
        return list(compress(self.layout.blocks, self.keep))

    def size(self) -> int:
        """Effective characters of the story."""
        return sum(block.size for block in self.kept())

    def set(self, index: int, rule: str, *, keep: bool) -> None:
        """Change one block's fate and remember the rule."""
        if self.keep[index] != keep:
            self.keep[index] = keep
            self.rules[index] = rule


@cache
def block_trees() -> trees.Trees:
    """The trained model, read once."""
    return trees.load(files(__package__).joinpath("blocks.json.gz").read_bytes(), split=len(KIN_NAMES))


def choose(layout: Layout, heads: Heads, *, lenient: bool = False) -> Choice:
    """Decide for each block whether it belongs to the story; lenient where the blocks are known to be little else."""
    measures = Measures(layout, heads)
    return decide(measures, probabilities(measures), _LOW_THRESHOLD if lenient else THRESHOLD)


def select_within(choice: Choice, elements: Sequence[Element]) -> bool:
    """Choose what stands in the elements, but no captions; False, and nothing changed, where they hold no text."""
    wanted = frozenset(elements)
    inside: list[bool] = []
    for node in choice.layout.nodes:
        inside.append(node.element in wanted or (node.parent is not None and inside[node.parent.index]))
    figure = TAG_BITS["figure"] | TAG_BITS["figcaption"]
    chosen = [inside[block.node.index] and not block.node.above & figure for block in choice.layout.blocks]
    if not any(chosen):
        return False
    for index, keep in enumerate(chosen):
        choice.set(index, "selector", keep=keep)
    return True


def probabilities(measures: Measures) -> list[float]:
    """What the trees say of each block; blocks that cannot matter are not asked for and get 0."""
    model = block_trees()
    kin: dict[Kin, int] = {}
    found = []
    for block in measures.layout.blocks:
        if not is_candidate(measures, block):
            found.append(0.0)
            continue
        key = kin_key(block.node)
        standing = kin.get(key)
        if standing is None:
            standing = kin[key] = model.narrow(measures.kin(block.node))
        found.append(model.score(measures.own(block), standing))
    return found


def decide(measures: Measures, probabilities: Sequence[float], threshold: float = THRESHOLD) -> Choice:
    """Apply the threshold and the rules to given probabilities."""
    keep = [probability > threshold for probability in probabilities]
    layout = measures.layout
    choice = Choice(layout, measures, list(probabilities), keep, ["trees"] * len(keep))
    if choice.size() < _LEAST:
        _lower_threshold(choice)
    _drop_where(choice, "comments", _is_comment(layout), most=0.95)
    _drop_where(choice, "placeholder", _is_placeholder)
    _drop_where(choice, "machine-text", _is_machine_text(choice), most=0.7)
    _drop_where(choice, "appeal", lambda block: any(_names_appeal(node.classes) for node in block.node.upwards()))
    _drop_where(choice, "time-stamp", lambda block: bool(_TIME.match(block.text)), most=0.1)
    _keep_standfirst(choice)
    _drop_further_articles(choice)
    _drop_after_next_headline(choice)
    _drop_heads(choice)
    _drop_stray_headings(choice)
    return choice


def _lower_threshold(choice: Choice) -> None:
    for index, probability in enumerate(choice.probabilities):
        if probability > _LOW_THRESHOLD:
            choice.set(index, "low-threshold", keep=True)


def _drop_where(choice: Choice, rule: str, matches: Callable[[Block], bool], most: float = _MOST_REMOVED) -> None:
    """Drop the kept blocks that match, unless they are too much of the story."""
    kept = choice.kept()
    matching = [block for block in kept if matches(block)]
    if matching and sum(block.size for block in matching) <= most * sum(block.size for block in kept):
        for block in matching:
            choice.set(block.index, rule, keep=False)


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


@lru_cache(maxsize=8192)
def _names_appeal(classes: str) -> bool:
    return bool(classes) and bool(_APPEAL.search(classes))


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
    total = sum(sizes.values())
    story = next((article for article, size in sizes.items() if size >= min(600, 0.3 * total)), -1)
    if story < 0:
        story = max(sizes, key=lambda article: sizes[article])
    own = layout.nodes[story]
    others = {
        article
        for article in sizes
        if article > own.last or (article > story and layout.nodes[article].classes == own.classes)
    }
    headed = {article for article in others if _has_headline(choice, layout.nodes[article])}
    for rule, chosen, most in (("further-article", others - headed, 0.5), ("further-headed-article", headed, 0.9)):
        within = frozenset(index for index, article in articles.items() if article in chosen)
        _drop_where(choice, rule, _is_in(within), most=most)


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
        ):
            _drop_where(choice, "after-next-headline", _is_in(range(block.index, len(choice.keep))), most=0.8)
            return
        size += block.size if choice.keep[block.index] else 0


def _is_machine_text(choice: Choice) -> Callable[[Block], bool]:
    """Microdata written out for search engines: a date, a size, a publisher, or the whole body once more."""
    opening = next((block for block in choice.kept() if block.size >= 40), None)

    def matches(block: Block) -> bool:
        node, parent = block.node, block.node.parent
        prop = node.element.get("itemprop") or (parent.element.get("itemprop") if parent is not None else None)
        if prop == "articleBody" and block.size > 300:
            return opening is not None and opening is not block and block.text[:40] == opening.text[:40]
        return bool(prop and block.size < 300 and _MACHINE_PROPERTIES.match(prop))

    return matches


def _is_placeholder(block: Block) -> bool:
    node, parent = block.node, block.node.parent
    return _names_placeholder(node.classes) or (parent is not None and _names_placeholder(parent.classes))


@lru_cache(maxsize=8192)
def _names_placeholder(classes: str) -> bool:
    return bool(_PLACEHOLDERS.search(classes))


def _drop_heads(choice: Choice) -> None:
    """Before the first paragraph: lines that are a byline or a date alone. Right under a picture: its caption."""
    blocks = choice.layout.blocks
    for block in blocks:
        if choice.keep[block.index]:
            if is_paragraph(block) or block.node.tag in HEADINGS:
                break
            if len(block.text) < 90 and (_BYLINE.match(block.text) or _DATE.match(block.text)):
                choice.set(block.index, "head-line", keep=False)
    for _, before, _ in choice.layout.images:
        if before < len(blocks) and choice.keep[before] and reads_as_caption(blocks[before]):
            choice.set(before, "caption", keep=False)


def _drop_stray_headings(choice: Choice) -> None:
    """A subheading stands only where kept prose follows, and not alone in an element whose prose was dropped."""
    layout = choice.layout
    prose, kept = [0], [0]
    for block in layout.blocks:
        counts = block.node.tag not in HEADINGS
        prose.append(prose[-1] + counts)
        kept.append(kept[-1] + (counts and choice.keep[block.index]))
    for block in layout.blocks:
        if block.node.tag not in HEADINGS or not choice.keep[block.index]:
            continue
        around = block.node.parent or block.node
        start, end = around.first, layout.end(around)
        emptied = prose[end] - prose[start] > 0 and kept[end] == kept[start]
        if emptied or kept[-1] == kept[block.index]:
            choice.set(block.index, "stray-heading", keep=False)
