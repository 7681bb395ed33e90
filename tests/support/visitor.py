"""A visitor of the reading room, by a real browser."""

from urllib.parse import urlsplit

from tests.support.serving import Serving

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

PATIENCE = 120_000
"""Milliseconds, on a machine that has much else to do."""


class Visitor:
    """A page in a browser that may ask the reading room and its replay server for anything, and nobody else."""

    def __init__(self, browser, room: Serving, **options) -> None:
        self.allowed = {urlsplit(address).netloc for address in (room.base, room.replay) if address}
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.faults: list[str] = []
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.context.route("**/*", self._route)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.page.on(
            "console", lambda said: said.type == "error" and self.faults.append(f"{said.text} {said.location}")
        )
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("websocket", lambda socket: self.refused.append(socket.url))

    def _route(self, route) -> None:
        self.asked.append(route.request.url)
        if urlsplit(route.request.url).netloc in self.allowed or route.request.url.startswith(("data:", "blob:")):
            route.continue_()
        else:
            self.refused.append(route.request.url)
            route.abort()
