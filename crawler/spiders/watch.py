"""An extension that looks at its crawl again and again while it runs."""

from collections.abc import Callable

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call


class Watch:
    """Calls `look` every `tick` seconds, from the engine's start until the spider is closed, or until it is stopped."""

    def __init__(self, crawler: Crawler, look: Callable[[], object], *, tick: float) -> None:
        self._tick = tick
        self._loop = create_looping_call(look)
        crawler.signals.connect(self.start, signals.engine_started)
        crawler.signals.connect(self.stop, signals.spider_closed)

    @property
    def running(self) -> bool:
        """Whether it looks."""
        return bool(self._loop.running)

    def start(self) -> None:
        """Begin to look."""
        self._loop.start(self._tick, now=False)

    def stop(self) -> None:
        """Look no more."""
        if self._loop.running:
            self._loop.stop()
