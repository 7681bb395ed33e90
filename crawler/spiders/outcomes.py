"""What became of a request, in the ledger's words."""

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.frontier import State

_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (DownloadTimeoutError, "time-out"),
    (DownloadCancelledError, "too large"),
    (ResponseDataLossError, "cut off"),
    (DownloadConnectionRefusedError, "connection refused"),
    (CannotResolveHostError, "no such host"),
    (DownloadFailedError, "connection failed"),
)
_IGNORED: tuple[tuple[str, State, str], ...] = (
    ("robots.txt", "skipped", "robots.txt"),
    ("max redirections", "failed", "redirects without end"),
    ("offsite", "skipped", "out of scope"),
    ("private", "skipped", "private address"),
    ("loopback", "skipped", "private address"),
)


def outcome_of_failure(error: BaseException | None) -> tuple[State, str | None]:
    """The state and reason of a URL whose request ended in this error; pending, where nothing was decided about it."""
    if isinstance(error, HttpError):
        return outcome_of_status(error.response.status)
    for kind, reason in _FAILURES:
        if isinstance(error, kind):
            return "failed", reason
    if isinstance(error, IgnoreRequest):
        text = str(error).lower()
        return next(((state, reason) for sign, state, reason in _IGNORED if sign in text), ("pending", None))
    return "failed", f"error: {type(error).__name__}"


def outcome_of_status(status: int) -> tuple[State, str]:
    """What an HTTP status other than success means for a URL."""
    return ("gone" if status in (404, 410) else "failed"), f"status {status}"
