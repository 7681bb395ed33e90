"""One page in the browser: the crawl answers what it asks for, until it has fallen silent or its time is up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import BaseSettings

from crawler.capture.browser import VIEWPORT, Page, RenderFailed

logger = logging.getLogger(__name__)

QUIET = 0.5
"""Seconds without a request after which a page counts as done."""
GRACE = 10.0
"""Seconds that a page has to hand over its tree: a script that is at it without end never does."""
MOMENT = 2.0
"""Seconds of these after which the script that still runs is ended, where the page's time was up already."""
TALLEST = 16_384
"""Pixels of a page that go into its screenshot."""
KEPT = 64 * 2**20
"""Bytes of scripts, styles, fonts and pictures that are kept for the pages to come, which mostly ask for the same."""

_BY_SCRIPT = frozenset({"fetch", "xhr"})
_KEPT_KINDS = frozenset({"script", "stylesheet", "font", "image"})
_NOT_PASSED_ON = frozenset({"accept-encoding", "connection", "content-length", "cookie", "host", "user-agent"})
_OF_THE_MESSAGE = frozenset(
    {b"connection", b"content-encoding", b"content-length", b"set-cookie", b"trailer", b"transfer-encoding"}
)

Fetch = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far a page may go."""

    seconds: float
    """Until its tree is taken, done or not."""
    requests: int
    bytes: int
    """Of its tree."""
    scroll: int
    """Screens that are scrolled down, so that what loads on sight does."""
    screenshot: bool
    posts: bool = False
    """Whether scripts may ask by POST; forms and beacons never may."""

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """As the settings have them."""
        return cls(
            seconds=settings.getfloat("NEWSWARC_RENDER_TIMEOUT"),
            requests=settings.getint("NEWSWARC_RENDER_REQUESTS"),
            bytes=settings.getint("DOWNLOAD_MAXSIZE") or 2**31,
            scroll=settings.getint("NEWSWARC_RENDER_SCROLL"),
            screenshot=settings.getbool("NEWSWARC_RENDER_SCREENSHOT"),
            posts=settings.getbool("NEWSWARC_RENDER_POSTS"),
        )


class Kept:
    """Responses that later pages of the crawl are given without asking for them again."""

    def __init__(self) -> None:
        self._responses: dict[str, Response] = {}
        self._room = KEPT

    def get(self, url: str) -> Response | None:
        """The response of a URL; None if it is not kept."""
        return self._responses.get(url)

    def put(self, url: str, response: Response) -> None:
        """Keep a response that is whole, while there is room."""
        if response.status == 200 and url not in self._responses and len(response.body) <= self._room:
            self._room -= len(response.body)
            self._responses[url] = response


class Visit:
    """One page in the browser, from the document to the tree."""

    def __init__(
        self,
        page: Page,
        document: Response,
        *,
        found: dict[str, Any],
        fetch: Fetch,
        kept: Kept,
        bounds: Bounds,
    ) -> None:
        self._page = page
        self._document: Response | None = document
        self._meta = {**found, "max_retry_times": 0}
        self._url = document.url
        self._fetch = fetch
        self._kept = kept
        self._bounds = bounds
        self._left = bounds.requests
        self._open = 0
        self._last = 0.0

    async def run(self) -> tuple[bytes, bytes | None]:
        """The tree as HTML in UTF-8, and the screenshot if one is wanted; RenderFailed or Playwright's Error."""
        page = self._page
        protocol = await page.context.new_cdp_session(page)
        await page.context.route("**/*", self._answer)
        page.on("popup", lambda popup: asyncio.ensure_future(_closed(popup)))
        done = await self._settled()
        try:
            async with asyncio.timeout(GRACE):
                if not done:
                    await self._interrupt(protocol)
                dom = (await page.content()).encode("utf-8", "replace")
                screenshot = await self._screenshot() if self._bounds.screenshot else None
        except TimeoutError as exc:
            raise RenderFailed("its scripts do not come to an end") from exc
        if len(dom) > self._bounds.bytes:
            raise RenderFailed(f"its tree has {len(dom):,} bytes, more than {self._bounds.bytes:,}")
        return dom, screenshot

    async def _settled(self) -> bool:
        """Open the page, and wait until it has fallen silent; False, if its time was up before."""
        try:
            async with asyncio.timeout(self._bounds.seconds):
                await self._page.goto(self._url, wait_until="domcontentloaded", timeout=0)
                await self._silence()
                await self._scroll()
        except TimeoutError:
            return False
        return True

    async def _interrupt(self, protocol: Any) -> None:  # noqa: ANN401  # Playwright's session
        """End the script that runs, if it is at it for longer than a moment; what waited for its end goes on."""
        try:
            async with asyncio.timeout(MOMENT):
                await self._page.evaluate("0")
        except TimeoutError:
            # https://chromedevtools.github.io/devtools-protocol/tot/Runtime/#method-terminateExecution
            await protocol.send("Runtime.terminateExecution")
            await asyncio.sleep(QUIET)

    async def _silence(self) -> None:
        """Wait until nothing was asked for since a while."""
        clock = asyncio.get_running_loop().time
        self._last = clock()
        while self._open or clock() - self._last < QUIET:
            await asyncio.sleep(QUIET / 10)

    async def _scroll(self) -> None:
        for _ in range(self._bounds.scroll):
            below = "window.innerHeight + window.scrollY < document.documentElement.scrollHeight - 1"
            if not await self._page.evaluate(below):
                return
            await self._page.evaluate("window.scrollBy(0, window.innerHeight)")
            await self._silence()

    async def _screenshot(self) -> bytes:
        tall = int(await self._page.evaluate("document.documentElement.scrollHeight"))
        clip = {"x": 0, "y": 0, "width": VIEWPORT["width"], "height": max(1, min(tall, TALLEST))}
        taken: bytes = await self._page.screenshot(full_page=True, clip=clip)
        return taken

    async def _answer(self, route: Any) -> None:  # noqa: ANN401  # Playwright's route
        """Answer one request of the page. Nothing is raised: Playwright would hold it against its next call."""
        self._open += 1
        try:
            response = await self._response(route.request)
            if response is None:
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(status=response.status, headers=_headers(response), body=response.body)
        except Exception as exc:  # noqa: BLE001  (the page is gone, or the crawl is closing)
            logger.debug("%s: no answer to the browser: %s", route.request.url, exc)
        finally:
            self._open -= 1
            self._last = asyncio.get_running_loop().time()

    async def _response(self, asked: Any) -> Response | None:  # noqa: ANN401  # Playwright's request
        """What the crawl has for a request of the page; None, if it is refused or nothing came."""
        if self._is_navigation(asked):
            document, self._document = self._document, None
            return document or Response(asked.url, status=204)  # with nothing to show, the page stays the page
        if not self._may_ask(asked) or self._left <= 0:
            return None
        if asked.method == "GET" and (kept := self._kept.get(asked.url)) is not None:
            return kept
        self._left -= 1
        response = await self._fetched(asked)
        if response is not None and asked.method == "GET" and asked.resource_type in _KEPT_KINDS:
            self._kept.put(asked.url, response)
        return response

    def _may_ask(self, asked: Any) -> bool:  # noqa: ANN401  # Playwright's request
        """Whether a request is one that only reads, or that a script may make all the same."""
        by_script = self._bounds.posts and asked.resource_type in _BY_SCRIPT
        return asked.method == "GET" or (asked.method == "POST" and by_script)

    def _is_navigation(self, asked: Any) -> bool:  # noqa: ANN401  # likewise
        """Whether the page itself, or a window that it opens, would go somewhere; frames may."""
        if not asked.is_navigation_request():
            return False
        try:
            return bool(asked.frame.parent_frame is None)
        except Exception:  # noqa: BLE001  (Playwright has no frame for a window that is only being opened)
            return True

    async def _fetched(self, asked: Any) -> Response | None:  # noqa: ANN401  # likewise
        passed = {
            name: value
            for name, value in asked.headers.items()
            if name not in _NOT_PASSED_ON and not name.startswith("sec-")
        }
        request = Request(
            asked.url,
            method=asked.method,
            body=asked.post_data_buffer or b"",
            headers=passed,
            callback=NO_CALLBACK,
            dont_filter=True,
            meta=self._meta.copy(),
        )
        try:
            response = await self._fetch(request)
        except Exception as exc:  # noqa: BLE001  (whatever refuses it or breaks it off: to the page it is a failed request)
            logger.debug("%s: not for the browser: %s", asked.url, exc)
            return None
        return None if 300 <= response.status < 400 else response


def _headers(response: Response) -> dict[str, str]:
    """The headers that still hold for a body without its codings."""
    kind = {"Content-Type": "text/html"} if isinstance(response, HtmlResponse) else {}
    return kind | {
        name.decode("latin-1"): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.lower() not in _OF_THE_MESSAGE
    }


async def _closed(popup: Page) -> None:
    with suppress(Exception):
        await popup.close()
