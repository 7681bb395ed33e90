"""One crawl, in this process: targets → captures, articles and a summary."""

import logging
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.utils.defer import deferred_from_coro

from archives.collection import Collection
from archives.errors import StorageFailed
from archives.layout import Layout
from archives.lock import Lease
from archives.output import is_special
from archives.provisional import Provisional
from crawler import settings as project_settings
from crawler.capture.collection_settings import writing_of
from crawler.export import replacing
from crawler.jobs.items import begin_items, end_items
from crawler.jobs.logs import logging_to
from crawler.jobs.progress import Onlooker, Progress
from crawler.jobs.recover import recover_items
from crawler.jobs.run_row import Summary
from crawler.jobs.so_far import told_to
from crawler.jobs.summary import AT_LEAST, CUT_OFF, FAILED, RunSummary, as_row, failures, summed_up
from crawler.jobs.targets import site_of
from crawler.sites import Site, load_sites_for
from crawler.spiders.loader import spider_for
from crawler.spiders.site_settings import check_contact


def crawl(
    targets: Sequence[str | Site],
    *,
    collection: Path,
    max_pages: int | None = None,
    max_time: float | None = None,
    max_bytes: int | None = None,
    due_only: bool = False,
    allow_private: bool = False,
    items: Path | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: Callable[[Progress], None] | None = None,
    so_far: Path | None = None,
    lease: Lease | None = None,
) -> RunSummary:
    """Crawl sites, or those of a name or an address, one after the other, into a collection.

    At most `max_pages` articles of each, and about `max_bytes` received; with `due_only`, of each site only the sources
    that are due by their own rhythm. Articles go to the collection's items/ folder, and to `items` too if that is
    given. Where nothing could be captured, and the summary says why, nothing is left of a new collection. `settings`
    are Scrapy's and go over the project's. What it has done is told each second in a file, `so_far`. It is given up
    when `lease` runs out. Once a process: Twisted's reactor cannot be started again. SiteError, if a target is no
    site's name and no address, or the contact is none;
    StorageFailed, if the folder cannot be written.
    """
    own = _settings(settings or {}, due_only=due_only, max_bytes=max_bytes, allow_private=allow_private, lease=lease)
    named = [target for target in targets if isinstance(target, str)]
    known = load_sites_for(named, own.get("NEWSWARC_SITES"))
    sites = [target if isinstance(target, Site) else site_of(target, known) for target in targets]
    if items is not None:
        _check_writable(items)
    layout = Layout(collection)
    with Provisional(layout) as new:
        run = _Run(layout, own, known, max_time=max_time, progress=progress, so_far=so_far)
        own.setdict(run.settings(), priority="cmdline")
        with logging_to(run.log, own.get("LOG_LEVEL")):
            run.start(AsyncCrawlerProcess(own), sites, max_pages)
        if items is not None:
            run.copy_items(items)
        summary = run.summary(collection, sites)
        if not summary.explained:
            new.keep()
    return replace(summary, collection=None, items=None, log=None, reports=None) if new.withdrawn else summary


def _settings(
    given: Mapping[str, Any], *, due_only: bool, max_bytes: int | None, allow_private: bool, lease: Lease | None
) -> Settings:
    """The project's settings, those that are given over them, and over these what a crawl was asked for."""
    own = Settings()
    own.setmodule(project_settings, priority="project")
    own.setdict(dict(given), priority="cmdline")
    check_contact(own)
    own.set("SPIDER_LOADER_WARN_ONLY", value=True, priority="cmdline")  # other sites' files
    own.set("NEWSWARC_DUE_ONLY", due_only, priority="cmdline")
    own.set("NEWSWARC_LEASE", lease, priority="cmdline")
    if max_bytes is not None:
        own.set("NEWSWARC_MAX_BYTES", max_bytes, priority="cmdline")
    if allow_private:
        own.set("NEWSWARC_ALLOW_PRIVATE", value=True, priority="cmdline")
    return own


class _Run:
    """The crawls of one job, and what they amount to."""

    def __init__(
        self,
        layout: Layout,
        own: Settings,
        known: Mapping[str, Site],
        *,
        max_time: float | None,
        progress: Callable[[Progress], None] | None,
        so_far: Path | None,
    ) -> None:
        self._layout = layout
        self._so_far = so_far
        self._max_time = max_time
        self._progress = progress
        self._started = time.monotonic()
        self._stats: list[Mapping[str, Any]] = []
        self._problem: str | None = None
        self._completed = False
        """False, if a second Ctrl-C ended the event loop before the spider was closed."""
        self._uncopied: str | None = None
        self._repaired: tuple[str, ...] = ()
        self.job = self._new_job(own, known)

    def _new_job(self, own: Settings, known: Mapping[str, Site]) -> str:
        """A name for the job. Opening the collection here shows that it can be written, and repairs it."""
        database = own.get("NEWSWARC_DATABASE")
        with Collection.open(self._layout.root, write=writing_of(own), database=database) as opened:
            done = (*opened.repairs, *recover_items(opened, known, newest=True))
        self._repaired = tuple(map(str, done))
        job = self._layout.new_job(datetime.now(UTC))
        begin_items(self._layout, job)
        return job

    @property
    def items(self) -> Path:
        return self._layout.items / f"{self.job}.jsonl"

    @property
    def log(self) -> Path:
        return self._layout.logs / f"{self.job}.log"

    def settings(self) -> dict[str, Any]:
        # Scrapy fills in %(name)s and the like, so a % of the path is doubled.
        feed = str(self.items.absolute()).replace("%", "%%")
        return {
            "NEWSWARC_COLLECTION": str(self._layout.root.absolute()),
            "NEWSWARC_JOB": self.job,
            "FEEDS": {feed: {"format": "jsonlines", "overwrite": False}},
            "LOG_INSTALL_ROOT_HANDLER": False,  # the log goes to the collection's file
        }

    def copy_items(self, to: Path) -> None:
        """Put the job's articles into another file, whole or not at all."""
        try:
            with self.items.open(encoding="utf-8") as lines, replacing(to) as out:
                shutil.copyfileobj(lines, out)
        except (OSError, StorageFailed) as exc:
            self._uncopied = f"{exc}; the articles are in {self.items}"

    def start(self, process: AsyncCrawlerProcess, sites: Sequence[Site], max_pages: int | None) -> None:
        """Run the event loop until every site was crawled, or the crawl was interrupted."""
        for line in self._repaired:
            logging.getLogger(__name__).warning("Put right after an earlier crawl: %s", line)
        from twisted.internet import reactor  # installed by the process

        async def crawl_all() -> None:
            try:
                for site in sites:
                    if not await self._crawl(process, site, max_pages):
                        break
                self._completed = True
            finally:
                process._stop_reactor()

        reactor.callWhenRunning(lambda: deferred_from_coro(crawl_all()))
        in_main_thread = threading.current_thread() is threading.main_thread()
        with _signals_restored() if in_main_thread else nullcontext():
            process.start(stop_after_crawl=False, install_signal_handlers=in_main_thread)
        if self._completed and not self._problem and not any(failures(self._stats)):
            end_items(self._layout, self.job)

    async def _crawl(self, process: AsyncCrawlerProcess, site: Site, max_pages: int | None) -> bool:
        """Crawl one site; False, if no other one should follow."""
        settings = process.settings.copy()
        if self._max_time is not None:
            left = self._max_time - (time.monotonic() - self._started)
            settings.set("CLOSESPIDER_TIMEOUT", max(left, 0.001), priority="cmdline")
        crawler = Crawler(spider_for(site), settings)
        watched = Onlooker(crawler, site.name, self._progress) if self._progress else None  # held: signals hold weakly
        told = told_to(self._so_far, crawler, lambda: self._done_with(crawler)) if self._so_far else nullcontext()
        try:
            with told:
                await process.crawl(crawler, max_pages=max_pages)
            del watched
        except Exception as exc:
            logging.getLogger(__name__).exception("%s: crawl failed", site.name)
            self._problem = f"{site.name}: {type(exc).__name__}: {exc}; {self.log} tells more"
            return False
        self._stats.append(crawler.stats.get_stats())
        return bool(crawler.stats.get_value("finish_reason") == "finished")

    def summary(self, collection: Path, sites: Sequence[Site]) -> RunSummary:
        """What the job did."""
        begun = RunSummary(
            job=self.job,
            collection=collection,
            items=self.items,
            log=self.log,
            reports=self._layout.run_reports(self.job),
            finish_reason=FAILED if self._problem else "finished",
            problem=self._problem,
            repaired=self._repaired,
        )
        done = summed_up(begun, sites, self._stats, seconds=self._seconds, completed=self._completed)
        return replace(done, problem=done.problem or self._uncopied)

    def _done_with(self, crawler: Crawler) -> Summary:
        """What the job has done up to now, as it stands if it is killed."""
        begun = RunSummary(job=self.job, collection=None, items=None, log=None, reports=None, repaired=self._repaired)
        done = summed_up(begun, (), [*self._stats, crawler.stats.get_stats()], seconds=self._seconds, completed=False)
        return {**as_row(replace(done, finish_reason=CUT_OFF, problem=None)), AT_LEAST: True}

    @property
    def _seconds(self) -> float:
        return round(time.monotonic() - self._started, 3)


def _check_writable(path: Path) -> None:
    if is_special(path):  # who reads a pipe would take its closing for the end
        return
    try:
        path.open("ab").close()
    except OSError as exc:
        raise StorageFailed(f"{path}: {exc.strerror}; choose a file that you may write to") from exc


@contextmanager
def _signals_restored() -> Iterator[None]:
    """Scrapy leaves its handlers behind, for an event loop that does not run any more."""
    earlier = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
