"""Why a page was read as it was: the same steps, and what each of them chose from."""

from collections.abc import Sequence

from crawler.extraction import STEPS, finish, parse, rejection, start
from crawler.extraction.blocks import Block, Node
from crawler.extraction.choice import THRESHOLD
from crawler.extraction.explain.facts import BlockFact, Candidate, Explanation, Field, RelatedFact, Sign
from crawler.extraction.explain.fields import fields_of
from crawler.extraction.kind import is_settled
from crawler.extraction.page import Page
from crawler.extraction.sign_weights import BASE, WEIGHTS
from crawler.extraction.story import Story
from crawler.extraction.weighing import build_signs, head_signs
from crawler.items import Rejected, SiteRules

__all__ = ["BlockFact", "Candidate", "Explanation", "Field", "RelatedFact", "Sign", "explain"]

_ELEMENTS = 3
"""Elements around a block that are named."""


def explain(
    content: bytes, url: str, content_type: str | None = None, *, rules: SiteRules | None = None
) -> Explanation:
    """The explanation of what `extract` makes of the same page; also of one that it turns away."""
    page = start(parse(content, url, content_type), rules)
    reason = rejection(page.document)
    for step in STEPS:
        page = step(page)
    finished = finish(page)
    if reason is None and isinstance(finished, Rejected):
        reason = finished.reason
    story = page.story
    return Explanation(
        url=url,
        charset=page.document.charset,
        verdict=reason or "article",
        extractor=page.article.extractor,
        fields=fields_of(page),
        signs=_signs(page),
        body_source=story.source,
        threshold=THRESHOLD,
        blocks=_blocks(story),
        related=_related(story),
    )


def _signs(page: Page) -> tuple[Sign, ...]:
    """What is weighed, where the page's own data does not settle the kind."""
    if is_settled(page) is not None or page.article.sources.get("kind") in ("json-ld", "og"):
        return ()
    heads = head_signs(page)
    signs = (Sign(name=name, weight=WEIGHTS.get(name, 0)) for name in sorted(heads | build_signs(page, heads)))
    shown = sorted((sign for sign in signs if sign.weight), key=lambda sign: -abs(sign.weight))
    return (Sign(name="any page", weight=BASE), *shown)


def _blocks(story: Story) -> tuple[BlockFact, ...]:
    choice = story.choice
    return tuple(
        BlockFact(
            index=block.index,
            text=block.text,
            where=_where(block),
            probability=round(choice.probabilities[block.index], 4),
            kept=choice.keep[block.index],
            rule=choice.rules[block.index],
        )
        for block in choice.layout.blocks
    )


def _where(block: Block) -> str:
    around = [_named(node) for node, _ in zip(block.node.upwards(), range(_ELEMENTS), strict=False)]
    return " > ".join(reversed(around))


def _named(node: Node) -> str:
    """An element as a selector would name it, by tag and first class."""
    classes: Sequence[str] = node.classes.split()
    return f"{node.tag}.{classes[0][:60]}" if classes else node.tag


def _related(story: Story) -> tuple[RelatedFact, ...]:
    return tuple(
        RelatedFact(
            title=item.link.title,
            url=item.link.url,
            kind=item.link.kind,
            label=item.link.label,
            rule=item.rule,
            block=item.before,
        )
        for item in story.related
    )
