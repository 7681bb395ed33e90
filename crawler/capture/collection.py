"""The collection that a crawl writes to: opened at first use, sealed when the spider is closed."""

import logging
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.task import LoopingCall

from archives.cdxj import Capture
from archives.collection import Collection, WritableCollection
from archives.errors import ArchiveError
from archives.exchange import Exchange
from archives.layout import Layout
from archives.lock import Lease
from archives.revisions import Sighting, record_id_of
from archives.warc.renditions import Rendition
from crawler.capture.collection_settings import collection_path, replayed_path, require_replayed, writing_of

logger = logging.getLogger(__name__)

NOT_MODIFIED = 304
_THERE, _NOT_THERE = (200, NOT_MODIFIED), (404, 410)

FLUSH_EVERY = 1.0
"""Seconds that an archived exchange may wait for the disk to have it."""

_IN_HAND = 64
"""Articles that were committed last: Scrapy tells of each a little later that it was scraped."""

CAPTURE = "capture"
"""Key of request.meta and response.meta: where the exchange was archived."""

ARCHIVE_FAILED = "archive_failed"
"""Finish reason of a crawl that could not archive."""


class ArchiveUnavailable(IgnoreRequest):
    """A request that the archive failed: it could not keep the exchange, or not say what it has."""


class CrawlCollection:
    """Extension: keeps the crawl's collection. The first failure of the archive ends the crawl: one line says why."""

    def __init__(
        self,
        open_collection: Callable[[], WritableCollection],
        *,
        stop_crawl: Callable[[str], object],
        stats: StatsCollector,
        discard: Callable[[], object] = lambda: None,
        lease: Lease | None = None,
    ) -> None:
        self._failure: ArchiveError | None = None
        self._lease = lease
        self.distrusted: AbstractSet[str] = frozenset()
        """Hosts whose validators lied about articles; whoever keeps account of them sets it."""
        self._open = open_collection
        self._opened: WritableCollection | None = None
        self._committed: deque[tuple[str | None, Sighting]] = deque(maxlen=_IN_HAND)
        self._flushing: LoopingCall | AsyncioLoopingCall | None = None
        self._stop_crawl = stop_crawl
        self._stats = stats
        self._discard = discard

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the settings; connect to the spider's opening and closing.

        A crawl that an archive answers has nothing to keep: its collection is gone when it ends.
        """
        if crawler.stats is None or crawler.spider is None:
            raise NotConfigured("a collection belongs to a crawl")
        path = collection_path(crawler.settings, crawler.spider.name, os.environ)
        writing, database = writing_of(crawler.settings), crawler.settings.get("NEWSWARC_DATABASE")
        replayed, scratch = replayed_path(crawler.settings, os.environ), ExitStack()
        if replayed is not None:
            path = Path(scratch.enter_context(TemporaryDirectory(prefix="newswarc-")))
            writing, database = replace(writing, store=None, lease=None), None

        def open_collection() -> WritableCollection:
            if replayed is not None:
                require_replayed(Layout(replayed))
            return Collection.open(path, write=writing, database=database)

        extension = cls(
            open_collection,
            stop_crawl=lambda reason: deferred_from_coro(_close_spider(crawler, reason)),
            stats=crawler.stats,
            discard=scratch.close,
            lease=writing.lease,
        )
        crawler.signals.connect(extension.spider_opened, signals.spider_opened)
        crawler.signals.connect(extension.request_scheduled, signals.request_scheduled)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        return extension

    @property
    def failure(self) -> ArchiveError | None:
        """Why nothing can be archived any more, and so nothing is to be asked for."""
        return self._failure or (self._lease.loss if self._lease else None)

    @property
    def collection(self) -> WritableCollection:
        """Open for writing; raises ArchiveError if it cannot be opened."""
        return self.open()

    def open(self) -> WritableCollection:
        """Open the collection, if it is not open yet."""
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def archive(self, exchange: Exchange, *, not_modified: Capture | None = None) -> Capture:
        """Keep an exchange; if that fails, the crawl is stopped and ArchiveError raised."""
        with self._keeping():
            return self.collection.archive(exchange, not_modified=not_modified)

    def archive_rendition(self, rendition: Rendition) -> Capture:
        """Keep what a browser made of a document; if that fails, the crawl is stopped and ArchiveError raised."""
        with self._keeping():
            return self.collection.archive_rendition(rendition)

    def take_article(self, item: Mapping[str, Any]) -> int:
        """Put an article's item into the catalog; returns its revision. If that fails, the crawl is stopped, too."""
        with self._keeping():
            sighting = self.collection.catalog.take_article(item)
        self._committed.append((record_id_of(item), sighting))
        return sighting.revision

    def article(self, url: str) -> dict[str, Any] | None:
        """What the article of a URL says now, if the catalog has one. If that fails, the crawl is stopped."""
        with self._keeping():
            return self.collection.catalog.article(url)

    def move_article(self, former: str, url: str) -> None:
        """Have the article of a URL, if there is one, go by another. If that fails, the crawl is stopped."""
        with self._keeping():
            self.collection.catalog.move_article(former, url)

    def last_captured(self, url: str) -> tuple[datetime, bool] | None:
        """When a URL was captured last, and whether there was something; None if it never was, or not as it is.

        404 and 410 say that there is nothing; what broke off, or failed in another way, says nothing.
        """
        capture = self.collection.latest(url)
        if capture is None or capture.truncated or capture.status not in (*_THERE, *_NOT_THERE):
            return None
        return datetime.fromisoformat(capture.date), capture.status in _THERE

    def archived(self, url: str) -> tuple[bytes, str]:
        """Payload and media type of a URL's last capture; nothing, where it cannot be read."""
        capture = self.collection.latest(url)
        try:
            return (self.collection.payload(capture), capture.mime) if capture else (b"", "")
        except ArchiveError as exc:
            logger.warning("%s cannot be read: %s", url, exc)
            return b"", ""

    def shows_news(self, record_id: str) -> bool:
        """Whether a capture shows something else than the one before it of the same URL."""
        capture = self.collection.catalog.by_record_id(record_id)
        return capture is None or not repeats_last(self.collection, capture)

    def note_removal(self, url: str, capture: Capture | None, reason: str) -> None:
        """Write down that the article of a URL is gone, if there was one: that is a change of it.

        Without a capture that shows it, the URL's last one does: it leads to something else.
        """
        capture = capture or self.collection.latest(url)
        if capture is None:
            return
        removal = {"record_id": capture.record_id, "date": capture.date, "reason": reason}
        try:
            self.collection.catalog.put_removal(url, **removal)
        except ArchiveError as exc:
            self.fail(exc)

    def shows_change(self, response: Response | None) -> bool:
        """Whether a reader sees another story in a response than in the last one that was committed."""
        capture: Capture | None = response.meta.get(CAPTURE) if response is not None else None
        if capture is None:
            return False
        just_now = dict(self._committed).get(capture.record_id)
        sighting = just_now or self.collection.catalog.sighting(capture.record_id)
        return sighting is not None and sighting.first

    @contextmanager
    def _keeping(self) -> Iterator[None]:
        """A failure of the archive in this block stops the crawl, and is raised."""
        try:
            yield
        except ArchiveError as exc:
            self.fail(exc)
            raise

    def fail(self, failure: ArchiveError) -> None:
        """Stop the crawl because of `failure`; only the first one is told."""
        if self._failure is None:
            self._tell(failure)
            self._stop_crawl(ARCHIVE_FAILED)

    @contextmanager
    def opening(self) -> Iterator[None]:
        """A failure of the archive in this block is told and keeps the crawl from beginning."""
        try:
            yield
        except ArchiveError as exc:
            self._tell(exc)
            raise CloseSpider(ARCHIVE_FAILED) from exc

    def spider_opened(self) -> None:
        """Open the collection before anything is asked for; what else opens with the spider may call it first."""
        if self._flushing is not None:
            return
        with self.opening():
            self.open()
        self._flushing = create_looping_call(self.flush)
        self._flushing.start(FLUSH_EVERY, now=False)

    def flush(self) -> None:
        """Push what was archived to the disk, for the times when nothing more arrives that would do so."""
        try:
            if self._lease is not None:
                self._lease.require()
            self.collection.flush()
        except ArchiveError as exc:
            self.fail(exc)

    def request_scheduled(self, request: Request) -> None:
        """Take the capture of the hop before out of a redirected request: it may be refused before it has its own."""
        request.meta.pop(CAPTURE, None)

    def spider_closed(self) -> None:
        """Seal what was written."""
        if self._flushing is not None:
            self._flushing.stop()
        try:
            if self._opened is not None:
                self._opened.close()
                if self._opened.unsent:
                    self._stats.set_value("store/unsent", self._opened.unsent)
                    logger.warning("Not sent to the store, the next crawl tries again: %s", self._opened.unsent)
        except ArchiveError as exc:
            self._tell(exc)
        finally:
            self._discard()

    def _tell(self, failure: ArchiveError) -> None:
        if self._failure is None:
            self._failure = failure
            self._stats.set_value("archive/failure", str(failure))
            logger.error("Crawl stopped: %s", failure)


async def _close_spider(crawler: Crawler, reason: str) -> None:
    if crawler.engine is not None and crawler.engine.spider is not None:
        await crawler.engine.close_spider_async(reason=reason)


def repeats_last(collection: Collection, capture: Capture) -> bool:
    """Whether a capture shows what the one before it of the same URL showed: a revisit may repeat another URL's.

    Renditions are compared with each other, whatever their documents were.
    """
    rendered = capture.kind == "rendition"
    if not rendered and (capture.kind != "revisit" or capture.status == NOT_MODIFIED):
        return capture.kind == "revisit"
    captures = (one for one in collection.captures(capture.url) if (one.kind == "rendition") == rendered)
    others = (one for one in captures if one.record_id != capture.record_id)
    before = [one for one in others if one.date <= capture.date and one.status in (capture.status, NOT_MODIFIED)]
    return bool(before) and max(before, key=lambda one: one.date).payload_digest == capture.payload_digest
