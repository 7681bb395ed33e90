"""Conditional GET: what the server confirms is not sent again; a server that lies is found out."""

import gzip
from dataclasses import replace

import pytest
from scrapy import Request

from archives.cdxj import Capture
from archives.collection import Collection
from archives.surt import surt
from crawler.capture.conditional import CONFIRMATIONS, ConditionalGet, proved_honest

VERSIONS = [f"<html><title>Ferry timetable</title><p>Edition {n}.</p></html>".encode() for n in range(9)]


def message(body, etag, head=b"Content-Type: text/html; charset=utf-8\r\n"):
    lines = b'ETag: "%s"\r\n%sContent-Length: %d\r\n\r\n' % (etag.encode(), head, len(body))
    return b"HTTP/1.1 200 OK\r\nX-Edition: one\r\n" + lines + body


class Page:
    """Changes by a plan of (version, etag), one a request; answers 304 where its etag is asked for."""

    def __init__(self, *plan, **options):
        self.plan = list(plan)
        self.options = options

    def __call__(self, served):
        version, etag = self.plan.pop(0)
        if served.header("If-None-Match") == f'"{etag}"':
            return [b'HTTP/1.1 304 Not Modified\r\nETag: "%s"\r\n\r\n' % etag.encode()]
        return [message(self.options.get("encode", bytes)(VERSIONS[version]), etag, **self._head())]

    def _head(self):
        return {"head": self.options["head"]} if "head" in self.options else {}


RSS = b"Content-Type: application/rss+xml\r\n"
HONEST_FEED = [(1, "a"), (1, "a"), (2, "b"), (2, "b"), (3, "c"), (3, "c")]
LYING_FEED = [(1, "a"), (2, "a"), (3, "b"), (4, "c"), (4, "c"), (5, "c")]


def pages():
    packed = {"encode": lambda body: gzip.compress(body, mtime=0)}
    head = b"Content-Encoding: gzip\r\nContent-Type: text/html; charset=utf-8\r\n"
    return {
        "/article": Page((1, "a"), (1, "a"), (1, "a"), (2, "b"), (2, "b")),
        "/packed": Page((1, "a"), (1, "a"), head=head, **packed),
        "/honest": Page(*HONEST_FEED, head=RSS),
        "/lying": Page(*LYING_FEED, head=RSS),
        "/front": Page((1, "a"), (1, "a")),
        "/full": Page((1, "a"), (1, "a")),
        "/moving": [b'HTTP/1.1 301 Moved Permanently\r\nETag: "x"\r\nLocation: /article\r\nContent-Length: 0\r\n\r\n'],
    }


TIMES = {"article": 4, "packed": 2, "honest": 6, "lying": 6, "front": 2, "full": 2, "moving": 1}
META = {"front": {"announces": True}, "full": {"unconditional": True}}


@pytest.fixture(scope="module")
def server(serve):
    return serve(pages())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("conditional") / "c"


@pytest.fixture(scope="module")
def crawled(server, crawl, folder):
    """Half of the requests in one run, half in the next."""
    rounds = [
        {"name": f"{name}-{n}", "url": server.url(f"/{name}"), "meta": META.get(name, {})}
        for name, times in TIMES.items()
        for n in range(times)
    ]
    first = [asked for asked in rounds if asked["name"][-1] in "01" and not asked["name"].startswith("moving")]
    ran = [crawl(half, collection=str(folder)) for half in (first, [asked for asked in rounds if asked not in first])]
    return replace(ran[1], outcomes=ran[0].outcomes | ran[1].outcomes)


def told(crawled, name):
    """Per request of a page: its edition, and whether the archive gave it."""
    outcomes = [crawled.outcome(f"{name}-{n}") for n in range(TIMES[name])]
    return [(VERSIONS.index(outcome["body"]), "not-modified" in outcome["flags"]) for outcome in outcomes]


def asked_with(server, name):
    return [served.header("If-None-Match") for served in server.of(f"/{name}")]


def test_what_is_confirmed_comes_from_the_archive(server, crawled):
    assert told(crawled, "article") == [(1, False), (1, True), (1, True), (2, False)]
    assert asked_with(server, "article") == [None, '"a"', '"a"', '"a"', '"b"']


def test_a_confirmed_page_looks_like_the_one_that_was_sent(crawled):
    sent, confirmed = crawled.outcome("article-0"), crawled.outcome("article-1")
    for same in ("url", "status", "body", "type"):
        assert sent[same] == confirmed[same]
    assert {"Etag": '"a"', "X-Edition": "one"}.items() <= confirmed["headers"].items()


def test_a_confirmation_is_archived_as_a_revisit(crawled, server, folder):
    capture = crawled.outcome("article-1")["capture"]
    assert (capture["kind"], capture["status"]) == ("revisit", 304)
    assert crawled.outcome("article-0")["capture"]["payload_digest"] == capture["payload_digest"]
    with Collection.open(folder) as collection:
        statuses = [capture.status for capture in collection.captures(server.url("/article"))]
        assert statuses == [200, 304, 304, 200, 304]
        newest = collection.latest(server.url("/article"))
        assert VERSIONS[2] == collection.payload(newest)


def test_a_packed_page_is_unpacked(crawled):
    assert told(crawled, "packed") == [(1, False), (1, True)]
    assert "Content-Encoding" not in crawled.outcome("packed-1")["headers"]


def test_a_feed_is_trusted_once_it_has_proved_honest(server, crawled):
    assert told(crawled, "honest") == [(1, False), (1, False), (2, False), (2, True), (3, False), (3, True)]
    assert asked_with(server, "honest") == [None, None, None, '"b"', '"b"', '"c"']


def test_a_feed_whose_etag_lies_is_never_missed(server, crawled):
    assert told(crawled, "lying") == [(1, False), (2, False), (3, False), (4, False), (4, False), (5, False)]
    assert asked_with(server, "lying") == [None] * 6


def test_a_page_that_announces_stories_has_to_prove_itself_too(server, crawled):
    assert asked_with(server, "front") == [None, None]


def test_a_request_may_want_the_page_in_full(server, crawled):
    assert asked_with(server, "full") == [None, None]
    assert told(crawled, "full") == [(1, False), (1, False)]


def test_a_redirect_does_not_carry_the_condition_of_another_page(server, crawled):
    assert server.url("/article") == crawled.outcome("moving-0")["url"]
    assert asked_with(server, "moving") == [None]


URL = "http://aller.example/feed"


def capture(payload, etag=None, last_modified=None, **more):
    facts = {
        "url": URL, "surt": surt(URL), "timestamp": "20240611100000", "date": "2024-06-11T10:00:00Z", "warc": "a.gz",
        "offset": 0, "length": 9, "record_id": "<urn:uuid:1>", "status": 200, "mime": "text/xml", "kind": "response",
    }  # fmt: skip
    return Capture(**facts | {"payload_digest": payload, "etag": etag, "last_modified": last_modified} | more)


HISTORIES = {
    "nothing": (False, []),
    "one edition": (False, [capture("p1", "a"), capture("p1", "a")]),
    "two editions, two etags": (True, [capture("p1", "a"), capture("p2", "b")]),
    "two editions, two dates": (True, [capture("p1", None, "Mon"), capture("p2", None, "Tue")]),
    "two editions, one etag": (False, [capture("p1", "a"), capture("p2", "a")]),
    "a lie among truths": (False, [capture("p1", "a"), capture("p2", "b"), capture("p3", "b"), capture("p4", "c")]),
    "a new etag for the same edition": (False, [capture("p1", "a"), capture("p1", "b")]),
    "no validators": (False, [capture("p1"), capture("p2")]),
    "an edition that was cut off": (False, [capture("p1", "a"), capture("p2", "b", truncated="disconnect")]),
    "an error page": (False, [capture("p1", "a"), capture("p2", "b", status=500)]),
    "only confirmations since": (True, [capture("p1", "a"), capture("p2", "b"), capture("p2", "b", status=304)]),
}


@pytest.mark.parametrize(("honest", "captures"), HISTORIES.values(), ids=HISTORIES)
def test_honesty_is_proved_by_captures(honest, captures):
    assert honest == proved_honest(captures)


class Keeper:
    """A crawl's collection that holds a list of captures of one URL."""

    def __init__(self, captures, *, is_here=True):
        self.collection = self
        self._captures = captures
        self._is_here = is_here

    def latest(self, url):
        return self._captures[-1]

    def holds(self, capture):
        return self._is_here

    def captures(self, url):
        return iter(self._captures)


def condition(captures, *, is_here=True, **request):
    asked = Request(URL, **request)
    ConditionalGet(Keeper(captures, is_here=is_here)).process_request(asked)
    return asked.headers.get("If-None-Match"), asked.headers.get("If-Modified-Since")


def test_what_is_in_another_folder_is_asked_for_in_full():
    """Nobody here could give the page that a 304 confirms."""
    assert condition(PROVED) != (None, None)
    assert condition(PROVED, is_here=False) == (None, None)


PROVED = [capture("p1", "a"), capture("p2", "b", "Tue")]
CONFIRMED = capture("p2", "b", status=304, kind="revisit")


def test_after_many_confirmations_the_feed_is_asked_for_in_full():
    assert condition([*PROVED, *[CONFIRMED] * (CONFIRMATIONS - 1)]) == (b"b", None)
    assert condition([*PROVED, *[CONFIRMED] * CONFIRMATIONS]) == (None, None)


def test_both_validators_are_sent():
    assert condition(PROVED) == (b"b", b"Tue")


@pytest.mark.parametrize(
    "request_of", [{"method": "POST"}, {"meta": {"unconditional": True}}, {"headers": {"Range": "bytes=9-"}}]
)
def test_only_a_plain_get_is_made_conditional(request_of):
    assert condition(PROVED, **request_of)[0] is None


def test_a_retry_does_not_keep_the_condition_of_the_first_try():
    first = Request(URL)
    ConditionalGet(Keeper(PROVED)).process_request(first)
    again = first.copy()
    ConditionalGet(Keeper([capture("p3")])).process_request(again)
    assert "If-None-Match" not in again.headers
    assert "If-Modified-Since" not in again.headers
