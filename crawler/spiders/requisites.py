"""What archived pages need to look right is asked for behind them: each thing once a run, within a budget a page."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from scrapy import Request
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.statscollectors import StatsCollector

from crawler.capture.crawl_log import HOPS, PATH, VIA
from crawler.discovery.requisites import Requisite, of_style_sheet
from crawler.sites.site import Requisites as Wanted
from crawler.spiders.outcomes import content_type

FRESH = timedelta(days=1)
"""What was captured so lately is not asked for again."""
DEEPEST = 4
"""How far from the page: its style sheet, what that imports, what that needs."""
_AT_ONCE = 8
"""Requisites that are under way at one time: half of Scrapy's places are left to articles, however slow these are."""
_SHARE = 4
"""No requisite may have more than this part of a page's bytes."""
_PRIORITY = -10
OF_PAGE, DEPTH, GRANTED = "requisite_of", "requisite_depth", "download_maxsize"
"""Keys of request.meta: the page that needs it, how far from it, and the bytes that it may have."""


class Held(Protocol):
    """What the archive has; see `crawler.capture.collection.CrawlCollection`."""

    def last_captured(self, url: str) -> tuple[datetime, bool] | None:
        """When a URL was last captured, and whether there was something; None if never, or not to be relied on."""

    def archived(self, url: str) -> tuple[bytes, str]:
        """Payload and media type of a URL's last capture; nothing, where it cannot be read."""


@dataclass(slots=True)
class _Account:
    """What a page may still ask for, and what waits for its bytes to be given back."""

    count: int
    bytes: int
    unsettled: int = 0
    """Requisites that wait or are under way."""
    pending: int = 0
    """Those that are under way."""
    deferred: list["_Waiting"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Waiting:
    page: str
    url: str
    depth: int


class Requisites:
    """Those of one crawl."""

    def __init__(
        self,
        *,
        wanted: Wanted,
        most: int,
        most_bytes: int,
        largest: int,
        held: Held,
        stats: StatsCollector,
        now: datetime | None = None,
    ) -> None:
        self._wanted = wanted
        self._most, self._most_bytes = most, most_bytes
        self._largest = min(largest or most_bytes, most_bytes // _SHARE)
        self._held = held
        self._stats = stats
        self._now = now or datetime.now(UTC)
        self._asked: set[str] = set()
        self._accounts: dict[str, _Account] = {}
        self._queue: deque[_Waiting] = deque()
        self._under_way = 0

    @classmethod
    def of_settings(cls, settings: BaseSettings, *, held: Held, stats: StatsCollector) -> "Requisites":
        """As the crawl's settings want them."""
        return cls(
            wanted=settings["NEWSWARC_REQUISITES"],
            most=settings.getint("NEWSWARC_REQUISITES_MOST"),
            most_bytes=settings.getint("NEWSWARC_REQUISITES_BYTES"),
            largest=settings.getint("DOWNLOAD_MAXSIZE"),
            held=held,
            stats=stats,
        )

    def of_page(self, url: str, found: Iterable[Requisite], *, is_new: bool) -> list[dict[str, Any]]:
        """What to ask for now, as keywords of requests; what follows comes with the answers.

        Of a page that is not new, what was captured with it is not looked at again.
        """
        self._accounts.setdefault(url, _Account(self._most, self._most_bytes))
        self._note(url, found, depth=1, renew=is_new)
        self._close_if_settled(url)
        return list(self._next())

    def arrived(self, response: Response) -> list[dict[str, Any]]:
        """What to ask for next, after one has come."""
        page, depth = response.meta[OF_PAGE], response.meta[DEPTH]
        self._stats.inc_value("requisites/captured")
        kind = content_type(response) or ""
        if kind.startswith("text/css"):
            self._note_sheet(page, response.body, response.url, kind, depth, renew=True)
        self._give_back(response.meta, len(response.body))
        return list(self._next())

    def failed(self, request: Request, error: BaseException | None) -> list[dict[str, Any]]:
        """What to ask for next, after one could not be had; one that was too large has had all that it might."""
        self._stats.inc_value("requisites/failed")
        self._give_back(request.meta, request.meta[GRANTED] if isinstance(error, DownloadCancelledError) else 0)
        return list(self._next())

    def _note(self, page: str, found: Iterable[Requisite], *, depth: int, renew: bool) -> None:
        account = self._accounts[page]
        for one in found:
            if one.url in self._asked or (self._wanted == "images" and one.kind != "image"):
                continue
            if account.count <= 0:
                self._stats.inc_value("requisites/over_budget")
                continue
            self._asked.add(one.url)
            if not self._is_here(one.url, renew=renew):
                account.count -= 1
                account.unsettled += 1
                self._queue.append(_Waiting(page, one.url, depth))
            elif one.kind == "style":  # a crawl that broke off may have had the sheet and not what it needs
                body, kind = self._held.archived(one.url)
                self._note_sheet(page, body, one.url, kind, depth, renew=renew)

    def _note_sheet(self, page: str, body: bytes, url: str, kind: str, depth: int, *, renew: bool) -> None:
        if depth < DEEPEST:
            self._note(page, of_style_sheet(body, url, kind), depth=depth + 1, renew=renew)

    def _is_here(self, url: str, *, renew: bool) -> bool:
        """Whether a URL was captured lately; ever is enough where nothing is to be renewed and something was there."""
        last = self._held.last_captured(url)
        if last is None:
            return False
        date, was_there = last
        return (was_there and not renew) or self._now - date < FRESH

    def _next(self) -> Iterator[dict[str, Any]]:
        while self._queue and self._under_way < _AT_ONCE:
            one = self._queue.popleft()
            account = self._accounts[one.page]
            granted = min(self._largest, account.bytes)
            if granted <= 0 and account.pending:
                account.deferred.append(one)
            elif granted <= 0:
                self._stats.inc_value("requisites/over_budget")
                account.unsettled -= 1
                self._close_if_settled(one.page)
            else:
                account.bytes -= granted
                account.pending += 1
                self._under_way += 1
                self._stats.inc_value("requisites/asked")
                yield {
                    "url": one.url,
                    "headers": {"Referer": one.page},
                    "priority": _PRIORITY,
                    "dont_filter": True,
                    "meta": {
                        OF_PAGE: one.page,
                        DEPTH: one.depth,
                        GRANTED: granted,
                        "max_retry_times": 1,
                        PATH: HOPS["embed"] * one.depth,
                        VIA: one.page,
                    },
                }

    def _give_back(self, meta: dict[str, Any], used: int) -> None:
        account = self._accounts[meta[OF_PAGE]]
        account.bytes += meta[GRANTED] - used
        account.pending -= 1
        account.unsettled -= 1
        self._under_way -= 1
        self._queue.extend(account.deferred)
        account.deferred.clear()
        self._close_if_settled(meta[OF_PAGE])

    def _close_if_settled(self, page: str) -> None:
        if not self._accounts[page].unsettled:
            del self._accounts[page]
