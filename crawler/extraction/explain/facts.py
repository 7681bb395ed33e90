"""What an explanation says: a page's fields with what else they could have been, its blocks, its related links."""

from dataclasses import dataclass

from crawler.items import LinkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a field could be."""

    value: str
    source: str
    """The rule that gives it, e.g. 'json-ld' or 'selector:themoscowtimes'."""
    chosen: bool
    """Whether the field's value comes from it; of several with one source, the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the article."""

    name: str
    value: str | None
    """As text; None if the page does not tell it."""
    source: str | None
    why: str
    """How this field is chosen from its candidates."""
    candidates: tuple[Candidate, ...]
    """In the order in which they are trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFact:
    """One block of the page."""

    index: int
    text: str
    where: str
    """The innermost elements around it, e.g. 'article > div.story > p'."""
    probability: float
    """What the trees say; 0 also where they were not asked, because the block is too far from any paragraph."""
    kept: bool
    rule: str
    """The last rule that decided: 'trees', or the rule that changed their answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedFact:
    """One related link."""

    title: str | None
    url: str
    kind: LinkKind
    label: str | None
    rule: str
    block: int
    """Index of the block that it stands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What speaks for an article, or against one."""

    name: str
    weight: int
    """Hundredths of a logit: above zero for an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a page was read as it was."""

    url: str
    charset: str
    verdict: str
    """'article', or the reason why the page is none."""
    extractor: str
    fields: tuple[Field, ...]
    signs: tuple[Sign, ...]
    """What was weighed to tell whether the page is an article, with what any page begins with first, then the heaviest
    first: together above zero for an article. The build is not weighed where address, data and title alone come to more
    than `weighing.CLEAR`, though it is shown. None where the page's data settles it."""
    body_source: str
    """'blocks', 'selector:<site>', or 'script': where the story was read from."""
    threshold: float
    """The probability above which the trees keep a block."""
    blocks: tuple[BlockFact, ...]
    related: tuple[RelatedFact, ...]
