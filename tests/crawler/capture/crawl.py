"""Runs one crawl as standard input describes it and writes what came of it to standard output, as JSON.

{"requests": [{"name", "url", "method", "body", "meta"}], "settings": {}, "collection": PATH or null, "private": bool,
"largest_file": bytes that fit on the disk, "names": {host: IPv6 address, as a name server has said}}
Without a collection, exchanges are kept in a list and written out.
"""

import base64
import json
import resource
import sys

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.resolver import dnscache
from scrapy.utils.reactor import install_reactor
from twisted.internet.address import IPv6Address

from crawler.capture.handler import CaptureHandler
from crawler.capture.wire import permit_any
from crawler.settings import TWISTED_DNS_RESOLVER

TOLD = ("url", "started", "request", "interim", "trailing", "peer", "truncated", "protocols")
BRIEF = json.load(sys.stdin)
KEPT = []
OUTCOMES = []


class ListKeeper:
    """Keeps exchanges in memory."""

    failure = None

    def archive(self, exchange, *, not_modified=None):
        fields = {name: getattr(exchange, name) for name in TOLD}
        KEPT.append(fields | {"started": exchange.started.isoformat(), "response": exchange.response_bytes()})
        return len(KEPT) - 1

    def fail(self, failure):
        raise failure


class ListHandler(CaptureHandler):
    """The capture handler without an archive behind it."""

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler, keeper=KEEPER, permit=permit_any)


KEEPER = ListKeeper()


class Visitor(Spider):
    """Asks for each URL in order, one after the other."""

    name = "visitor"
    allow_private = BRIEF.get("private", True)

    async def start(self):
        for priority, asked in enumerate(BRIEF["requests"]):
            yield Request(
                asked["url"],
                method=asked.get("method", "GET"),
                body=asked.get("body", ""),
                headers=asked.get("headers", {}),
                meta=asked.get("meta", {}) | {"name": asked["name"]},
                callback=self.arrived,
                errback=self.failed,
                priority=-priority,
                dont_filter=True,
            )

    def arrived(self, response):
        OUTCOMES.append(
            {
                "name": response.meta["name"],
                "url": response.url,
                "status": response.status,
                "body": response.body,
                "headers": dict(response.headers.to_unicode_dict()),
                "flags": response.flags,
                "type": type(response).__name__,
                "capture": captured(response.meta),
            }
        )

    def failed(self, failure):
        OUTCOMES.append(
            {
                "name": failure.request.meta["name"],
                "error": type(failure.value).__name__,
                "message": str(failure.value),
                "capture": captured(failure.request.meta),
            }
        )


def captured(meta):
    capture = meta.get("capture")
    if capture is None or isinstance(capture, int):
        return capture
    return {name: getattr(capture, name) for name in ("url", "kind", "status", "truncated", "payload_digest")}


def as_json(value):
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(type(value))


SETTINGS = {
    "CONCURRENT_REQUESTS": 1,
    "DEFAULT_REQUEST_HEADERS": {"Accept-Encoding": "gzip, br"},
    "HTTPERROR_ALLOW_ALL": True,
    "LOG_LEVEL": "INFO",
    "RETRY_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "TWISTED_DNS_RESOLVER": TWISTED_DNS_RESOLVER,
}


def capture_settings():
    if not BRIEF.get("collection"):
        return {"DOWNLOAD_HANDLERS": {"http": ListHandler, "https": ListHandler}}
    return {
        "NEWSWARC_COLLECTION": BRIEF["collection"],
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.capture.handler.CaptureHandler"),
        "EXTENSIONS": {"crawler.capture.collection.CrawlCollection": 900},
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.capture.conditional.ConditionalGet": 650,
            "crawler.capture.addresses.AddressGuard": 760,
        },
    }


def main():
    dnscache.update({host: [IPv6Address("TCP", address, 0)] for host, address in BRIEF.get("names", {}).items()})
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    if limit := BRIEF.get("largest_file"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, allowed[1]))
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    process = AsyncCrawlerProcess(SETTINGS | capture_settings() | BRIEF.get("settings", {}))
    crawler = process.create_crawler(Visitor)
    process.crawl(crawler)
    process.start()
    resource.setrlimit(resource.RLIMIT_FSIZE, allowed)  # standard output may be a file
    stats = {name: value for name, value in crawler.stats.get_stats().items() if isinstance(value, int | float | str)}
    json.dump({"outcomes": OUTCOMES, "exchanges": KEPT, "stats": stats}, sys.stdout, default=as_json)


if __name__ == "__main__":
    main()
