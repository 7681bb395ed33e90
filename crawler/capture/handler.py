"""The download handler of http and https: what was on the wire is archived before the response goes on."""

import io
from collections.abc import Callable, Sequence
from typing import Protocol, Self
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest, NotConfigured, StopDownload
from scrapy.http import Response

from archives.cdxj import Capture
from archives.errors import ArchiveError, StorageFailed
from archives.exchange import Exchange, Truncation
from archives.http import head_size
from crawler.capture.addresses import allows_private, refuse_private
from crawler.capture.collection import CAPTURE, NOT_MODIFIED, ArchiveUnavailable, CrawlCollection
from crawler.capture.crawl_log import RunLog, status_of
from crawler.capture.wire import Tee, WireHandler, permit_any

EARLIER = "capture_to_confirm"
"""Key of request.meta: the capture whose validators the request carries; a 304 says that it still holds."""


class Keeper(Protocol):
    """Where exchanges go: the crawl's collection."""

    @property
    def failure(self) -> ArchiveError | None:
        """Why nothing can be archived any more."""

    def archive(self, exchange: Exchange, *, not_modified: Capture | None = None) -> Capture:
        """Keep an exchange; raises ArchiveError."""

    def fail(self, failure: ArchiveError) -> None:
        """Stop the crawl."""


class CaptureHandler(BaseDownloadHandler):
    """Downloads as Scrapy does; each exchange that began to be sent is archived, its capture is in `request.meta`.

    Failed ones too: cut off, too slow, too large, not HTTP. Only where nothing was sent is there nothing to keep.
    """

    lazy = False

    def __init__(
        self, crawler: Crawler, *, keeper: Keeper, log: RunLog | None = None, permit: Callable[[str], None] = permit_any
    ) -> None:
        super().__init__(crawler)
        self._wire = WireHandler(crawler)
        self._keeper = keeper
        self._log = log
        self._permit = permit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Find the crawl's collection and ask which peers it may speak to."""
        keeper = crawler.get_extension(CrawlCollection)
        if keeper is None:
            raise NotConfigured(
                "nothing would be archived: add crawler.capture.collection.CrawlCollection to EXTENSIONS"
            )
        permit = permit_any if allows_private(crawler) else refuse_private
        return cls(crawler, keeper=keeper, log=crawler.get_extension(RunLog), permit=permit)

    async def download_request(self, request: Request) -> Response:
        """Scrapy's response or exception, after the exchange is archived."""
        request.meta.pop(CAPTURE, None)
        if self._keeper.failure is not None:
            raise ArchiveUnavailable(str(self._keeper.failure))
        proxied = bool(request.meta.get("proxy"))
        tee = Tee(permit=permit_any if proxied else self._permit)
        try:
            response = await self._wire.download(request, tee)
        except Exception as exc:
            self._archive(request, tee, truncation(tee, exc), error=exc)
            raise
        self._archive(request, tee, truncation(tee, flags=response.flags), status=response.status)
        return response

    def _archive(
        self,
        request: Request,
        tee: Tee,
        truncated: Truncation | None,
        *,
        status: int | None = None,
        error: Exception | None = None,
    ) -> None:
        if not tee.sent:
            self._note_unsent(request, error)
            return
        exchange = exchange_of(request, tee, truncated)
        earlier = request.meta.get(EARLIER) if status == NOT_MODIFIED else None
        with exchange.response:
            try:
                if tee.failure is not None:
                    raise self._spool_failed(tee.failure)
                request.meta[CAPTURE] = self._keeper.archive(exchange, not_modified=earlier)
                self._note(request, exchange, error)
            except ArchiveError as exc:
                raise ArchiveUnavailable(str(exc)) from exc

    def _note(self, request: Request, exchange: Exchange, error: Exception | None) -> None:
        if self._log is not None:
            size = exchange.response.seek(0, io.SEEK_END) - head_size(exchange.response)
            self._log.exchanged(request, started=exchange.started, size=size, error=error)

    def _note_unsent(self, request: Request, error: Exception | None) -> None:
        """Refusals are noted where they are made."""
        if self._log is not None and error is not None and not isinstance(error, IgnoreRequest):
            self._log.unanswered(request, status_of(error, sent=False))

    def _spool_failed(self, failure: OSError) -> StorageFailed:
        failed = StorageFailed(f"no temporary file for a large response: {failure}; make room or set TMPDIR")
        self._keeper.fail(failed)
        return failed

    async def close(self) -> None:
        """Close idle connections."""
        await self._wire.close()


def target_uri(request: Request) -> str:
    """What the archive calls the URL of a request: Scrapy has made it ASCII, fragments are never sent."""
    return urldefrag(request.url).url


def exchange_of(request: Request, tee: Tee, truncated: Truncation | None) -> Exchange:
    """What the tee wrote down, as the archive wants it; behind a proxy the peer is not the server."""
    return Exchange(
        url=target_uri(request),
        started=tee.started,
        request=b"".join(tee.sent),
        response=tee.close(),
        interim=tuple(tee.interim),
        trailing=tee.trailing,
        peer=None if request.meta.get("proxy") else tee.peer,
        truncated=truncated,
        protocols=tee.protocols,
    )


def truncation(tee: Tee, error: Exception | None = None, flags: Sequence[str] = ()) -> Truncation | None:
    """Why the response is not whole, as WARC-Truncated has it; None if it is."""
    if tee.ending == "whole" or (tee.ending == "closed" and "partial" in flags):
        return None  # "partial" is Scrapy's word for a body that ends with the connection, as HTTP/1.0 has it
    if isinstance(error, DownloadTimeoutError):
        return "time"
    if isinstance(error, DownloadCancelledError):
        return "length"
    stopped = isinstance(error, StopDownload) or "download_stopped" in flags
    return "disconnect" if tee.ending and not stopped else "unspecified"
