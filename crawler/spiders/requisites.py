"""What archived pages need to look right is asked for behind them: each thing once a run, within a budget a page."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.statscollectors import StatsCollector

from crawler.discovery.requisites import Requisite, of_style_sheet
from crawler.sites.site import Requisites as Wanted
from crawler.spiders.outcomes import content_type

FRESH = timedelta(days=1)
"""What was captured so lately is not asked for again."""
DEEPEST = 4
"""How far from the page: its style sheet, what that imports, what that needs."""
_AT_ONCE = 4
"""Requisites of one page that are queued at one time."""
_PRIORITY = -10
OF_PAGE, DEPTH = "requisite_of", "requisite_depth"
"""Keys of request.meta: the page that needs it, and how far from it."""


@dataclass(slots=True)
class _Account:
    """What a page may still ask for."""

    count: int
    bytes: int
    waiting: deque[tuple[str, int]] = field(default_factory=deque)
    pending: int = 0


class Requisites:
    """Those of one crawl. `captured` says when a URL was last captured, None if never."""

    def __init__(
        self,
        *,
        wanted: Wanted,
        most: int,
        most_bytes: int,
        captured: Callable[[str], datetime | None],
        stats: StatsCollector,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._wanted = wanted
        self._most, self._most_bytes = most, most_bytes
        self._captured = captured
        self._stats = stats
        self._now = now
        self._asked: set[str] = set()
        self._accounts: dict[str, _Account] = {}

    @classmethod
    def of_settings(
        cls, settings: BaseSettings, *, captured: Callable[[str], datetime | None], stats: StatsCollector
    ) -> "Requisites":
        """As the crawl's settings want them."""
        return cls(
            wanted=settings["NEWSWARC_REQUISITES"],
            most=settings.getint("NEWSWARC_REQUISITES_MOST"),
            most_bytes=settings.getint("NEWSWARC_REQUISITES_BYTES"),
            captured=captured,
            stats=stats,
        )

    def of_page(self, url: str, found: Iterable[Requisite], *, is_new: bool) -> list[dict[str, Any]]:
        """What to ask for now, as keywords of requests; what follows comes with the answers.

        Of a page that is not new, what was captured with it is not looked at again.
        """
        account = self._accounts.setdefault(url, _Account(self._most, self._most_bytes))
        self._note(account, found, depth=1, fresh=FRESH if is_new else None)
        return list(self._next(url, account))

    def arrived(self, response: Response) -> list[dict[str, Any]]:
        """What to ask for next, after one has come."""
        url, depth = response.meta[OF_PAGE], response.meta[DEPTH]
        account = self._accounts[url]
        account.pending -= 1
        account.bytes -= len(response.body)
        self._stats.inc_value("requisites/captured")
        kind = content_type(response) or ""
        if kind.startswith("text/css") and depth < DEEPEST:
            self._note(account, of_style_sheet(response.body, response.url, kind), depth=depth + 1, fresh=FRESH)
        return list(self._next(url, account))

    def failed(self, request: Request) -> list[dict[str, Any]]:
        """What to ask for next, after one could not be had."""
        account = self._accounts[request.meta[OF_PAGE]]
        account.pending -= 1
        self._stats.inc_value("requisites/failed")
        return list(self._next(request.meta[OF_PAGE], account))

    def _note(self, account: _Account, found: Iterable[Requisite], *, depth: int, fresh: timedelta | None) -> None:
        for one in found:
            if one.url in self._asked or (self._wanted == "images" and one.kind != "image"):
                continue
            if account.count <= 0:
                self._stats.inc_value("requisites/over_budget")
                continue
            self._asked.add(one.url)
            if not self._is_here(one.url, fresh):
                account.count -= 1
                account.waiting.append((one.url, depth))

    def _is_here(self, url: str, fresh: timedelta | None) -> bool:
        """Whether a URL was captured as lately as is wanted; ever, where `fresh` is None."""
        last = self._captured(url)
        return last is not None and (fresh is None or self._now() - last < fresh)

    def _next(self, url: str, account: _Account) -> Iterator[dict[str, Any]]:
        if account.bytes <= 0 and account.waiting:
            self._stats.inc_value("requisites/over_budget", len(account.waiting))
            account.waiting.clear()
        while account.waiting and account.pending < _AT_ONCE:
            address, depth = account.waiting.popleft()
            account.pending += 1
            self._stats.inc_value("requisites/asked")
            yield {
                "url": address,
                "headers": {"Referer": url},
                "priority": _PRIORITY,
                "dont_filter": True,
                "meta": {OF_PAGE: url, DEPTH: depth, "max_retry_times": 1, "download_maxsize": account.bytes},
            }
        if not account.pending:
            del self._accounts[url]
