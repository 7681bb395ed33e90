"""What a server asks for, and how long we wait."""

from datetime import UTC, datetime, timedelta

import pytest
from scrapy.http import Response

from crawler.spiders.politeness import retry_after
from tests.support.paper import article

NOW = datetime(2024, 6, 11, 10, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 40, 999_999_999.0),
        ("Tue, 11 Jun 2024 10:01:30 GMT", 90.0),
        ("Tue, 11 Jun 2024 09:00:00 GMT", 0.0),
        ("Tue, 11 Jun 2024 12:01:30 +0200", 90.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("١٢", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value, expected):
    """RFC 9110, section 10.2.3: Retry-After = HTTP-date / delay-seconds."""
    response = Response("https://n.example/", headers={"Retry-After": value.encode()})
    assert expected == retry_after(response, now=lambda: NOW)


def test_a_long_rest_leaves_the_url_for_another_crawl(desk, paper, answer):
    """Nobody waits an hour for one page: it is failed for now, and due in the next crawl."""
    busy = paper.put("/2024/06/11/busy-story-of-today", answer(b"later", 429, {"Retry-After": "3600"}))
    desk.write_site(feeds=[paper.put_feed("/rss", busy)])
    crawled = desk.crawl("-s", "NEWSWARC_MAX_RETRY_AFTER=1")
    assert crawled.asked["/2024/06/11/busy-story-of-today"] == 1
    assert (crawled.ledger[busy].state, crawled.ledger[busy].reason) == ("failed", "status 429")
    assert crawled.ledger[busy].next_look is not None


def test_a_host_that_wants_a_long_rest_is_asked_for_nothing_more(desk, paper, answer):
    """Nor by the crawls that a schedule starts, until the rest is over."""
    busy = answer(b"later", 429, {"Retry-After": "7200"})
    stories = [paper.put(f"/2024/06/11/story-number-{number}-of-the-day", busy) for number in range(5)]
    desk.write_site(feeds=[paper.put_feed("/rss", *stories)])
    crawled = desk.crawl("-s", "DOWNLOAD_DELAY=0.2", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
    assert sum(crawled.asked[url.removeprefix(paper.base)] for url in stories) == 1
    assert sorted(crawled.ledger[url].state for url in stories) == ["failed", *["pending"] * 4]
    soon = datetime.now(UTC) + timedelta(hours=1)
    assert all(datetime.fromisoformat(crawled.ledger[url].next_look) > soon for url in stories)
    again = desk.crawl("-s", "NEWSWARC_DUE_ONLY=1")
    assert not again.asked.keys() & {url.removeprefix(paper.base) for url in stories}


@pytest.mark.parametrize("delay", [0, 0.01])
def test_a_host_has_no_more_requests_under_way_than_it_may(desk, paper, answer, delay):
    """Without a delay, too, for which Scrapy's own downloader lets go of all that waits, once something came."""
    page = answer(article("/a"), after=0.05)
    stories = [paper.put(f"/2024/06/11/story-number-{number}-of-the-day", page) for number in range(8)]
    desk.write_site(feeds=[paper.put_feed("/rss", *stories)])
    desk.crawl("-s", f"DOWNLOAD_DELAY={delay}", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=2")
    assert paper.most_at_once == 2
