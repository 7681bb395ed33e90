"""Scrapy's feed exports on disk: each item is written when it comes, whole or not at all."""

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Self, cast

from itemadapter import ItemAdapter
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exporters import JsonLinesItemExporter
from scrapy.extensions.feedexport import FileFeedStorage
from scrapy.statscollectors import StatsCollector

from archives.errors import StorageFailed
from crawler.capture.collection import CrawlCollection


class WholeWrites(io.FileIO):
    """A file without buffer that takes back what a failing disk took only a part of."""

    def __init__(self, path: str, mode: str, *, on_fault: Callable[[StorageFailed], None]) -> None:
        super().__init__(path, mode)
        self._on_fault = on_fault

    def write(self, content: Any, /) -> int:  # noqa: ANN401  # anything with bytes in it, as FileIO has it
        """Write all of the content at the end of the file, or nothing: StorageFailed, if it does not fit."""
        view = memoryview(content)
        start, done = self.seek(0, io.SEEK_END), 0
        try:
            while done < len(view):
                done += super().write(view[done:])
        except OSError as exc:
            with contextlib.suppress(OSError):
                self.truncate(start)
            failure = _failed(self.name, exc)
            self._on_fault(failure)
            raise failure from exc
        return done


class WholeItems(FileFeedStorage):
    """Feed storage: a file of items. If it cannot be written, the crawl ends with one line that says so."""

    def __init__(self, uri: str, *, crawler: Crawler, feed_options: dict[str, Any] | None = None) -> None:
        super().__init__(uri, feed_options=feed_options)
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler, uri: str, *, feed_options: dict[str, Any] | None = None) -> Self:
        """As Scrapy makes it."""
        return cls(uri, crawler=crawler, feed_options=feed_options)

    def open(self, spider: Spider) -> IO[bytes]:  # noqa: ARG002  # Scrapy's signature
        """The file, made with its folder if need be."""
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            return cast("IO[bytes]", WholeWrites(self.path, self.write_mode, on_fault=self._tell))
        except OSError as exc:
            failure = _failed(self.path, exc)
            self._tell(failure)
            raise failure from exc

    def _tell(self, failure: StorageFailed) -> None:
        keeper = self._crawler.get_extension(CrawlCollection)
        if keeper is not None:
            keeper.fail(failure)


class ToldLines(JsonLinesItemExporter):
    """Exporter of JSON lines. Of an item that cannot be written a line tells, and the crawl goes on with the others."""

    def __init__(self, file: io.BytesIO, *, stats: StatsCollector, **options: Any) -> None:  # noqa: ANN401  # Scrapy's
        super().__init__(file, **options)
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler, file: io.BytesIO, **options: Any) -> Self:  # noqa: ANN401  # Scrapy's
        """As Scrapy makes it."""
        return cls(file, stats=crawler.stats, **options)

    def export_item(self, item: Any) -> None:  # noqa: ANN401  # Scrapy's signature
        """Write it, or note in the statistics why it was not."""
        try:
            super().export_item(item)
        except StorageFailed:
            raise  # the storage has told it
        except Exception as exc:
            where = f"{getattr(self.file, 'name', 'items')}: {ItemAdapter(item).get('url')} was not written"
            told = f"{where}: {type(exc).__name__}: {exc}; the next crawl adds what the catalog has of it"
            self._stats.set_value("items/failure", self._stats.get_value("items/failure") or told)
            raise


def _failed(path: object, exc: OSError) -> StorageFailed:
    return StorageFailed(f"{path}: {exc.strerror}; make room: 'newswarc export' writes what the catalog has")
