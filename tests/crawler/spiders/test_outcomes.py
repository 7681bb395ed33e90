"""Each way in which a request can fail has its state and reason."""

import pytest
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

from crawler.spiders.outcomes import outcome_of_failure

CHALLENGE = b"<html><title>Just a moment...</title><body><h1>Checking your browser</h1></body></html>"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (HttpError(Response("https://n.example/", status=403, body=CHALLENGE)), ("failed", "challenge")),
        (HttpError(Response("https://n.example/", status=503, body=CHALLENGE)), ("failed", "challenge")),
        (HttpError(Response("https://n.example/", status=404)), ("gone", "status 404")),
        (HttpError(Response("https://n.example/", status=410)), ("gone", "status 410")),
        (HttpError(Response("https://n.example/", status=403)), ("failed", "status 403")),
        (DownloadTimeoutError(), ("failed", "time-out")),
        (DownloadCancelledError(), ("failed", "too large")),
        (ResponseDataLossError(), ("failed", "cut off")),
        (DownloadConnectionRefusedError(), ("failed", "connection refused")),
        (CannotResolveHostError(), ("failed", "no such host")),
        (DownloadFailedError(), ("failed", "connection failed")),
        (IgnoreRequest("Forbidden by robots.txt"), ("skipped", "robots.txt")),
        (IgnoreRequest("max redirections reached"), ("failed", "redirects without end")),
        (IgnoreRequest("its body exceeded DOWNLOAD_MAXSIZE (9 B) during decompression"), ("failed", "too large")),
        (IgnoreRequest("the crawl is closing"), ("pending", None)),
        (RuntimeError("?"), ("failed", "error: RuntimeError")),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_outcome_of_failure(error, expected):
    assert expected == outcome_of_failure(error)
