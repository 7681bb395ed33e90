"""What became of a request, in the ledger's words."""

import re

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.capture.addresses import PrivateAddress
from crawler.capture.blocked import TakenDown
from crawler.capture.browser import RenderFailed
from crawler.capture.offline import NotCaptured
from crawler.extraction import page_kind, parse
from crawler.frontier import ROBOTS, TAKEN_DOWN, State

_WALLED = frozenset({401, 403, 429, 503})
"""Statuses under which challenges and consent walls are sent."""
_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (DownloadTimeoutError, "time-out"),
    (DownloadCancelledError, "too large"),
    (ResponseDataLossError, "cut off"),
    (DownloadConnectionRefusedError, "connection refused"),
    (CannotResolveHostError, "no such host"),
    (DownloadFailedError, "connection failed"),
    (RenderFailed, "not rendered"),
)
_REFUSED: tuple[tuple[type[IgnoreRequest], str], ...] = (
    (PrivateAddress, "private address"),
    (NotCaptured, "not captured"),
    (TakenDown, TAKEN_DOWN),
)
_SCRAPYS_WORDS: tuple[tuple[re.Pattern[str], State, str], ...] = (
    (re.compile(r"Ignored response .* exceeded DOWNLOAD_MAXSIZE .*"), "failed", "too large"),  # once decompressed
    (re.compile(r"Forbidden by robots\.txt"), "skipped", ROBOTS),
    (re.compile(r"max redirections reached"), "failed", "redirects without end"),
)
"""Whole messages of Scrapy's middlewares, which have no types of their own."""
_UNDECIDED: tuple[State, None] = ("pending", None)


def outcome_of_failure(error: BaseException | None) -> tuple[State, str | None]:
    """The state and reason of a URL whose request ended in this error; pending, where nothing was decided about it."""
    if isinstance(error, HttpError):
        return outcome_of_response(error.response)
    for kind, reason in _FAILURES:
        if isinstance(error, kind):
            return "failed", reason
    for refusal, reason in _REFUSED:
        if isinstance(error, refusal):
            return "skipped", reason
    if isinstance(error, IgnoreRequest):
        words = str(error) if type(error) is IgnoreRequest else ""
        return next(((state, reason) for said, state, reason in _SCRAPYS_WORDS if said.fullmatch(words)), _UNDECIDED)
    return "failed", f"error: {type(error).__name__}"


def outcome_of_response(response: Response) -> tuple[State, str]:
    """What a response without success means for a URL; behind some of them stands a wall that says so."""
    if response.status in (404, 410):
        return "gone", f"status {response.status}"
    if response.status in _WALLED and response.body:
        kind = page_kind(parse(response.body, response.url, content_type(response)))
        if kind in ("challenge", "consent wall"):
            return "failed", kind
    return "failed", f"status {response.status}"


def content_type(response: Response) -> str | None:
    """The Content-Type header as sent."""
    value = response.headers.get(b"Content-Type")
    return value.decode("latin-1") if value else None
