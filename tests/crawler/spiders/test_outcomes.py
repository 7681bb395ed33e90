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

from crawler.capture.addresses import PrivateAddress
from crawler.capture.collection import ArchiveUnavailable
from crawler.spiders.outcomes import outcome_of_failure

BOMB = "<200 https://n.example/> because its body (9 B) exceeded DOWNLOAD_MAXSIZE (9 B) during decompression."
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
        (IgnoreRequest(f"Ignored response {BOMB}"), ("failed", "too large")),
        (PrivateAddress("refused to speak to ::1"), ("skipped", "private address")),
        (ArchiveUnavailable("/private/var/paper: No space left on device"), ("pending", None)),
        (ArchiveUnavailable("https://n.example/robots.txt: offsite backup is full"), ("pending", None)),
        (IgnoreRequest("GET https://n.example/private-lives is left out"), ("pending", None)),
        (IgnoreRequest("the crawl is closing"), ("pending", None)),
        (RuntimeError("?"), ("failed", "error: RuntimeError")),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_outcome_of_failure(error, expected):
    assert expected == outcome_of_failure(error)
