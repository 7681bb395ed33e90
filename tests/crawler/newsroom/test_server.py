"""The server's own manners: keep-alive, pipelining, refusals, and a true record of what went over the wire."""

import re
import signal
import subprocess
import time

import pytest

from crawler.newsroom import Newsroom, NewsroomError
from tests.support.commands import BIN
from tests.support.endless import must_end
from tests.support.serving import NO_PROXY

HTML = "text/html; charset=utf-8"


def test_one_connection_serves_many_requests(newsroom, wire):
    assert [wire.ask(path).status for path in ("/", "/robots.txt", "/favicon.ico", "/nothing")] == [200, 200, 200, 404]
    assert len({served.connection for served in newsroom.exchanges}) == 1


def test_pipelined_requests_are_answered_in_order(newsroom, wire):
    paths = [story.path for story in newsroom.stories]
    wire.send(b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths))
    assert [wire.read().raw for _ in paths] == [served.sent for served in newsroom.exchanges]
    assert paths == [served.path for served in newsroom.exchanges]


def test_a_pipelined_request_waits_for_a_slow_answer(wire):
    wire.send(b"GET /odd/slow-body HTTP/1.1\r\nHost: x\r\n\r\nGET /about HTTP/1.1\r\nHost: x\r\n\r\n")
    assert [b"<title>About us" in wire.read().body for _ in range(2)] == [False, True]


def test_a_slow_reader_gets_everything_and_the_server_says_nothing(newsroom, wire, caplog):
    paths = ["/odd/too-large", *["/pictures/1.png"] * 400]
    wire.send(b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths))
    wire.send(b"GET /about HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    time.sleep(0.2)
    answers = [wire.read() for _ in [*paths, "/about"]]
    assert all(got.whole and got.status == 200 for got in answers)
    assert wire.rest() == b""
    assert caplog.records == []


def test_connection_ends_when_the_client_asks_for_it(wire):
    assert wire.ask("/about", "Connection: close").header("Connection") == "close"
    assert wire.rest() == b""


def test_http_1_0_gets_no_chunks_and_no_second_request(newsroom, wire):
    chunked = next(story for story in newsroom.stories if story.number % 5 == 2)
    wire.send(f"GET {chunked.path} HTTP/1.0\r\n\r\n".encode())
    got = wire.read()
    assert got.header("Transfer-Encoding") is None
    assert (got.status, got.whole, wire.rest()) == (200, True, b"")


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"GET  / HTTP/1.1\r\n\r\n", 400),
        (b"GET x HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"POST /wire/post HTTP/1.1\r\nContent-Length: ten\r\n\r\n", 400),
        (b"DELETE / HTTP/1.1\r\n\r\n", 405),
        (b"POST /wire/post HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"GET /" + b"a" * 70_000, 431),
        (b"BREW / HTTP/1.1\r\n\r\n", 501),
        (b"GET / HTTP/2.0\r\n\r\n", 505),
    ],
    ids=[
        "word",
        "two-spaces",
        "no-slash",
        "no-colon",
        "bad-length",
        "delete",
        "large",
        "long-head",
        "unknown",
        "http2",
    ],
)
def test_unreadable_requests_are_refused(newsroom, wire, raw, status):
    wire.send(raw)
    got = wire.read()
    assert (got.status, got.header("Connection")) == (status, "close")
    assert newsroom.exchanges[-1].sent == got.raw


def test_exchanges_are_what_went_over_the_wire(newsroom, wire):
    request = b"GET /news HTTP/1.1\r\nHost: x\r\nX-odd:  spaced \r\n\r\n"
    wire.send(request)
    got = wire.read()
    (served,) = newsroom.exchanges
    assert (served.received, served.sent, served.target, served.status) == (request, got.raw, "/news", 200)


def test_head_says_what_get_would(newsroom, wire):
    for path in ("/", newsroom.stories[0].path, "/odd/soft-404", "/wire/lf-only"):
        assert wire.ask(path, method="HEAD").status == 200
    assert wire.ask("/about", method="HEAD").head == wire.ask("/about").head


def test_post_comes_back_only_where_it_is_meant(wire):
    assert wire.ask("/wire/post", "Content-Type: text/plain", method="POST", body=b"tide").body == b"tide"
    assert wire.ask("/about", method="POST", body=b"tide").status == 405


def test_client_that_waits_is_told_to_continue(wire):
    wire.send(b"POST /wire/post HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
    assert wire._head() == b"HTTP/1.1 100 Continue\r\n\r\n"
    wire.send(b"tide")
    assert wire.read().body == b"tide"


@must_end
def test_stop_waits_for_nothing_that_is_going_on(wire, newsroom):
    """The answer would go on for an hour."""
    other = Newsroom(articles=2, slow_seconds=3600)
    with other, type(wire)(other.url) as client:
        client.send(b"GET /odd/slow-body HTTP/1.1\r\nHost: x\r\n\r\n")
        client._more()
        other.stop()


def test_port_that_is_taken_is_told_in_one_line(newsroom):
    with pytest.raises(NewsroomError, match=r"cannot listen there \([^\[\]]+\); choose another port"):
        Newsroom(port=int(newsroom.url.rpartition(":")[2]))


def test_same_arguments_same_bytes(newsroom, wire):
    paths = ["/", "/rss/news", "/rss/ru", "/atom.xml", *(story.path for story in newsroom.stories)]
    with Newsroom(articles=24) as other, type(wire)(other.url) as client:
        for path in paths:
            ours, theirs = wire.ask(path).content, client.ask(path).content
            assert theirs.replace(other.url.encode(), newsroom.url.encode()) == ours


def test_as_a_command_it_fills_its_pages_and_stops_when_told():
    options = ["--port", "0", "--articles", "3", "--page-size", "20000", "--crawl-delay", "0.5"]
    with subprocess.Popen([BIN / "newswarc", "newsroom", *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            base = process.stdout.readline().strip()
            story = re.search(rb"<item>.*?<link>(.*?)</link>", fetched(f"{base}/rss/news"), re.DOTALL)[1].decode()
            assert 19_500 < len(fetched(story)) <= 20_000
            assert b"Crawl-delay: 0.5\n" in fetched(f"{base}/robots.txt")
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()


def fetched(url: str) -> bytes:
    with NO_PROXY.open(url, timeout=30) as answer:
        return bytes(answer.read())
