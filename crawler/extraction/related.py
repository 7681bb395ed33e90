"""Related links: blocks apart from the prose that offer other articles as further reading on this story."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, takewhile

from lxml.etree import _Element as Element

from crawler.extraction.blocks import Block, Layout, Node
from crawler.extraction.choice import Choice
from crawler.extraction.class_words import Sign
from crawler.extraction.html_tags import TAG_BITS
from crawler.extraction.kindred import names_subject
from crawler.extraction.labels import classify, normal, split_label
from crawler.extraction.offers import (
    Offer,
    Resolve,
    domain_of,
    has_article_form,
    headline,
    is_all_link,
    is_sponsored,
    label_beside,
    may_be_article,
    offers_of,
    page_key,
    reads_as_headline,
)
from crawler.extraction.related_labels import are_of_a_section, is_section, plain, shown_label, without_label
from crawler.extraction.standing import blocks_under, common, in_one_list, is_under, pane_of
from crawler.extraction.traits import signature
from crawler.items import Link, LinkKind

_VETO = Sign.RECIRCULATION | Sign.ADVERTISING | Sign.COMMENT | TAG_BITS["nav"] | TAG_BITS["footer"]
_FAR_BEHIND = 20
"""Blocks left out in a row: what follows them is not the story's end."""
_MOST = 12
"""Links under one label; more are a listing."""
_SHORT = 12
_MOST_UNLABELLED = 4
"""Links that a class name alone makes related; a page with more of them uses the name for teasers."""
_MOST_TRAILING = 5
"""Links in a list right behind the last paragraph, in the element that holds the story."""
_LONGEST_RUN = 3
"""Link blocks in a row without a label; more are a list of teasers."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A related link and where it stands."""

    link: Link
    before: int
    """Index of the block that it stands at: body blocks with a lower index come before it."""
    rule: str


@dataclass(slots=True)
class _Found:
    offers: dict[int, Offer]
    """By the block, of which one may lead to the same address several times."""
    label: str | None
    rule: str


def find_related(choice: Choice, urls: Sequence[str], resolve: Resolve) -> tuple[Placed, ...]:
    """The related links in document order, each address once; their blocks are taken back from the story.

    `urls` are the page's own: where it was captured, and where it says that it belongs.
    """
    search = _Search(choice, urls, resolve)
    search.labelled()
    search.marked_containers()
    search.lone_links()
    search.trailing_links()
    return search.results()


def offered_by(
    elements: Sequence[Element], choice: Choice, urls: Sequence[str], resolve: Resolve
) -> tuple[Placed, ...]:
    """The related links in the elements that a site's selectors name; the elements' blocks are no body text."""
    search = _Search(choice, urls, resolve)
    wanted = frozenset(elements)
    done = -1
    for node in choice.layout.nodes:
        if node.index > done and node.element in wanted:
            done = node.last
            search.selected(node)
    return search.results()


class _Search:
    """What is found, by address."""

    def __init__(self, choice: Choice, urls: Sequence[str], resolve: Resolve) -> None:
        self.choice, self.resolve = choice, resolve
        self.own = frozenset(map(page_key, urls))
        self.layout: Layout = choice.layout
        prose = (block for block in choice.kept() if block.link_chars * 2 < len(block.text))
        kept = [block.index for block in prose if classify(block.text) is None]
        self.first, self.last = _ends(kept)
        self.kept_before = list(accumulate(choice.keep, initial=0))
        self.offered: dict[int, list[Offer]] = {}
        self.found: dict[str, _Found] = {}
        self.sites = frozenset(map(domain_of, urls))
        self.taken: set[int] = set()
        self.lone: set[tuple[str, str, str]] = set()
        """How blocks of the story are marked up that are a link alone."""

    def offers(self, block: Block) -> list[Offer]:
        if not block.links:
            return []
        known = self.offered.get(block.index)
        if known is None:
            known = [offer for offer in offers_of(block, self.resolve) if self.fits(offer)]
            self.offered[block.index] = known
        return known

    def fits(self, offer: Offer) -> bool:
        return may_be_article(offer.url) and page_key(offer.url) not in self.own

    def note(self, offers: list[Offer], label: str | None, rule: str) -> None:
        for offer in offers:
            found = self.found.setdefault(offer.url, _Found({}, label, rule))
            found.offers.setdefault(offer.block.index, offer)
            self.taken.add(offer.block.index)

    def labelled(self) -> None:
        """Labels of their own and labels that open a block, each with its scope."""
        if self.last < 0:
            return
        margins = (TAG_BITS["nav"] | TAG_BITS["footer"]) & ~self.above_main()
        for block in self.layout.blocks[max(0, self.first - 3) :]:
            if block.node.above & margins:
                continue
            opening = split_label(block.text) if block.links else None
            if opening and block.link_chars >= 0.5 * len(opening[1]) > 0:
                self.note(self.offers(block), opening[0], "label-in-block")
                self.taken.add(block.index)
            elif classify(block.text) == "related" and not _strongly_vetoed(block.node, self.above_main()):
                offers = list(self.scope(block))
                if 0 < len({offer.url for offer in offers}) <= _MOST:
                    self.note(offers, shown_label(block), "label")
                    self.taken.add(block.index)

    def above_main(self) -> int:
        return self.choice.measures.main.above

    def scope(self, label: Block) -> Iterator[Offer]:
        """The article links that a label speaks for."""
        blocks = self.layout.blocks
        pane = pane_of(label, self.layout)
        if pane is not None:
            for block in blocks_under(self.layout, pane, pane.first):
                yield from self.offers(block)
            return
        first = next(
            (i for i in range(label.index + 1, min(len(blocks), label.index + 5)) if self.offers(blocks[i])), None
        )
        if first is None or any(self.choice.keep[i] and not blocks[i].links for i in range(label.index + 1, first)):
            return
        if self.leads_elsewhere(label, blocks[first]):
            return
        around = common(label.node, blocks[first].node)
        if self.holds_prose(around):
            yield from self.run(first)
            return
        for block in blocks_under(self.layout, around, label.index + 1):
            if classify(block.text) is not None:
                return
            yield from self.offers(block)

    def leads_elsewhere(self, label: Block, first: Block) -> bool:
        """Whether a label is a link of its own, as to a section: 'See more' beside the title of a box."""
        if 2 * label.link_chars < len(label.text) or names_subject(normal(label.text)):
            return False
        own = {offer.url for offer in offers_of(label, self.resolve)}
        return own.isdisjoint(offer.url for offer in self.offers(first))

    def holds_prose(self, node: Node) -> bool:
        """Whether more than a stray block of the story stands under the node."""
        start, end = node.first, self.layout.end(node)
        return self.kept_before[end] - self.kept_before[start] > 0 and any(
            self.choice.keep[i]
            and self.layout.blocks[i].link_chars * 2 < len(self.layout.blocks[i].text)
            and self.layout.blocks[i].size > 80
            for i in range(start, end)
        )

    def run(self, first: int) -> Iterator[Offer]:
        """In a flat layout: the blocks from the first link on that are marked up alike and all links."""
        blocks = self.layout.blocks
        kind = signature(blocks[first].node)
        for block in blocks[first:]:
            if signature(block.node) != kind or block.link_chars < 0.5 * len(block.text) or not self.offers(block):
                return
            yield from self.offers(block)

    def marked_containers(self) -> None:
        """Elements whose class says `related` and that hold no prose."""
        done = -1
        found: list[tuple[list[Offer], str | None]] = []
        for node in self.layout.nodes:
            if node.index <= done or not node.signs & Sign.RELATED or self.last < 0:
                continue
            if _strongly_vetoed(node, self.above_main()) or self.holds_prose(node) or node.first < self.first:
                continue
            done = node.last
            blocks = list(blocks_under(self.layout, node, node.first))
            if any(classify(block.text) == "other" for block in blocks):
                continue
            offers = [offer for block in blocks for offer in self.offers(block)]
            if 0 < len({offer.url for offer in offers}) <= _MOST:
                own = blocks[0].index not in {offer.block.index for offer in offers} and len(blocks[0].text) < 60
                if own and are_of_a_section(blocks, offers):
                    continue
                label = blocks[0].text if own else label_beside(offers[0])
                found.append((offers, label))
        unlabelled = {offer.url for offers, label in found if label is None for offer in offers}
        for offers, label in found:
            if label is not None or len(unlabelled) <= _MOST_UNLABELLED:
                self.note(offers, label if label and not is_section(label, offers) else None, "class")

    def selected(self, node: Node) -> None:
        """An element that the site's selectors name."""
        blocks = list(blocks_under(self.layout, node, node.first))
        offers = [offer for block in blocks for offer in self.offers(block)]
        label = next((block.text for block in blocks if not block.links and len(block.text) < 60), None)
        self.note(offers, label, "selector")
        self.taken.update(block.index for block in blocks)

    def lone_links(self) -> None:
        """In the body, blocks that are a link to an article of the same site and nothing else; no long rows of them."""
        run: list[Offer] = []
        for block in self.layout.blocks[self.first + 1 : self.last]:
            offer = self.lone_link(block)
            if offer is not None:
                run.append(offer)
            elif run and not in_one_list(run[-1].block, block):
                self.note_run(run)
                run = []
        self.note_run(run)

    def trailing_links(self) -> None:
        """Right behind the last paragraph, in the element around it: link blocks like the story's own, and a list's."""
        around = self.layout.blocks[self.last].node.parent if self.last >= 0 else None
        if around is None:
            return
        behind = self.layout.blocks[self.last + 1 : self.last + 2 + _MOST_TRAILING]
        near = list(takewhile(lambda block: is_under(block.node, around, depth=2), behind))
        alike = (block for block in takewhile(is_all_link, near) if signature(block.node) in self.lone)
        self.note_run([offer for block in alike if (offer := self.lone_link(block))])
        items = (self.lone_link(block) for block in takewhile(lambda block: block.node.tag == "li", near))
        listed = [offer for offer in takewhile(bool, items) if offer]
        if len(listed) <= _MOST_TRAILING:
            for offer in listed:
                self.note([offer], label_beside(offer), "trailing-link")

    def note_run(self, run: list[Offer]) -> None:
        if len({offer.url for offer in run}) <= _LONGEST_RUN:
            for offer in run:
                self.note([offer], label_beside(offer), "lone-link")
                self.lone.add(signature(offer.block.node))

    def lone_link(self, block: Block) -> Offer | None:
        """The block's one link, if that is all of it and leads to an article."""
        if block.index in self.taken or len(block.text) < _SHORT or not is_all_link(block):
            return None
        if is_sponsored(block):
            self.taken.add(block.index)
            return None
        if _strongly_vetoed(block.node, self.above_main()) or block.node.above & TAG_BITS["figcaption"]:
            return None
        offers = self.offers(block)
        lone = len(offers) == 1 and has_article_form(offers[0].url) and domain_of(offers[0].url) in self.sites
        return offers[0] if lone else None

    def results(self) -> tuple[Placed, ...]:
        placed = []
        for url, found in self.found.items():
            title = without_label(headline(list(found.offers.values())))
            if title is None or not reads_as_headline(title, url) or not self.is_journalism(url):
                continue
            index = self.place(found.offers)
            kind: LinkKind = "in_body" if self.is_inside(index) else "end_of_article"
            placed.append(Placed(Link(title=title, url=url, kind=kind, label=plain(found.label)), index, found.rule))
        for index in self.taken:
            self.choice.set(index, "related", keep=False)
        return tuple(sorted(placed, key=lambda item: item.before))

    def is_journalism(self, url: str) -> bool:
        """Whether an address is the page's own site's, or an article's by its form: others may be anything."""
        return has_article_form(url) or domain_of(url) in self.sites

    def place(self, blocks: Iterable[int]) -> int:
        """Index of the first block that offers a link in the story; of the first at all where none does."""
        indices = sorted(blocks)
        return next(filter(self.is_inside, indices), indices[0])

    def is_inside(self, index: int) -> bool:
        """Whether a block stands between the story's first and its last."""
        return self.first < index < self.last


def _ends(kept: list[int]) -> tuple[int, int]:
    """The story's first and last block; what is kept far behind it (a footer's lines) does not stretch it."""
    if not kept:
        return -1, -1
    last = next((here for here, after in pairwise(kept) if after - here > _FAR_BEHIND), kept[-1])
    return kept[0], last


def _strongly_vetoed(node: Node, allowed: int) -> bool:
    return bool(node.above & _VETO & ~allowed)
