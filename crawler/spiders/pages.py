"""What the spider hands to the pipelines: one fetched page, with everything that extraction and the ledger need."""

from dataclasses import dataclass

from crawler.items import CaptureRef, SiteRules


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """A page as it was captured, not yet understood."""

    url: str
    """The URL that was captured."""
    content: bytes
    """Entity body, content coding removed."""
    content_type: str | None
    """The Content-Type header as sent."""
    rules: SiteRules
    capture: CaptureRef | None
