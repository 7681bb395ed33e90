"""Pages that need a browser: each HTML page of the crawl is opened in Chromium, and what it then holds goes on.

The document has come as every response does, and is archived. The browser is given it and nothing else: what the page
asks for (scripts, data, style sheets, pictures, fonts, frames) is fetched by the crawl, through all its middlewares. So
robots.txt, delays, private addresses, takedowns, sizes, time-outs and revisits are what they are for any request, and
the records are as exact. When the page has fallen silent, its document tree is archived as a rendition, and that is
what the spider gets: articles come of bytes that are in the archive.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.statscollectors import StatsCollector

from archives.errors import ArchiveError
from archives.warc.renditions import HTML, Rendition
from crawler.capture.browser import Browser, BrowserUnavailable, RenderFailed, find_chromium
from crawler.capture.collection import CAPTURE, ArchiveUnavailable, CrawlCollection
from crawler.capture.crawl_log import Finder
from crawler.capture.visit import Bounds, Fetch, Kept, Visit

logger = logging.getLogger(__name__)

RENDERED_FLAG = "rendered"

PAGES = 2
"""That are open at one time: each takes a process and a core."""


class Rendering:
    """Downloader middleware: the response to a page's request becomes the page as the browser holds it."""

    def __init__(
        self,
        browser: Callable[[], Browser],
        keeper: CrawlCollection,
        *,
        fetch: Fetch,
        bounds: Bounds,
        stats: StatsCollector,
    ) -> None:
        self._find = browser
        self._browser: Browser | None = None
        self._keeper = keeper
        self._fetch = fetch
        self._bounds = bounds
        self._stats = stats
        self._places = asyncio.Semaphore(PAGES)
        self._kept = Kept()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Only where NEWSWARC_RENDER is on, which the site file may say."""
        keeper, settings = crawler.get_extension(CrawlCollection), crawler.settings
        if keeper is None or crawler.stats is None or not settings.getbool("NEWSWARC_RENDER"):
            raise NotConfigured

        def browser() -> Browser:
            return Browser(find_chromium(settings.get("NEWSWARC_BROWSER")), user_agent=settings["USER_AGENT"])

        def fetch(request: Request) -> Awaitable[Response]:
            return crawler.engine.download_async(request)

        made = cls(browser, keeper, fetch=fetch, bounds=Bounds.of(settings), stats=crawler.stats)
        crawler.signals.connect(made.spider_opened, signals.spider_opened)
        crawler.signals.connect(made.spider_closed, signals.spider_closed)
        return made

    def spider_opened(self) -> None:
        """Look for the browser: without one the crawl does not begin, and one line says why."""
        with self._keeper.opening():
            self._browser = self._find()

    async def spider_closed(self) -> None:
        """End the browser."""
        if self._browser is not None:
            await self._browser.close()

    async def process_response(self, request: Request, response: Response) -> Response:
        """Render a page that the spider asked for; anything else, and what the browser asks for itself, passes."""
        capture = request.meta.get(CAPTURE)
        if capture is None or capture.truncated or not _is_page(request, response):
            return response
        try:
            async with self._places:
                dom, screenshot = await self._rendered(request, response)
            rendition = Rendition(document=capture, taken=datetime.now(UTC), dom=dom, screenshot=screenshot)
            request.meta[CAPTURE] = self._keeper.archive_rendition(rendition)
        except BrowserUnavailable as exc:
            self._keeper.fail(exc)
            raise ArchiveUnavailable(str(exc)) from exc
        except ArchiveError as exc:
            raise ArchiveUnavailable(str(exc)) from exc
        except RenderFailed as exc:
            self._stats.inc_value("browser/failed")
            logger.warning("%s could not be rendered: %s", response.url, exc)
            raise
        self._stats.inc_value("browser/pages")
        headers = {**response.headers, b"Content-Type": [HTML.encode()]}
        return response.replace(body=dom, headers=headers, encoding="utf-8", flags=[*response.flags, RENDERED_FLAG])

    async def _rendered(self, request: Request, response: Response) -> tuple[bytes, bytes | None]:
        assert self._browser is not None  # noqa: S101  # the spider is open
        async with self._browser.page() as page:
            found = Finder.of(request).hop("embed")
            visit = Visit(page, response, found=found, fetch=self._fetch, kept=self._kept, bounds=self._bounds)
            return await visit.run()


def _is_page(request: Request, response: Response) -> bool:
    """Requests without a callback are not the spider's: those of the browser, and for robots.txt."""
    asked_by_spider = request.callback is not NO_CALLBACK and request.method == "GET"
    return asked_by_spider and response.status == 200 and isinstance(response, HtmlResponse)
