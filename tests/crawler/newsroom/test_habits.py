"""Each awkward habit, seen by a bare socket."""

import gzip
import re
import time
import zlib
from datetime import timedelta

import brotli
import pytest


def title_of(newsroom, habit) -> bytes:
    return newsroom.odd_stories[habit].title.replace("'", "&#x27;").encode()


def test_odd_desk_links_every_habit(newsroom, wire):
    page = wire.ask("/odd/").body.decode()
    wanted = {f"/{name}" for name in newsroom.habits if name.startswith("odd/")}
    assert set(re.findall(r'href="(/odd/[a-z0-9-]+)"', page)) == wanted


def test_nothing_links_the_wire(newsroom, wire):
    assert all(b"/wire/" not in wire.ask(path).body for path in ("/", "/odd/", "/about", newsroom.stories[0].path))


def test_chunks_have_extensions(newsroom, wire, dechunked):
    got = wire.ask("/odd/chunked")
    assert b';part=0;note="ink; wet"\r\n' in got.body
    assert title_of(newsroom, "chunked") in dechunked(got.body)[0]


def test_trailers_follow_the_last_chunk(newsroom, wire, dechunked):
    got = wire.ask("/odd/trailers")
    body, after = dechunked(got.body)
    assert after == b"X-Checked-By: night desk\r\nServer-Timing: press;dur=12.5\r\n\r\n"
    assert title_of(newsroom, "trailers") in body


@pytest.mark.parametrize(("name", "decode"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_content_coding(newsroom, wire, name, decode):
    got = wire.ask(f"/odd/{name}")
    assert got.header("Content-Encoding") == name
    assert title_of(newsroom, name) in decode(got.body)


def test_early_hints_come_first(newsroom, wire):
    got = wire.ask("/odd/early-hints")
    assert [head.split(b"\r\n")[0] for head in got.interim] == [b"HTTP/1.1 103 Early Hints"]
    assert title_of(newsroom, "early-hints") in got.body


def test_too_many_until_the_time_is_over(newsroom, wire):
    first, hasty = wire.ask("/odd/too-many"), wire.ask("/odd/too-many")
    assert [(got.status, got.header("Retry-After")) for got in (first, hasty)] == [(429, "1")] * 2
    time.sleep(1.0)
    assert [wire.ask("/odd/too-many").status for _ in range(2)] == [200, 429]


def test_unsteady_is_reset(newsroom, wire):
    assert [wire.ask("/odd/unsteady").status for _ in range(3)] == [500, 200, 500]
    newsroom.reset()
    assert wire.ask("/odd/unsteady").status == 500


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("soft-404", 200, b"could not be found"),
        ("gone-soft", 200, b"Latest from"),
        ("consent", 200, b"cookies"),
        ("challenge", 403, b"Checking your browser"),
        ("challenge-soft", 200, b"Checking your browser"),
        ("not-found", 404, b"not found"),
        ("gone", 410, b"not found"),
        ("loop", 302, b""),
        ("login", 302, b""),
    ],
)
def test_wall(newsroom, wire, name, status, words):
    got = wire.ask(f"/odd/{name}")
    assert got.status == status
    assert words in got.body
    assert got.header("Location") == {"loop": f"{newsroom.url}/odd/loop", "login": f"{newsroom.url}/login"}.get(name)


def test_body_is_cut_in_the_middle(newsroom, wire):
    got = wire.ask("/odd/cut-body")
    assert not got.whole
    assert 0 < len(got.body) < int(got.header("Content-Length"))
    assert newsroom.exchanges[-1].sent == got.raw


def test_slow_body_takes_its_time(newsroom, wire):
    before = time.monotonic()
    assert title_of(newsroom, "slow-body") in wire.ask("/odd/slow-body").body
    assert time.monotonic() - before > 0.25


def test_large_body_is_whole_for_those_who_can_wait(newsroom, wire, dechunked):
    got = wire.ask("/odd/too-large")
    assert len(dechunked(got.body)[0]) > 200_000
    assert newsroom.exchanges[-1].sent == got.raw


def test_calendar_has_no_end(wire):
    path = "/calendar/2026/05"
    for month in ("2026/06", "2026/07", "2026/08"):
        path = f"/calendar/{month}"
        assert path in wire.ask(f"/calendar/2026/{int(month[-2:]) - 1:02d}").body.decode()


ODD_WIRES = {
    "lf-only": (lambda got: b"\r" not in got.head, True),
    "http10": (lambda got: got.head.startswith(b"HTTP/1.0"), True),
    "folded": (lambda got: b"line\r\n  second line\r\n\tthird" in got.head, True),
    "repeated": (lambda got: len(re.findall(rb"(?i)set-cookie:", got.head)) == 3, True),
    "garbage-status": (lambda got: got.head.startswith(b"ICY 200"), True),
    "no-content": (lambda got: got.status == 204 and got.header("Content-Length") is None, True),
    "dribble": (lambda got: got.header("X-Pace") == "slow", True),
    "cut-head": (lambda got: got.head.endswith(b"text/ht"), True),
    "cut-chunk": (lambda got: len(got.body) == 100, False),
    "gzip-bomb": (lambda got: len(got.body) < 100_000 and len(zlib.decompress(got.body, 31)) > 2**26, True),
    "feed-bomb": (lambda got: len(got.body) < 2_000 and b"&tide9;" in got.body, True),
    "continue": (lambda got: got.interim == (b"HTTP/1.1 100 Continue\r\n\r\n",), True),
    "empty-reply": (lambda got: got.raw == b"", True),
    "deflate": (lambda got: b"Wire test" in zlib.decompress(got.body), True),
    "latin1-header": (lambda got: got.header("X-Place") == "Tarn Höllow", True),
    "bad-chunk": (lambda got: got.body.startswith(b"zz\r\n"), True),
    "long-header": (lambda got: len(got.head) > 5_000, True),
}


@pytest.mark.parametrize("name", ODD_WIRES)
def test_wire(newsroom, wire, name):
    seen, whole = ODD_WIRES[name]
    got = wire.ask(f"/wire/{name}")
    assert seen(got)
    assert got.whole == whole
    assert newsroom.exchanges[-1].sent == got.raw


def test_bytes_after_the_message(newsroom, wire):
    got = wire.ask("/wire/trailing")
    assert wire.rest() == b"bytes after the message\r\n"
    assert newsroom.exchanges[-1].sent == got.raw + b"bytes after the message\r\n"


def test_reset_is_a_reset(wire):
    wire.send(b"GET /wire/reset HTTP/1.1\r\nHost: x\r\n\r\n")
    assert wire.rest().endswith(b"<reset>")


def test_every_wire_answers(newsroom, wire):
    for name in newsroom.habits:
        if name.startswith("wire/") and name != "wire/reset":
            with type(wire)(newsroom.url) as client:
                client.ask(f"/{name}")
            assert newsroom.exchanges[-1].path == f"/{name}"


def test_lying_feed_says_unchanged_though_it_changed(newsroom, wire):
    before = wire.ask("/rss/breaking")
    newsroom.clock.advance(timedelta(hours=9))
    after = wire.ask("/rss/breaking")
    assert before.body != after.body
    assert before.header("ETag") == after.header("ETag")
    assert wire.ask("/rss/breaking", f"If-None-Match: {before.header('ETag')}").status == 304
