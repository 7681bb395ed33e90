"""The crawl log of a run: what was asked for and what came, a line each, while it happens; the reports at the end."""

import logging
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import Response
from sqlalchemy import Connection

from archives.cdxj import Capture
from archives.collection import WritableCollection
from archives.crawl_log import (
    CONNECT_FAILED,
    CONNECTION_LOST,
    FAILED,
    NAME,
    NO_SUCH_HOST,
    REDIRECT,
    TIME_OUT,
    UNKNOWN_PATH,
    CrawlLog,
    Fetch,
    fetch_of,
    log_time,
)
from archives.database import reading
from archives.errors import ArchiveError
from archives.run_report import SiteRun
from archives.runs import RunCompleted, begin_site, complete_runs, end_site
from crawler.capture.collection import CAPTURE, CrawlCollection
from crawler.frontier.tables import counts_by_state, first_announcements, has_ledger

logger = logging.getLogger(__name__)

PATH = "discovery_path"
"""Key of request.meta: the hops from a seed that led to the request, as `archives.crawl_log.Fetch.path` has them."""

VIA = "discovered_on"
"""Key of request.meta: the URL of the page, feed or sitemap that named the request's."""

HOPS = {
    "seed": "",
    "feed": "M",
    "news_sitemap": "M",
    "sitemap": "M",
    "section": "L",
    "redirect": "L",  # a page's word on the story's own address
    "guess": "I",
    "embed": "E",  # what a page needs to look right
}
"""How something was found → the letter of its hop."""

ROBOTS_TXT = "P"
_FAILURES: tuple[tuple[type[Exception], int], ...] = (
    (CannotResolveHostError, NO_SUCH_HOST),
    (DownloadConnectionRefusedError, CONNECT_FAILED),
    (DownloadTimeoutError, TIME_OUT),
)


class RunLog:
    """Extension: the crawl log and the reports of a run, in `reports/<job>/` of the collection.

    Crawls that follow each other in one process are one run if they share NEWSWARC_JOB.
    """

    def __init__(self, crawler: Crawler, *, job: str | None) -> None:
        self._crawler = crawler
        self._job = job or ""
        self._site = SiteRun(name="")
        self._log: CrawlLog | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        extension = cls(crawler, job=crawler.settings.get("NEWSWARC_JOB"))
        crawler.signals.connect(extension.spider_opened, signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        return extension

    def spider_opened(self, spider: Spider) -> None:
        """Complete what an earlier run has left, and begin the log."""
        keeper = self._crawler.get_extension(CrawlCollection)
        if keeper is None:
            return
        keeper.spider_opened()
        with keeper.opening():
            collection = keeper.collection
            for done in complete_reports(collection):
                logger.warning("Put right after an earlier crawl: %s", done)
            now = datetime.now(UTC)
            self._job = self._job or collection.layout.new_job(now)
            self._site = SiteRun(name=spider.name, seeds=tuple(getattr(spider, "seeds", ())))
            self._log = CrawlLog(begin_site(collection.layout, self._job, self._site, now=now) / NAME)

    def exchanged(self, request: Request, *, started: datetime, size: int, error: Exception | None) -> None:
        """An exchange was archived; `error` says why there is no whole response, `size` is that of the body."""
        capture: Capture | None = request.meta.get(CAPTURE)
        if self._log is None or capture is None:
            return
        told = told_of(request, self._site.name)
        self._log.add(
            fetch_of(
                capture,
                logged=datetime.now(UTC),
                size=size,
                started=started,
                status=CONNECTION_LOST if error is None else status_of(error, sent=True),
                **told,
            )
        )

    def unanswered(self, request: Request, status: int) -> None:
        """Nothing was sent, and nothing archived: the host cannot be had, or must not be asked."""
        if self._log is not None:
            told = told_of(request, self._site.name)
            self._log.add(Fetch(logged=log_time(datetime.now(UTC)), status=status, url=request.url, **told))

    def spider_closed(self, reason: str) -> None:
        """End the log, and write the reports."""
        if self._log is None:
            return
        self._log.close()
        keeper = self._crawler.get_extension(CrawlCollection)
        if keeper is None or not self._log.whole:
            return  # the next start completes it
        stats = self._crawler.stats.get_stats() if self._crawler.stats else {}
        site = SiteRun(
            name=self._site.name,
            seeds=self._site.seeds,
            finish_reason=reason,
            states=_counted(stats, "ledger/state/"),
            outcomes=_counted(stats, "outcome/"),
        )
        try:
            keeper.collection.flush()  # a log that is done with must not outlive its records in a power cut
            end_site(keeper.collection.layout, self._job, site)
        except ArchiveError as exc:
            logger.error("The run's reports are left to the next crawl: %s", exc)  # noqa: TRY400  # a full disk


def _counted(stats: dict[str, Any], prefix: str) -> dict[str, int]:
    """Statistics below a name: 'outcome/failed/time-out' is counted as 'failed: time-out'."""
    found = {key.removeprefix(prefix).replace("/", ": ", 1): n for key, n in stats.items() if key.startswith(prefix)}
    return dict(sorted(found.items()))


def told_of(request: Request, site: str) -> dict[str, Any]:
    """Path, referrer, source and annotations of a request's line."""
    sent_from = (request.headers.get("Referer") or b"").decode("latin-1") or None
    via = request.meta.get("redirect_urls", [request.meta.get(VIA, sent_from)])[-1]
    tries = request.meta.get("retry_times", 0) + 1
    return {"path": path_to(request), "via": via, "source": site, "annotations": (f"{tries}t",) if tries > 1 else ()}


def status_of(error: Exception, *, sent: bool) -> int:
    """The crawl log's status of a request that ended in this error; `sent`: after something was sent."""
    for kind, status in _FAILURES:
        if isinstance(error, kind):
            return status
    if isinstance(error, DownloadFailedError) or sent:
        return CONNECTION_LOST if sent else CONNECT_FAILED
    return FAILED


SEED: dict[str, Any] = {PATH: ""}
"""Meta of a request that a crawl starts from."""


class Finder(NamedTuple):
    """What leads to further requests."""

    url: str | None
    """None, if nobody knows any more."""
    path: str = UNKNOWN_PATH

    @classmethod
    def of(cls, one: Request | Response) -> Self:
        """The page at the end of a request; a redirect is a hop of its own."""
        return cls(one.url, path_to(one))

    def hop(self, kind: str) -> dict[str, Any]:
        """Meta of a request to which this leads."""
        return {PATH: self.path + HOPS[kind], VIA: self.url}


def path_to(one: Request | Response) -> str:
    """The hops from a seed to the end of a request."""
    if one.url.endswith("/robots.txt") and "dont_obey_robotstxt" in one.meta:
        return ROBOTS_TXT
    path: str = one.meta.get(PATH, UNKNOWN_PATH)
    return path + REDIRECT * len(one.meta.get("redirect_urls", ()))


def complete_reports(collection: WritableCollection) -> tuple[RunCompleted, ...]:
    """Complete the crawl logs and reports of runs that died in a collection."""
    engine = collection.catalog.engine
    with reading(engine) as connection:
        ledger = connection if has_ledger(connection) else None
        return tuple(
            complete_runs(
                collection.layout,
                collection.catalog,
                found_by=lambda url: announced_by(ledger, url),
                states_of=lambda site: counts_by_state(ledger, site) if ledger else {},
            )
        )


def announced_by(ledger: Connection | None, url: str) -> dict[str, Any]:
    """What the ledger knows of who announced a URL, for its line: the last hop, but not those before it."""
    if url.endswith("/robots.txt"):
        return {"path": ROBOTS_TXT}
    known = first_announcements(ledger, [url]).get(url) if ledger else None
    if known is None:
        return {"path": UNKNOWN_PATH}
    return {"path": UNKNOWN_PATH + HOPS.get(known.kind, ""), "via": known.source, "source": known.site}
