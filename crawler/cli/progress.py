"""A crawl as one watches it on a terminal: pages, rate, queue, hosts, newest titles. Silent anywhere else."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:  # Scrapy is slow to import
    from crawler.jobs.progress import Host, Progress

_WINDOW = 10.0
"""Seconds over which a rate is taken."""
_MOST_HOSTS = 6


@contextmanager
def watched_crawl() -> "Iterator[Callable[[Progress], None] | None]":
    """Gives what shows a crawl's progress on standard error; None, where that is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    view = View()
    with Live(console=console, transient=True, refresh_per_second=5) as live:

        def show(progress: "Progress") -> None:
            live.update(view.of(progress))

        yield show


class View:
    """What is shown of a crawl; keeps as much of the past as a rate needs."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._began = now()
        self._past: deque[tuple[float, int]] = deque()

    def of(self, progress: "Progress") -> RenderableType:
        """The view at this moment."""
        rate = self._rate(progress.pages)
        passed = int(self._now() - self._began)
        head = Text.assemble(
            (progress.site, "bold"),
            f"  {passed // 60}:{passed % 60:02d}  {progress.pages:,} pages  {rate:.1f} pages/s  ",
            f"{progress.bytes / 10**6:,.1f} MB\n",
            f"  {progress.articles:,} articles  {progress.settled:,} of {progress.asked:,} settled  ",
            f"{progress.queued:,} queued",
        )
        titles = [Text(f"  {title}", overflow="ellipsis", no_wrap=True, style="dim") for title in progress.titles]
        return Group(head, _hosts(progress.hosts), *titles)

    def _rate(self, pages: int) -> float:
        now = self._now()
        self._past.append((now, pages))
        while len(self._past) > 1 and now - self._past[0][0] > _WINDOW:
            self._past.popleft()
        since, before = self._past[0]
        return (pages - before) / (now - since) if now > since else 0.0


def _hosts(hosts: "tuple[Host, ...]") -> Table:
    table = Table.grid(padding=(0, 2))
    busiest = sorted(hosts, key=lambda host: (-host.active - host.queued, host.name))
    for host in busiest[:_MOST_HOSTS]:
        state = f"rests for {host.resting:.0f} s" if host.resting else f"every {host.delay:g} s" if host.delay else ""
        table.add_row(f"  {host.name}", f"{host.active} under way", f"{host.queued} waiting", state)
    if len(hosts) > _MOST_HOSTS:
        table.add_row(f"  and {len(hosts) - _MOST_HOSTS} more hosts")
    return table
