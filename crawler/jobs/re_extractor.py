"""Articles extracted anew, for those who check items against their bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crawler.extraction import extract
from crawler.items import Article, SiteRules, as_item
from crawler.jobs.pages import site_named
from crawler.sites import Site, site_for_url


@dataclass(frozen=True, slots=True)
class ReExtractor:
    """Extracts anew for those who check items against their bytes; {} where there is no article.

    Given an item, it goes by the rules that the site which the item names had on the day of its capture.
    """

    sites: tuple[Site, ...]

    def __call__(
        self, payload: bytes, url: str, content_type: str | None, item: Mapping[str, Any] | None = None, /
    ) -> dict[str, Any]:
        """The item of a page as plain data."""
        found = extract(payload, url, content_type, rules=self._rules_of(item) if item else self._rules(url))
        return as_item(found) if isinstance(found, Article) else {}

    def _rules(self, url: str) -> SiteRules | None:
        site = site_for_url(self.sites, url)
        return site.rules() if site else None

    def _rules_of(self, item: Mapping[str, Any]) -> SiteRules | None:
        if not (name := item.get("site")):
            return None
        return site_named(name, self.sites).rules(date.fromisoformat(item["capture"]["date"][:10]))


def re_extractor(sites: Sequence[Site]) -> ReExtractor:
    """The extractor of those who check items, with the sites that are configured."""
    return ReExtractor(tuple(sites))
