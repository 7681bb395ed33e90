"""Other stories that a page appends to its own: as article elements, or behind a further headline."""

from crawler.extraction.blocks import Block, Node, is_paragraph
from crawler.extraction.choice import Choice, is_in
from crawler.extraction.html_tags import HEADINGS, TAG_BITS
from crawler.extraction.tree import is_linked

_LEAST_OWN = 300
"""Effective characters of an article element that make it the story, if the headline stands in it."""


def drop_further_articles(choice: Choice) -> None:
    """Of several article elements with prose, the first large one is the story, the others were appended.

    Under a headline that stands in none of them they may be its parts: steps, or the posts of a live blog.
    """
    layout = choice.layout
    articles: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for block in choice.kept():
        article = _article_around(block.node)
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
    if headlined < 0 <= choice.measures.h1:
        others = {article for article in others if _leads_away(choice, layout.nodes[article])}
    headed = {article for article in others if _has_headline(choice, layout.nodes[article])}
    unheaded = 0.85 if story == headlined else 0.5
    for rule, chosen, most in (("further-article", others - headed, unheaded), ("further-headed-article", headed, 0.9)):
        within = frozenset(index for index, article in articles.items() if article in chosen)
        choice.drop_where(rule, is_in(within), most=most)


def _headlined_article(choice: Choice) -> int:
    """The index of the article element around the page's headline; -1 without any."""
    start = choice.measures.h1
    if start < 0:
        return -1
    return _article_around(choice.layout.blocks[start].node)


def _article_around(node: Node) -> int:
    """The index of the innermost article element around a node; -1 without any."""
    within = node.above & TAG_BITS["article"]
    return next((around.index for around in node.upwards() if around.tag == "article"), -1) if within else -1


def _first_large(sizes: dict[int, int]) -> int:
    """The first article with a good part of the prose, else the largest."""
    least = min(600, 0.3 * sum(sizes.values()))
    first = next((article for article, size in sizes.items() if size >= least), -1)
    return first if first >= 0 else max(sizes, key=lambda article: sizes[article])


def _leads_away(choice: Choice, article: Node) -> bool:
    """Whether an article element has an h1 of its own, or a heading that leads to its page; else it is a part."""
    nodes = choice.layout.nodes[article.index : article.last + 1]
    linked = any(node.tag in HEADINGS and is_linked(node.element) for node in nodes)
    return linked or _has_headline(choice, article)


def _has_headline(choice: Choice, article: Node) -> bool:
    """Whether an article element brings an h1 of its own."""
    return any(node.tag == "h1" for node in choice.layout.nodes[article.index : article.last + 1])


def drop_after_next_headline(choice: Choice) -> None:
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
            choice.drop_where("after-next-headline", is_in(range(block.index, len(choice.keep))), most=0.8)
            return
        size += block.size if choice.keep[block.index] else 0


def _stands_among_prose(choice: Choice, heading: Block) -> bool:
    """Whether a heading shares its element with some of the story before it, or the story goes on around its own."""
    around = heading.node.parent or heading.node
    while around.parent is not None and choice.layout.end(around) - around.first <= 1:
        around = around.parent
    if any(choice.keep[around.first : heading.index]):
        return True
    paragraphs = [block for block in choice.kept() if is_paragraph(block)]
    before = {block.node.parent for block in paragraphs if block.index < heading.index}
    return any(block.index > heading.index and block.node.parent in before for block in paragraphs)
