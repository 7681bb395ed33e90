"""The first pipeline parses a page, once; the last of extraction's says whether an article came of it."""

from crawler.extraction import Page, finish, parse, rejection, start
from crawler.frontier import State
from crawler.items import Rejected
from crawler.spiders.ledger import PageDropped
from crawler.spiders.pages import FetchedPage

_STATES: dict[str, State] = {"soft 404": "gone", "consent wall": "failed", "challenge": "failed"}
"""States of pages that are no article for another reason than that they are something else."""


class ParsePipeline:
    """Bytes → a document with an article to fill."""

    def process_item(self, item: object) -> object:
        """Parse a fetched page, and drop it if it is surely no article; any other item passes."""
        if not isinstance(item, FetchedPage):
            return item
        document = parse(item.content, item.url, item.content_type)
        reason = rejection(document)
        if reason is not None:
            raise PageDropped(reason, state=state_of(reason))
        return start(document, item.rules).fill(capture=item.capture)


class ArticlePipeline:
    """The filled page → the article; other pages are dropped with the reason."""

    def process_item(self, item: object) -> object:
        """Finish the article of a page; any other item passes."""
        if not isinstance(item, Page):
            return item
        found = finish(item)
        if isinstance(found, Rejected):
            raise PageDropped(found.reason, state=state_of(found.reason))
        return found


def state_of(reason: str) -> State:
    """The state of a URL whose page was rejected for this reason."""
    return next((state for sign, state in _STATES.items() if sign in reason), "skipped")
