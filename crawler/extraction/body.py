"""The article's prose, as text and as Markdown, from the blocks that were chosen."""

from crawler.extraction.blocks import Block
from crawler.extraction.markdown import Resolve, join, paragraph, related_line
from crawler.extraction.page import Page
from crawler.extraction.story import Story


def fill_body(page: Page) -> Page:
    """Fill `body` and `body_markdown`; the latter shows each in-body related link at its place."""
    story = page.story
    return page.fill(story.source, body=body_text(story), body_markdown=body_markdown(story, page.document.absolute))


def body_text(story: Story) -> str:
    """The story's blocks, separated by a blank line."""
    return "\n\n".join(block.text for block in story.choice.kept())


def body_markdown(story: Story, resolve: Resolve) -> str:
    """The same blocks as Markdown, with a paragraph for each in-body related link where it stands."""
    related = [item for item in story.related if item.link.kind == "in_body"]
    paragraphs: list[tuple[str, Block | None]] = []
    for block in story.choice.kept():
        while related and related[0].before < block.index:
            paragraphs.append((related_line(related.pop(0).link), None))
        paragraphs.append((paragraph(block, resolve), block))
    return join(paragraphs)
