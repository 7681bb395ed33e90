"""JOBDIR: a job that is paused and resumed. What is left to ask for is the ledger's to say, not a queue's on disk.

Scrapy keeps requests and the fingerprints of all that were ever queued. A request that was on its way when the job was
paused or killed is then in the second and no longer in the first, and is lost. Here both last for one run only: the
next one reads the sources again and asks for what the ledger does not call settled since the job began.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from scrapy import Spider
from scrapy.core.scheduler import Scheduler
from scrapy.crawler import Crawler
from scrapy.dupefilters import RFPDupeFilter
from scrapy.settings import BaseSettings
from scrapy.utils.job import job_dir
from twisted.internet.defer import Deferred

_BEGAN = "began"
"""File of the job's folder: when its first run began."""


class FreshQueue(Scheduler):
    """Scrapy's scheduler; with JOBDIR its queue is on disk, and begins empty in each run."""

    def open(self, spider: Spider) -> Deferred[None] | None:
        """Throw away what an earlier run left queued: the ledger has it as pending."""
        if self.dqdir is not None:
            shutil.rmtree(self.dqdir)
            Path(self.dqdir).mkdir()
        return super().open(spider)


class SeenInThisRun(RFPDupeFilter):
    """Scrapy's filter of duplicates, which forgets when the run ends."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it, without the job's folder."""
        debug = crawler.settings.getbool("DUPEFILTER_DEBUG")
        return cls(None, debug, fingerprinter=crawler.request_fingerprinter)


def job_began(settings: BaseSettings) -> datetime | None:
    """When the job in JOBDIR began: now, if this is its first run; None without JOBDIR."""
    folder = job_dir(settings)
    if folder is None:
        return None
    path = Path(folder, _BEGAN)
    try:
        return datetime.fromisoformat(path.read_text(encoding="ascii").strip())
    except (FileNotFoundError, ValueError):
        now = datetime.now(UTC)
        path.write_text(f"{now.isoformat()}\n", encoding="ascii")
        return now
