"""One line per item in the log, not its whole text."""

import logging
from typing import Any, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class BriefLogFormatter(LogFormatter):
    """Names an item by its URL."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:  # noqa: ARG003  # Scrapy's signature
        """As Scrapy makes it, when the log has been set up: libraries that think aloud are told not to."""
        logging.getLogger("charset_normalizer").setLevel(logging.INFO)
        return cls()

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:  # noqa: ANN401, ARG002  # Scrapy's signature
        """An article went out."""
        return _line(logging.DEBUG, "Article: %(url)s", item)

    def dropped(
        self,
        item: Any,  # noqa: ANN401  # Scrapy's signature
        exception: BaseException,
        response: Response | Failure | None,  # noqa: ARG002
        spider: Spider,  # noqa: ARG002
    ) -> LogFormatterResult:
        """A page became no article."""
        return _line(logging.INFO, "Dropped %(url)s: %(reason)s", item, reason=exception)

    def item_error(
        self,
        item: Any,  # noqa: ANN401  # Scrapy's signature
        exception: BaseException,  # noqa: ARG002
        response: Response | Failure | None,  # noqa: ARG002
        spider: Spider,  # noqa: ARG002
    ) -> LogFormatterResult:
        """A pipeline failed."""
        return _line(logging.ERROR, "Error in extracting %(url)s", item)


def _line(level: int, message: str, item: object, **args: object) -> LogFormatterResult:
    return {"level": level, "msg": message, "args": {"url": _url_of(item), **args}}


def _url_of(item: object) -> str:
    """Of an article, or of a page on its way to one."""
    return str(getattr(getattr(item, "article", item), "url", "an item"))
