"""How far a crawl is, for who watches it."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.frontier import BUDGET
from crawler.items import Article
from crawler.spiders.politeness import PoliteRetry

_SECONDS = 0.1
"""Between two looks."""
_TITLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """How a crawl stands with one host."""

    name: str
    active: int
    """Requests that it has not answered yet."""
    queued: int
    """Requests that wait for its delay."""
    delay: float
    """Seconds between two requests."""
    resting: float
    """Seconds for which it is left alone, because it said 429 or 503; 0: it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a crawl is."""

    site: str
    asked: int
    """Pages of articles that were asked for."""
    settled: int
    """Of these, how many are done with."""
    articles: int
    pages: int
    """Responses that came, whatever they are."""
    bytes: int
    """Received."""
    queued: int
    """Requests that no host has yet."""
    hosts: tuple[Host, ...]
    titles: tuple[str, ...]
    """Of the articles that came last, the newest first."""


class Onlooker:
    """Tells of a crawl as it goes on, and once more when it ends; costs nothing where nobody watches."""

    def __init__(self, crawler: Crawler, site: str, tell: Callable[[Progress], None]) -> None:
        self._crawler = crawler
        self._site = site
        self._tell = tell
        self._told = 0.0
        self._titles: deque[str] = deque(maxlen=_TITLES)
        crawler.signals.connect(self._look, signals.request_left_downloader)
        crawler.signals.connect(self._look_last, signals.spider_closed)
        crawler.signals.connect(self._item_scraped, signals.item_scraped)

    def _item_scraped(self, item: object) -> None:
        if isinstance(item, Article) and item.title:
            self._titles.appendleft(item.title)

    def _look(self) -> None:
        if time.monotonic() - self._told >= _SECONDS:
            self._look_last()

    def _look_last(self) -> None:
        self._told = time.monotonic()
        stats = self._crawler.stats.get_stats()
        asked = stats.get("ledger/asked", 0)
        self._tell(
            Progress(
                site=self._site,
                asked=asked,
                settled=min(asked, _settled(stats)),
                articles=stats.get("item_scraped_count", 0),
                pages=stats.get("downloader/response_count", 0),
                bytes=stats.get("downloader/response_bytes", 0),
                queued=stats.get("scheduler/enqueued", 0) - stats.get("scheduler/dequeued", 0),
                hosts=self._hosts(),
                titles=tuple(self._titles),
            )
        )

    def _hosts(self) -> tuple[Host, ...]:
        engine = self._crawler.engine
        polite = self._crawler.get_downloader_middleware(PoliteRetry)
        resting = polite.resting() if polite is not None else {}
        return tuple(
            Host(
                name=name,
                active=len(slot.transferring),
                queued=len(slot.queue),
                delay=slot.delay,
                resting=resting.get(name, 0.0),
            )
            for name, slot in (engine.downloader.slots.items() if engine is not None else ())
        )


def _settled(stats: Mapping[str, Any]) -> int:
    """What was settled, without what the budget left no room to ask for."""
    settled = sum(count for name, count in stats.items() if name.startswith("outcome/"))
    return int(settled - stats.get(f"outcome/skipped/{BUDGET}", 0))
