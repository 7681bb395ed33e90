"""Crawl delays, Retry-After, backoff, requests at once: how a server says that it wants less, and how that is obeyed.

Scrapy has no public way to hold back one host, so this file uses the private side of the engine, of the downloader and
of its slots (`_slot`, `_get_slot`, `_process_queue`, `_wait_for_download`, `latercall`); pyproject.toml bounds Scrapy's
version.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

from scrapy import Request, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.settings import BaseSettings
from scrapy.utils.asyncio import CallLaterResult, call_later
from twisted.internet.defer import Deferred

from crawler.spiders.watch import Watch

logger = logging.getLogger(__name__)

_TICK = 0.5
"""Seconds between two looks whether the crawl is closing."""


class StrictDownloader(Downloader):
    """Scrapy's downloader, which counts a request as under way as soon as it is let go.

    Scrapy 2.19 counts it once its task has begun, and until then lets go of all that waits, where there is no delay.
    """

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)


class CrawlDelay:
    """Extension: the Crawl-delay of a host's robots.txt becomes the delay of its download slot."""

    def __init__(self, crawler: Crawler, *, user_agent: str, longest: float) -> None:
        self._crawler = crawler
        self._user_agent = user_agent
        self._longest = longest

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        settings = crawler.settings
        agent = settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"]
        extension = cls(crawler, user_agent=agent, longest=settings.getfloat("NEWSWARC_MAX_CRAWL_DELAY"))
        crawler.signals.connect(extension.robots_parsed, signals.robots_parsed)
        return extension

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Slow down the slot of the request's host."""
        asked = robotparser.crawl_delay(self._user_agent)
        if not asked or asked < 0:
            return
        delay = min(asked, self._longest)
        downloader = self._crawler.engine.downloader
        key, slot = downloader._get_slot(request)
        if delay > slot.delay:
            slot.delay, slot.jitter = delay, 0.0
            # An idle slot is thrown away after a minute; its successor has to be as slow.
            downloader.per_slot_settings[key] = {"delay": delay, "jitter": 0.0, "concurrency": slot.concurrency}
            logger.info("%s asks for %g s between requests; taking %g s", key, asked, delay)


class PromptClose:
    """Extension: a crawl that closes does not wait for the delays of what is still queued; those URLs stay pending."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._watch = Watch(crawler, self._look, tick=_TICK)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        return cls(crawler)

    def _look(self) -> None:
        engine = self._crawler.engine
        if engine._slot is None or engine._slot.closing is None:
            return
        for slot in engine.downloader.slots.values():
            while slot.queue:
                slot.queue.popleft()[1].errback(IgnoreRequest("the crawl is closing"))


class HostRests(IgnoreRequest):
    """A host wants to be left alone for longer than a crawl waits: what it was to be asked is left for another one."""

    def __init__(self, host: str, seconds: float) -> None:
        super().__init__(f"{host} wants to be left alone for {seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, for what."""

    backoff: float
    """Seconds before the first retry; twice as long before each further one."""
    longest: float
    """Seconds: what a server may ask for with Retry-After before it is left for another crawl."""


class PoliteRetry(RetryMiddleware):
    """Downloader middleware: retries that wait, and hosts that are left alone when they say 429 or 503."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._patience = Patience(
            backoff=settings.getfloat("NEWSWARC_RETRY_BACKOFF"), longest=settings.getfloat("NEWSWARC_MAX_RETRY_AFTER")
        )
        self._resting: dict[CallLaterResult | None, float] = {}
        self._until: dict[str, float] = {}

    async def process_request(self, request: Request) -> None:
        """Leave a host alone that wants to be for longer than anybody waits."""
        key = self.crawler.engine.downloader.get_slot_key(request)
        if (left := self._until.get(key, 0.0) - time.monotonic()) > self._patience.longest:
            raise HostRests(key, left)

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Retry what may pass; after 429 and 503 the whole host rests as long as it asked for."""
        if request.meta.get("dont_retry") or response.status not in self.retry_http_codes:
            return response
        asked = retry_after(response) if response.status in (429, 503) else None
        if asked is not None and asked > self._patience.longest:
            self._leave(request, asked)
            return response
        retry = self._retry(request, f"status {response.status}")
        if asked is not None or response.status == 429:
            self._rest(request, self._wait(request) if asked is None else asked)
        elif retry is not None:
            await asyncio.sleep(self._wait(request))
        return retry or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        """Retry what may pass, after a wait; a body that was too slow is given one more chance only."""
        if request.meta.get("dont_retry") or not isinstance(exception, self.exceptions_to_retry):
            return None
        if isinstance(exception, DownloadTimeoutError):
            request.meta.setdefault("max_retry_times", min(1, self.max_retry_times))
        retry = self._retry(request, exception)
        if retry is not None:
            await asyncio.sleep(self._wait(request))
        return retry

    def _wait(self, request: Request) -> float:
        seconds = self._patience.backoff * 2 ** request.meta.get("retry_times", 0)
        return min(float(seconds), self._patience.longest) * random.uniform(0.75, 1.25)  # noqa: S311  # spreads, hides nothing

    def _leave(self, request: Request, seconds: float) -> None:
        """Ask the host for nothing more in this crawl, not even for what waits already; what is under way goes on."""
        key, slot = self.crawler.engine.downloader._get_slot(request)
        logger.info("%s asks for %g s of rest: left for another crawl", key, seconds)
        self._until[key] = time.monotonic() + seconds
        while slot.queue:
            slot.queue.popleft()[1].errback(HostRests(key, seconds))
        self.crawler.stats.inc_value("politeness/rests")

    def _rest(self, request: Request, seconds: float) -> None:
        """Send nothing more to the host for that long; what is under way goes on."""
        key, slot = self.crawler.engine.downloader._get_slot(request)
        until = time.monotonic() + seconds
        self._until[key] = max(until, self._until.get(key, 0.0))
        if until > self._resting.get(slot.latercall, 0.0):
            if slot.latercall:
                slot.latercall.cancel()
            self._hold(slot, until)
        self.crawler.stats.inc_value("politeness/rests")

    def resting(self) -> dict[str, float]:
        """Host → for how many seconds it is still left alone."""
        now = time.monotonic()
        return {host: until - now for host, until in self._until.items() if until > now}

    def _hold(self, slot: Slot, until: float) -> None:
        self._resting.pop(slot.latercall, None)
        slot.latercall = call_later(until - time.monotonic(), self._go_on, slot)
        self._resting[slot.latercall] = until

    def _go_on(self, slot: Slot) -> None:
        self._resting.pop(slot.latercall, None)
        slot.latercall = None
        self.crawler.engine.downloader._process_queue(slot)


def rest_wanted(error: BaseException | None) -> float | None:
    """Seconds for which the host wants to be left alone, by why a request to it failed; None if it wants nothing."""
    if isinstance(error, HostRests):
        return error.seconds
    response = getattr(error, "response", None)
    return None if response is None else retry_after(response)


def retry_after(response: Response, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float | None:
    """Seconds that the response asks for (RFC 9110, 10.2.3: a number or a date); None if it asks for nothing."""
    value = (response.headers.get(b"Retry-After") or b"").decode("latin-1").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now()).total_seconds())
