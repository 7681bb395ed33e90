"""A story of the newsroom: the truth about one article, from which its page is made and against which extraction is tested."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crawler.items import Access, ArticleKind, Author, Image, Link
from crawler.newsroom.inline import plain

BlockKind = Literal[
    "paragraph", "heading", "quote", "list", "photo", "related", "newsletter", "appeal", "advert", "post"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One piece of a story's column, prose or not, in reading order."""

    kind: BlockKind
    texts: tuple[str, ...] = ()
    """Inline markup (`**strong**`, `*emphasis*`, `[text](url)`): one text, or one per list item."""
    image: Image | None = None
    link: Link | None = None
    moment: datetime | None = None
    """Of a live blog's post."""


PROSE: frozenset[BlockKind] = frozenset({"paragraph", "heading", "quote", "list", "post"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the paper: where its stories are listed and what it is called."""

    path: str
    name: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that the page of one article says; field names and meanings are those of the article item."""

    number: int
    family: str
    path: str
    """Of the article on the server, with percent-encoding."""
    url: str
    canonical_url: str
    short_url: str
    print_url: str | None
    title: str
    byline: str | None
    authors: tuple[Author, ...]
    published: datetime
    modified: datetime
    date_published: str
    date_modified: str | None
    changed: datetime
    """When the page last changed, silent edits included: its honest Last-Modified."""
    standfirst: str | None
    """As printed between headline and story; part of the body."""
    description: str | None
    dateline: str | None
    blocks: tuple[Block, ...]
    images: tuple[Image, ...]
    related_links: tuple[Link, ...]
    section: Section
    tags: tuple[str, ...]
    language: str
    access: Access | None
    kind: ArticleKind
    removed: int | None = None
    """410 or 404 once the story is taken down."""

    @property
    def further_reading(self) -> tuple[Link, ...]:
        """The related links at its end."""
        return tuple(link for link in self.related_links if link.kind == "end_of_article")

    @property
    def body(self) -> tuple[str, ...]:
        """The prose as plain text, a block each: standfirst, paragraphs, subheadings, list items, quotes."""
        opening = (self.standfirst,) if self.standfirst else ()
        return opening + tuple(plain(text) for block in self.blocks if block.kind in PROSE for text in block.texts)

    @property
    def body_text(self) -> str:
        """The body with a blank line between blocks."""
        return "\n\n".join(self.body)

    @property
    def body_markdown(self) -> str:
        """The body as Markdown."""
        opening = [self.standfirst] if self.standfirst else []
        return "\n\n".join(opening + [_block_markdown(block) for block in self.blocks if block.kind in PROSE])


def _block_markdown(block: Block) -> str:
    texts = block.texts
    if block.kind == "heading":
        return f"## {texts[0]}"
    if block.kind == "quote":
        return f"> {texts[0]}"
    if block.kind == "list":
        return "\n".join(f"- {text}" for text in texts)
    if block.kind == "post":
        return "\n\n".join([f"## {texts[0]}", *texts[1:]])
    return texts[0]
