"""Conditional GET: a URL that was captured before is only sent again if it changed.

A 304 costs the server nothing and the archive one revisit record; the spider gets the archived payload as if it had
been sent. Some feeds change under one and the same ETag, and their news would be missed: so what announces stories
(feeds, sitemaps, section pages) is asked for in full until its validators proved honest, and now and then afterwards.
Validators of articles are believed, unless their host was caught lying.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from archives.cdxj import Capture
from archives.errors import ArchiveError
from crawler.capture.archived import archived_response
from crawler.capture.collection import NOT_MODIFIED, ArchiveUnavailable, CrawlCollection
from crawler.capture.handler import EARLIER, target_uri

logger = logging.getLogger(__name__)

ANNOUNCES = "announces"
"""Key of request.meta: true for pages that announce stories; XML and gzip are taken for such without it."""

TRUSTED = "trusted"
"""Key of request.meta, for pages that announce stories: whether their validators proved honest, where that is written
down; without it, the captures that there are tell."""

DOUBTED = "doubted"
"""Key of request.meta: true where an article is asked for in full to see whether its validators are honest."""

HELD = "held"
"""Key of request.meta: the validator of what was captured last, if the page is doubted."""

UNCONDITIONAL = "unconditional"
"""Key of request.meta: true where the response is wanted in full."""

NOT_MODIFIED_FLAG = "not-modified"

CONFIRMATIONS = 12
"""After so many 304s in a row the page is asked for in full once, to see whether they were true."""

_ANNOUNCING_TYPES = ("xml", "gzip")
_OWN_CONDITIONS = ("If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "Range")


class ConditionalGet:
    """Downloader middleware: sends the validators of the last capture, turns a 304 into the archived response."""

    def __init__(self, keeper: CrawlCollection) -> None:
        self._keeper = keeper

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the crawl's collection, unless NEWSWARC_CONDITIONAL is off."""
        keeper = crawler.get_extension(CrawlCollection)
        if keeper is None or not crawler.settings.getbool("NEWSWARC_CONDITIONAL", default=True):
            raise NotConfigured
        return cls(keeper)

    def process_request(self, request: Request) -> None:
        """Add If-None-Match and If-Modified-Since where an earlier capture can be confirmed."""
        _forget_conditions(request)
        request.meta.pop(HELD, None)
        if not _may_ask(request):
            return
        try:
            earlier = self._confirmable(request)
        except ArchiveError as exc:
            self._keeper.fail(exc)
            raise ArchiveUnavailable(str(exc)) from exc
        if earlier is not None and request.meta.get(DOUBTED):
            request.meta[HELD] = earlier.etag or earlier.last_modified
        elif earlier is not None:
            request.meta[EARLIER] = earlier
            for name, value in _conditions(earlier):
                request.headers[name] = value

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """Give the spider the archived response where the server says that it still holds."""
        earlier = _forget_conditions(request)
        if earlier is None or response.status != NOT_MODIFIED:
            return response
        try:
            return self._archived(earlier, response)
        except ArchiveError as exc:
            logger.warning("%s is asked for in full, what was archived cannot be read: %s", request.url, exc)
            return request.replace(meta=request.meta | {UNCONDITIONAL: True}, dont_filter=True)

    def _archived(self, earlier: Capture, confirmation: Response) -> Response:
        return archived_response(
            self._keeper.collection.exchange(earlier),
            url=confirmation.url,
            flags=[*confirmation.flags, NOT_MODIFIED_FLAG],
            certificate=confirmation.certificate,
            ip_address=confirmation.ip_address,
            protocol=confirmation.protocol,
        )

    def _confirmable(self, request: Request) -> Capture | None:
        earlier = self._keeper.collection.latest(target_uri(request))
        if earlier is None or not _whole(earlier) or not (earlier.etag or earlier.last_modified):
            return None
        return earlier if self._is_trusted(request, earlier) and self._keeper.collection.holds(earlier) else None

    def _is_trusted(self, request: Request, earlier: Capture) -> bool:
        if not (request.meta.get(ANNOUNCES) or any(kind in earlier.mime for kind in _ANNOUNCING_TYPES)):
            return urlsplit(request.url).netloc not in self._keeper.distrusted
        return bool(request.meta[TRUSTED]) if TRUSTED in request.meta else self._proved_honest(earlier.url)

    def _proved_honest(self, url: str) -> bool:
        captures = [one for one in self._keeper.collection.captures(url) if one.method == "GET"]
        confirmations = sum(1 for _ in takewhile(lambda capture: capture.status == NOT_MODIFIED, reversed(captures)))
        return confirmations < CONFIRMATIONS and proved_honest(captures)


def proved_honest(captures: Iterable[Capture]) -> bool:
    """Whether validators change when the page does: two payloads were seen under two of them, never two under one."""
    payloads: defaultdict[str | None, set[str]] = defaultdict(set)
    for capture in captures:
        if _whole(capture) and capture.status != NOT_MODIFIED:
            payloads[capture.etag or capture.last_modified].add(capture.payload_digest)
    payloads.pop(None, None)
    seen = set().union(*payloads.values())
    return len(seen) > 1 and all(len(digests) == 1 for digests in payloads.values())


def validator_of(response: Response) -> str | None:
    """The ETag of a response, else its Last-Modified, if it has either."""
    value = response.headers.get(b"ETag") or response.headers.get(b"Last-Modified")
    return value.decode("latin-1") if value else None


def _may_ask(request: Request) -> bool:
    wanted_in_full = request.meta.get(UNCONDITIONAL) or any(name in request.headers for name in _OWN_CONDITIONS)
    return request.method == "GET" and not wanted_in_full


def _whole(capture: Capture) -> bool:
    return capture.truncated is None and capture.status in {200, NOT_MODIFIED}


def _conditions(capture: Capture) -> Iterator[tuple[str, str]]:
    if capture.etag:
        yield "If-None-Match", capture.etag
    if capture.last_modified:
        yield "If-Modified-Since", capture.last_modified


def _forget_conditions(request: Request) -> Capture | None:
    """Take back what was added: a retry or a redirect copies headers and meta."""
    earlier: Capture | None = request.meta.pop(EARLIER, None)
    for name, _ in _conditions(earlier) if earlier else ():
        request.headers.pop(name, None)
    return earlier
