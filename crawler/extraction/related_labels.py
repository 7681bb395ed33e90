"""What stands over related links and before their titles: as it is printed, and where it says that they are others."""

import re
from urllib.parse import urlsplit

from crawler.extraction.blocks import Block
from crawler.extraction.labels import classify
from crawler.extraction.offers import Offer, link_text
from crawler.extraction.site_names import squeezed

_BRACKETED = re.compile(r"\[([^\[\]]{2,30})\]\s*")
"""'[Most read] Three new cranes'."""


def without_label(title: str | None) -> str | None:
    """The title without a label in brackets before it; None where that says that the link is of another kind."""
    bracketed = _BRACKETED.match(title) if title else None
    kind = classify(bracketed[1]) if bracketed else None
    return None if kind == "other" else title[bracketed.end() :] if title and bracketed and kind else title


def shown_label(label: Block) -> str:
    """The label's text; of several tabs, as 'Related articles' and 'More from author', the one that is meant."""
    tabs = [link_text(label, link) for link in label.links[:4]] if len(label.links) > 1 else []
    return next((tab for tab in tabs if classify(tab) == "related"), label.text)


def are_of_a_section(blocks: list[Block], offers: list[Offer]) -> bool:
    """Whether one section stands over several links, and not over each of them."""
    over = blocks[0].text
    each = sum(block.text == over for block in blocks) > 1
    return len({offer.url for offer in offers}) > 1 and not each and is_section(over, offers)


def is_section(kicker: str, offers: list[Offer]) -> bool:
    """Whether what stands over links is but the section of the first of them, as its address says."""
    return squeezed(kicker) in map(squeezed, urlsplit(offers[0].url).path.split("/"))


def plain(label: str | None) -> str | None:
    """A label without colons around it; None where nothing is left."""
    return (label or "").strip(" :：\n") or None
