"""A page on its way to an article: what every step of the extraction takes and gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crawler.extraction.document import Document
from crawler.extraction.kernels import segment
from crawler.extraction.places import Places
from crawler.extraction.story import Story, read_story
from crawler.items import Article, SiteRules


@dataclass(frozen=True, kw_only=True)
class Page:
    """A document and as much of its article as is known so far; what several steps ask for is read once."""

    document: Document
    rules: SiteRules | None
    fields: Mapping[str, Any]
    """Those of the article that are known so far, by name: what steps read, as an article is costly to make."""

    @cached_property
    def article(self) -> Article:
        """As much of the article as is known so far."""
        return Article(**self.fields)

    @cached_property
    def story(self) -> Story:
        """The blocks, which of them are the story's, and the related links."""
        return read_story(self.document, self.rules)

    @cached_property
    def places(self) -> Places:
        """Where the story stands on the printed page; its ends are not known where it was found in a script."""
        if self.story.source == "script":
            return Places.of(segment(self.document.root), ())
        return Places.of(self.story.layout, self.story.choice.keep, self.fields.get("title") or "")

    def fill(self, source: str | None = None, **values: object) -> "Page":
        """The page with these fields of the article filled; `source` is the rule that gave those that are not empty."""
        sources = dict(self.fields.get("sources", ()))
        if source:
            sources |= {name: source for name, value in values.items() if value not in (None, "", ())}
        page = object.__new__(Page)
        page.__dict__.update(self.__dict__, fields={**self.fields, **values, "sources": sources})
        page.__dict__.pop("article", None)  # all else that was read already is kept
        return page


Step = Callable[[Page], Page]
"""Fills what it is responsible for and leaves the rest as it is."""
