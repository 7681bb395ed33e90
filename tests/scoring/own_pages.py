"""Scores of pages at hand."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from crawler.extraction import extract
from crawler.items import Article
from tests.scoring.corpus import KnownPage, related_rows
from tests.scoring.score import Scores, score


def item_of(page: KnownPage) -> dict[str, Any] | None:
    """What generic rules make of the page; None if it is no article."""
    found = extract(page.content, page.url, page.content_type)
    return asdict(found) if isinstance(found, Article) else None


def scores_of_pages(pages: Sequence[KnownPage]) -> Scores:
    """The scores of the pages by generic rules alone."""
    items = {page.url: item for page in pages if (item := item_of(page)) is not None}
    return score([page.gold for page in pages], items, related_rows(pages))
