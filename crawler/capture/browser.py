"""The system's Chromium, in which pages of sites with `render = true` are opened, and which has no network of its own.

Whatever a page asks for is handed to the crawl, which fetches it as it fetches everything. What finds no way there (a
WebSocket, a redirect followed inside of the browser, a name looked up ahead) meets a proxy that does not exist and host
names that do not resolve. Pages start without cookies, caches and service workers, so that nothing answers unseen.
"""

import importlib.util
import os
import shutil
from asyncio import Lock
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from archives.errors import ArchiveError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
VIEWPORT = {"width": 1280, "height": 1024}

_NO_NETWORK = {"server": "http://127.0.0.1:9", "bypass": "<-loopback>"}
_SWITCHES = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-gpu",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
_NO_SANDBOX = "No usable sandbox"
"""Chromium's word, in its log."""
_GET_SANDBOX = "let it make user namespaces (sysctl user.max_user_namespaces), or install Debian's chromium-sandbox"

Page = Any
"""Playwright's page: the extra may be missing, so its types are not looked at."""


class BrowserUnavailable(ArchiveError):
    """Pages cannot be rendered here; the text says what is missing and how to get it."""


class RenderFailed(Exception):
    """A page could not be opened in the browser, or the browser broke off."""


def find_chromium(named: str | None, environment: Mapping[str, str] = os.environ) -> Path:
    """The browser to use, the one that is named or the system's; BrowserUnavailable, if it or Playwright is missing."""
    if importlib.util.find_spec("playwright") is None:
        raise BrowserUnavailable("render = true needs Playwright; install it: pip install 'newswarc[browser]'")
    if named:
        found = shutil.which(named, path=environment.get("PATH"))
        if found is None:
            raise BrowserUnavailable(f"NEWSWARC_BROWSER names {named}, which is no program; name Chromium's")
        return Path(found)
    for program in PROGRAMS:
        if found := shutil.which(program, path=environment.get("PATH")):
            return Path(found)
    raise BrowserUnavailable(
        "render = true needs Chromium; install it (Debian: apt-get install chromium), or name it in NEWSWARC_BROWSER"
    )


class Browser:
    """One Chromium, started for the first page, and again for the next one if it has died."""

    def __init__(self, program: Path, *, user_agent: str | None) -> None:
        self._program = program
        self._user_agent = user_agent
        self._starting = Lock()
        self._playwright: Any = None
        self._browser: Any = None

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Page]:
        """A page that remembers nothing of others, closed when the block ends; BrowserUnavailable."""
        from playwright.async_api import Error

        browser = await self._running()
        try:
            context = await browser.new_context(
                user_agent=self._user_agent, viewport=VIEWPORT, service_workers="block", accept_downloads=False
            )
            page = await context.new_page()
        except Error as exc:
            raise RenderFailed(first_line(exc)) from exc
        try:
            yield page
        except Error as exc:
            raise RenderFailed(first_line(exc)) from exc
        finally:
            with suppress(Error):
                await context.close()

    async def _running(self) -> Any:  # noqa: ANN401  # Playwright's browser
        async with self._starting:
            if self._browser is None or not self._browser.is_connected():
                await self.close()
                self._browser = await self._start()
            return self._browser

    async def _start(self) -> Any:  # noqa: ANN401  # likewise
        from playwright.async_api import Error, async_playwright

        self._playwright = await async_playwright().start()
        try:
            return await self._playwright.chromium.launch(
                executable_path=self._program,
                args=list(_SWITCHES),
                proxy=_NO_NETWORK,
                chromium_sandbox=os.geteuid() != 0,  # Chromium refuses to run as root in one
                handle_sigint=False,  # the crawl decides when it ends
                handle_sigterm=False,
                handle_sighup=False,
            )
        except Error as exc:
            await self.close()
            if _NO_SANDBOX in str(exc):
                raise BrowserUnavailable(f"{self._program} has no sandbox to run pages in; {_GET_SANDBOX}") from exc
            what = f"{self._program} cannot be started: {first_line(exc)}"
            raise BrowserUnavailable(f"{what}; see whether it runs with --headless, or name another") from exc

    async def close(self) -> None:
        """End the browser, if there is one."""
        browser, playwright, self._browser, self._playwright = self._browser, self._playwright, None, None
        if playwright is None:
            return
        from playwright.async_api import Error

        with suppress(Error):
            if browser is not None:
                await browser.close()
        with suppress(Error):
            await playwright.stop()


def first_line(error: Exception) -> str:
    """What Playwright says, without its log of calls."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
