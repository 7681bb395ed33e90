"""A page on its way to an article: what every step of the extraction takes and gives back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

from crawler.extraction.document import Document
from crawler.items import Article, SiteRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A document and as much of its article as is known so far."""

    document: Document
    rules: SiteRules | None
    article: Article

    def fill(self, source: str | None = None, **values: object) -> "Page":
        """The page with these fields of the article filled; `source` is the rule that gave those that are not empty."""
        sources = dict(self.article.sources)
        if source:
            sources |= {name: source for name, value in values.items() if value not in (None, "", ())}
        article = replace(self.article, **cast(dict[str, Any], values), sources=sources)
        return Page(document=self.document, rules=self.rules, article=article)


Step = Callable[[Page], Page]
"""Fills what it is responsible for and leaves the rest as it is."""
