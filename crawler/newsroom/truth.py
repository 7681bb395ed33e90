"""What a perfect extraction gives for a story's page: fields of the article item as far as the page states them."""

from dataclasses import replace
from typing import Any

from crawler.newsroom.story import Story

FIELDS = (
    "canonical_url", "title", "byline", "authors", "date_published", "date_modified", "body", "description", "images",
    "related_links", "section", "tags", "language", "access", "kind",
)  # fmt: skip
"""What can be told from the page alone; the rest of the item comes from the site, the capture and the rules."""


def expected(story: Story) -> dict[str, Any]:
    """The item fields of the story's own page."""
    fields = {name: getattr(story, name) for name in FIELDS if name != "body"} | {"body": story.body_text}
    if story.family == "legacy":  # the page names no section, no address of its own and no time of update
        fields |= {"section": None, "canonical_url": None, "date_modified": None}
    else:
        fields["section"] = story.section.name
    return fields


def expected_of_print(story: Story) -> dict[str, Any]:
    """The item fields of the print form: the day alone, no standfirst, no tags, nothing after the story."""
    printed = replace(story, standfirst=None, description=None, date_modified=None, tags=(), access=None)
    in_body = tuple(link for link in story.related_links if link.kind == "in_body")
    fields = expected(replace(printed, related_links=in_body))
    return fields | {"section": None, "date_published": story.published.date().isoformat()}
