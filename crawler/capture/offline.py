"""Runs without a network: requests are answered from a collection, so that an old crawl can be extracted anew."""

import os
from typing import Self

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response

from archives.collection import Collection
from archives.errors import ArchiveError
from crawler.capture.archived import archived_response
from crawler.capture.collection import CAPTURE, collection_path
from crawler.capture.handler import target_uri

OFFLINE_FLAG = "offline"


class OfflineHandler(BaseDownloadHandler):
    """Answers with the newest capture of exactly the URL; what was never captured is ignored."""

    lazy = True

    def __init__(self, crawler: Crawler, *, collection: Collection) -> None:
        super().__init__(crawler)
        self._collection = collection

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the collection that the settings name, for reading."""
        if crawler.spider is None:
            raise NotConfigured("an offline run needs a spider")
        try:
            collection = Collection.open(collection_path(crawler.settings, crawler.spider.name, os.environ))
        except ArchiveError as exc:
            raise NotConfigured(str(exc)) from exc
        return cls(crawler, collection=collection)

    async def download_request(self, request: Request) -> Response:
        """The archived response, its payload decoded, with its capture in meta."""
        try:
            capture = self._collection.latest(target_uri(request))
            if capture is None or request.method != "GET":
                where = self._collection.layout.root
                raise IgnoreRequest(f"{request.method} {request.url} is not in the collection {where}")
            exchange = self._collection.exchange(capture)
            response = archived_response(exchange, url=request.url, flags=[OFFLINE_FLAG])
        except ArchiveError as exc:
            raise IgnoreRequest(str(exc)) from exc
        request.meta[CAPTURE] = capture
        return response

    async def close(self) -> None:
        """Close the collection."""
        self._collection.close()
