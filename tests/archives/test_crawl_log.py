"""The crawl log: a line an exchange, in the columns of Heritrix's."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives.crawl_log import NO_SUCH_HOST, CrawlLog, Fetch, fetch_of, format_fetch, parse_fetch, read_log

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1).filter(lambda one: one != "-")
FETCHES = st.builds(
    Fetch,
    logged=st.just("2024-06-11T12:00:01.500Z"),
    status=st.integers(-9999, 999),
    size=st.none() | st.integers(0, 2**40),
    url=WORDS,
    path=st.just("") | WORDS,
    via=st.none() | WORDS,
    mime=st.none() | WORDS,
    started=st.none(),
    digest=st.none() | WORDS,
    source=st.none() | WORDS,
    annotations=st.lists(WORDS.filter(lambda one: "," not in one), max_size=3).map(tuple),
    warc=WORDS,
    offset=st.integers(0, 2**40),
    record_id=WORDS,
)


@given(FETCHES)
def test_a_line_read_back_is_the_fetch_that_was_written(fetch):
    assert parse_fetch(format_fetch(fetch)) == fetch


def test_the_columns_are_those_of_heritrix(collection, exchange):
    capture = collection.archive(exchange())
    line = format_fetch(
        fetch_of(
            capture,
            logged=datetime(2024, 6, 11, 12, 0, 0, 373000, tzinfo=UTC),
            started=datetime(2024, 6, 11, 12, 0, 0, 250000, tzinfo=UTC),
            size=23,
            path="ML",
            via="http://news.example/rss",
            source="evening-post",
            annotations=("2t",),
        )
    )
    assert line == (
        "2024-06-11T12:00:00.373Z   200         23 http://news.example/story ML http://news.example/rss text/html - "
        f"20240611120000250+123 {capture.payload_digest} evening-post 2t "
        f'{{"warcFilename":"{capture.warc}","warcFileOffset":{capture.offset},"warcRecordId":"{capture.record_id}"}}'
    )


def test_what_was_never_sent_has_a_line_of_its_own():
    fetch = Fetch(logged="2024-06-11T12:00:00.373Z", status=NO_SUCH_HOST, url="http://no.example/a page")
    assert format_fetch(fetch) == (
        "2024-06-11T12:00:00.373Z    -1          - http://no.example/a%20page - - - - - - - - {}"
    )


@pytest.mark.parametrize(
    ("more", "annotations"),
    [
        ({}, ()),
        ({"truncated": "length"}, ("lenTrunc",)),
        ({"truncated": "time"}, ("timeTrunc",)),
        ({"truncated": "disconnect"}, ("disconnectTrunc",)),
    ],
)
def test_what_was_cut_says_so(collection, exchange, more, annotations):
    capture = collection.archive(exchange(**more))
    assert fetch_of(capture, logged=datetime.now(UTC), size=0).annotations == annotations


def test_revisits_are_told_apart(collection, exchange):
    first = collection.archive(exchange())
    again = collection.archive(exchange("http://news.example/again"))
    confirmed = collection.archive(
        exchange(response=b"HTTP/1.1 304 Not Modified\r\n\r\n"), not_modified=collection.latest(first.url)
    )
    told = [fetch_of(one, logged=datetime.now(UTC), size=0).annotations for one in (first, again, confirmed)]
    assert told == [(), ("warcRevisit:digest",), ("warcRevisit:notModified",)]


def test_a_torn_line_is_no_line(tmp_path):
    path = tmp_path / "crawl.log"
    log = CrawlLog(path)
    fetches = [Fetch(logged="2024-06-11T12:00:00.373Z", status=200, url=f"http://a.example/{n}") for n in range(3)]
    for fetch in fetches:
        log.add(fetch)
    log.close()
    assert log.whole
    assert list(read_log(path)) == fetches
    path.write_bytes(path.read_bytes()[:-40])
    assert list(read_log(path)) == fetches[:2]
