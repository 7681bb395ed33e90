"""The related links of the story."""

from crawler.extraction.page import Page


def fill_related(page: Page) -> Page:
    """Fill `related_links`: found together with the body, from which they are taken back."""
    story = page.story
    return page.fill(story.related_source, related_links=tuple(item.link for item in story.related))
