"""One crawl in a process of its own: `python -m tests.benchmarks.crawl_once KIND BASE URLS FOLDER`, a line of JSON out.

KIND is `scrapy` (bare, nothing kept), `capture` (with WARC and index) or `whole` (with extraction and catalog too).
The first two read the addresses in the file URLS; the third finds the same ones in the newspaper's sitemap.
"""

import json
import resource
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

from crawler import settings as project_settings
from crawler.sites import load_site
from crawler.spiders.loader import spider_for

PACE = {
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": False,
    "LOG_LEVEL": "ERROR",
}


class Reader(Spider):
    """Reads addresses and keeps nothing."""

    name = "reader"
    allow_private = True
    urls: list[str]

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> None:
        """A page that was read is all that is wanted."""


def spider_and_settings(kind: str, base: str, folder: Path) -> tuple[type[Spider], Settings]:
    settings = Settings()
    if kind == "scrapy":
        settings.setdict(PACE, priority="project")
        return Reader, settings
    settings.setmodule(project_settings, priority="project")
    settings.setdict({**PACE, "NEWSWARC_COLLECTION": str(folder)}, priority="cmdline")
    if kind == "capture":
        extensions = {**project_settings.EXTENSIONS, "crawler.spiders.ledger.Ledger": None}
        settings.setdict(
            {"ITEM_PIPELINES": {}, "EXTENSIONS": extensions, "NEWSWARC_ALLOW_PRIVATE": True}, priority="cmdline"
        )
        return Reader, settings
    settings.set("NEWSWARC_REQUISITES", "none", priority="cmdline")  # the same pages for all kinds
    site = replace(load_site("newsroom").rebased(base), feeds=(), seeds=(), sections=())
    return spider_for(site), settings


def main(kind: str, base: str, urls: Path, folder: Path) -> None:
    spider, settings = spider_and_settings(kind, base, folder)
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(spider)
    times: dict[str, float] = {}
    crawler.signals.connect(lambda: times.setdefault("start", time.perf_counter()), signals.spider_opened, weak=False)
    crawler.signals.connect(lambda: times.update(end=time.perf_counter()), signals.spider_closed, weak=False)
    process.crawl(crawler, urls=urls.read_text().split())
    process.start()
    used = resource.getrusage(resource.RUSAGE_SELF)
    pages = crawler.stats.get_value("response_received_count", 0)
    print(
        json.dumps(
            {
                "pages": pages,
                "items": crawler.stats.get_value("item_scraped_count", 0),
                "seconds": times["end"] - times["start"],
                "cpu": used.ru_utime + used.ru_stime,
                "peak_mb": used.ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
