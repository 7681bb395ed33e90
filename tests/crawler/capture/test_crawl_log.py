"""What the crawl log tells of a request: how it was found, and why nothing came."""

import pytest
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import HtmlResponse

from crawler.capture.crawl_log import SEED, Finder, status_of, told_of

FRONT = "http://news.example/"


def told(meta: dict, url: str = "http://news.example/a", **more) -> tuple[str, str | None]:
    line = told_of(Request(url, meta=meta, **more), "post")
    return line["path"], line["via"]


@pytest.mark.parametrize(
    ("request_", "path", "via"),
    [
        ({"meta": SEED}, "", None),
        ({"meta": {}}, "?", None),
        ({"meta": {}, "headers": {"Referer": FRONT}}, "?", FRONT),
        ({"meta": Finder(FRONT, "M").hop("embed")}, "ME", FRONT),
        ({"meta": {**SEED, "redirect_urls": [FRONT]}}, "R", FRONT),
        ({"meta": {"dont_obey_robotstxt": True}, "url": f"{FRONT}robots.txt"}, "P", None),
    ],
    ids=["seed", "unknown", "referrer", "embed", "redirect", "robots.txt"],
)
def test_how_it_was_found(request_, path, via):
    assert told(**request_) == (path, via)


def test_a_page_leads_on_from_where_its_redirects_ended():
    asked = Request("http://news.example/b", meta={**Finder(FRONT, "").hop("section"), "redirect_urls": ["x", "y"]})
    page = HtmlResponse(asked.url, request=asked)
    assert Finder.of(page).hop("guess") == {"discovery_path": "LRRI", "discovered_on": "http://news.example/b"}


@pytest.mark.parametrize(
    ("error", "sent", "status"),
    [
        (CannotResolveHostError(), False, -1),
        (DownloadConnectionRefusedError(), False, -2),
        (DownloadFailedError(), False, -2),
        (DownloadFailedError(), True, -3),
        (DownloadTimeoutError(), True, -4),
        (ValueError(), False, -5),
    ],
)
def test_why_nothing_came(error, sent, status):
    assert status_of(error, sent=sent) == status
