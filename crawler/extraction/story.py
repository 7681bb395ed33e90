"""What a page's story is made of: read once and shared by the steps for body, related links and images."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from crawler.extraction.blocks import Layout, segment
from crawler.extraction.choice import Choice, choose
from crawler.extraction.document import Document
from crawler.extraction.page import Page
from crawler.extraction.related import Placed, find_related
from crawler.extraction.traits import Heads
from crawler.items import SiteRules


@dataclass(frozen=True, slots=True)
class Story:
    """The page's blocks, which of them were chosen and why, and the related links among them."""

    layout: Layout
    choice: Choice
    related: tuple[Placed, ...]
    source: str
    """What chose the body: 'blocks', 'selector:<site>', 'script'."""


_READ: WeakKeyDictionary[Document, tuple[SiteRules | None, Story]] = WeakKeyDictionary()


def story_of(page: Page) -> Story:
    """The page's story: the steps ask for it in turn, and it is read once for each document and its site's rules."""
    known = _READ.get(page.document)
    if known is not None and known[0] == page.rules:
        return known[1]
    story = read_story(page.document, page.rules)
    _READ[page.document] = (page.rules, story)
    return story


def read_story(document: Document, rules: SiteRules | None = None) -> Story:
    """Cut the page into blocks, choose the story's, find the related links."""
    layout = segment(document.root)
    choice = choose(layout, heads_of(document))
    related = find_related(choice, document.url, document.absolute)
    return Story(layout, choice, related, "blocks")


def heads_of(document: Document) -> Heads:
    """Title and description as the page's head has them."""
    title = document.meta_content("og:title") or document.root.findtext(".//title")
    description = document.meta_content("og:description", "description")
    return Heads(title or "", description or "")


def fill_related(page: Page) -> Page:
    """Fill `related_links`: found together with the body, from which they are taken back."""
    placed = story_of(page).related
    return page.fill("blocks", related_links=tuple(item.link for item in placed))
