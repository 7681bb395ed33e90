"""Crawls without a network: requests are answered from a collection, so that an old crawl can be extracted anew.

`scrapy crawl SITE -s CAPTURE_REPLAY=COLLECTION` reads the collection and writes nothing to it; what the crawl itself
has to write down goes into a folder that is gone when it ends.
"""

import os
from typing import Self

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.settings import BaseSettings

from archives.cdxj import Capture
from archives.collection import Collection
from archives.errors import ArchiveError
from crawler.capture.archived import archived_response
from crawler.capture.collection import CAPTURE
from crawler.capture.collection_settings import replayed_path
from crawler.capture.handler import target_uri

OFFLINE_FLAG = "offline"

_OF_THE_NETWORK = {
    "DOWNLOADER_MIDDLEWARES": (
        "crawler.capture.addresses.AddressGuard",
        "crawler.capture.conditional.ConditionalGet",
        "crawler.capture.rendering.Rendering",
        "crawler.spiders.politeness.PoliteRetry",
    ),
    "EXTENSIONS": (
        "crawler.spiders.builtin_newsroom.BuiltInNewsroom",
        "crawler.spiders.politeness.CrawlDelay",
        "crawler.capture.crawl_log.RunLog",
    ),
}
"""Components that a crawl without network has no use for."""


class NotCaptured(IgnoreRequest):
    """A request for what the collection does not hold, or holds only a part of."""


class OfflineHandler(BaseDownloadHandler):
    """Answers with the newest capture of exactly the URL, or with the newest until a day.

    What was never captured is NotCaptured; with a status for misses, it is answered with that.
    """

    lazy = True

    def __init__(
        self, crawler: Crawler, *, collection: Collection, until: str | None = None, miss: int | None = None
    ) -> None:
        super().__init__(crawler)
        self._collection = collection
        self._until = until
        self._miss = miss

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the collection that the settings name, for reading."""
        settings = crawler.settings
        path = replayed_path(settings, os.environ)
        if path is None:
            raise NotConfigured("CAPTURE_REPLAY names no collection")
        try:
            collection = Collection.open(path, database=settings.get("NEWSWARC_DATABASE"))
        except ArchiveError as exc:
            raise NotConfigured(str(exc)) from exc
        until = settings.get("CAPTURE_REPLAY_DATE") or None
        return cls(crawler, collection=collection, until=until, miss=settings.getint("CAPTURE_REPLAY_MISS") or None)

    async def download_request(self, request: Request) -> Response:
        """The archived response, its payload decoded, with its capture in meta."""
        where = self._collection.layout.root
        try:
            capture = self._newest(target_uri(request)) if request.method == "GET" else None
            if capture is None and self._miss:
                return Response(request.url, status=self._miss, flags=[OFFLINE_FLAG])
            if capture is None:
                raise NotCaptured(f"{request.method} {request.url} is not in the collection {where}")
            if capture.truncated:
                raise NotCaptured(f"{request.url} is only in part in the collection {where}: {capture.truncated}")
            response = archived_response(self._collection.exchange(capture), url=request.url, flags=[OFFLINE_FLAG])
        except ArchiveError as exc:
            raise NotCaptured(str(exc)) from exc
        request.meta[CAPTURE] = capture
        return response

    def _newest(self, url: str) -> Capture | None:
        """Of a page that a browser rendered, its rendition, which came after the document."""
        until = self._until
        captures = (one for one in self._collection.captures(url) if until is None or one.date[: len(until)] <= until)
        return max(captures, key=lambda one: one.date, default=None)

    async def close(self) -> None:
        """Close the collection."""
        self._collection.close()


def apply_replay(settings: BaseSettings) -> None:
    """With CAPTURE_REPLAY, set at a spider's priority what makes the crawl one without network."""
    if not settings.get("CAPTURE_REPLAY"):
        return
    handlers = dict.fromkeys(("http", "https"), f"{__name__}.{OfflineHandler.__name__}")
    wanted = {"DOWNLOAD_HANDLERS": {**settings.getdict("DOWNLOAD_HANDLERS"), **handlers}, "DOWNLOAD_DELAY": 0}
    wanted["NEWSWARC_REQUISITES"] = "none"
    off = {key: {**settings.getdict(key), **dict.fromkeys(paths)} for key, paths in _OF_THE_NETWORK.items()}
    settings.setdict({**wanted, **off}, priority="spider")
