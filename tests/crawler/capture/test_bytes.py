"""What a server received and sent, held against the WARC that a crawl left, as warcio reads it back."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.newsroom import Newsroom


@dataclass
class Kept:
    """The records of one exchange, by what they hold."""

    blocks: dict[str, list[bytes]] = field(default_factory=dict)
    headers: object = None

    def wire(self):
        """Everything that was received, in its order on the wire."""
        final = self.blocks.get("not-modified") or self.blocks.get("unanswered") or self.blocks.get("message", [])
        return b"".join([*self.blocks.get("interim", []), *final, *self.blocks.get("trailing", [])])


def kept(folder):
    """Per target URI, what the WARC files of a collection hold, in their order."""
    exchanges, by_id = {}, {}
    for path in sorted((folder / "archive").iterdir()):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, no_record_parse=True):
                place(record, exchanges, by_id)
    return exchanges


def place(record, exchanges, by_id):
    headers = record.rec_headers
    if record.rec_type == "warcinfo":
        return
    target, record_id = headers["WARC-Target-URI"], headers["WARC-Record-ID"]
    others = [value for name, value in headers.headers if name == "WARC-Concurrent-To"]
    exchange = next((by_id[other] for other in others if other in by_id), None) or Kept()
    by_id.update(dict.fromkeys([record_id, *others], exchange))
    kind = {"response": "message", "revisit": "message"}.get(record.rec_type, record.rec_type)
    if target.startswith("urn:"):
        kind, _, target = target.split(":", 2)[-1].partition(":")
    if kind in {"message", "unanswered"}:
        exchange.headers = headers
        exchanges.setdefault(target, []).append(exchange)
    block = record.raw_stream.read()
    if record.rec_type == "revisit" and headers["WARC-Profile"].endswith("identical-payload-digest"):
        block += body(by_id[headers["WARC-Refers-To"]].blocks["message"][0])
    exchange.blocks.setdefault(kind, []).append(block)


def body(message):
    """What follows the head of a response."""
    return message[re.search(rb"\n\r?\n", message).end() :]


LARGEST = 4_000_000
"""Bytes of a body at which the crawls of these tests stop to read."""
LEAST = {"time": 500, "length": LARGEST}
"""Bytes of a body that were there before the crawl had enough of it."""


def holds(record, sent):
    """Whether a record has all that was sent; where the crawl itself cut it off, the head and what came until then."""
    wire = record.wire()
    cut = record.headers["WARC-Truncated"] if record.headers["WARC-Type"] != "revisit" else None
    if cut not in LEAST:
        return wire == sent
    return sent.startswith(wire) and len(wire) >= min(len(sent), sent.find(b"\r\n\r\n") + 4 + LEAST[cut])


def differences(served, exchanges):
    """Pairs of a target and what is wrong with the record of an exchange; none if every byte is there."""
    order = {}
    for url, was in served:
        records = exchanges.get(url, [])
        number = order[url] = order.get(url, -1) + 1
        if number >= len(records):
            yield url, "not archived"
            continue
        record, sent = records[number], was.sent
        if record.blocks.get("request", [b""])[0] != was.received:
            yield url, "another request"
        if not holds(record, sent):
            yield url, "another response"


PAGE = b"<html><title>Weir rebuilt</title><p>Salmon pass the weir again.</p></html>"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE
PLAYS = {
    "/plain": [OK],
    "/early": [b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"trailing"],
    "/chunked": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"],
    "/cut": [OK[:-7], 0.02, "close"],
    "/garbage": [b"220 smtp ready\r\n\r\n"],
}


@pytest.fixture(scope="module")
def raw(serve, crawl, tmp_path_factory):
    server, folder = serve(PLAYS), tmp_path_factory.mktemp("bytes") / "raw"
    crawl([{"name": path, "url": server.url(path)} for path in PLAYS], collection=str(folder))
    return server, kept(folder)


def test_the_warc_holds_what_a_raw_server_sent(raw):
    server, exchanges = raw
    assert list(differences([(server.url(was.path), was) for was in server.served], exchanges)) == []


def test_a_byte_that_differs_is_found(raw):
    server, exchanges = raw
    (was,) = server.of("/plain")
    was = type(was)(was.connection, was.received, was.sent.replace(b"Salmon", b"Trout"))
    assert list(differences([(server.url("/plain"), was)], exchanges)) == [(server.url("/plain"), "another response")]


@pytest.mark.parametrize("cut", ["disconnect", "time", "length"])
def test_a_record_that_was_cut_has_what_came_before(cut):
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    sent = head + bytes(LARGEST + 900)
    first = LEAST.get(cut, LARGEST + 900)

    def has(size, of=sent):
        return holds(Kept({"message": [of[:size]]}, {"WARC-Type": "response", "WARC-Truncated": cut}), sent)

    assert has(len(head) + first)
    assert not has(len(head) + first - 1)
    assert not has(len(head))
    assert not has(0)
    assert not has(len(sent), of=sent[:-1] + b"x")


@pytest.fixture(scope="module")
def newsroom():
    with Newsroom(articles=20) as opened:
        yield opened


@pytest.fixture(scope="module")
def crawled_twice(newsroom, crawl, tmp_path_factory):
    """Every kind of address asked for, and asked for again when stories have changed: what the collection holds."""
    folder, base = tmp_path_factory.mktemp("bytes") / "newsroom", newsroom.url.rstrip("/")
    story = newsroom.stories[0]
    paths = ["/", "/robots.txt", "/sitemap/index.xml.gz", "/sitemap/news.xml", "/atom.xml", "/calendar/2026/05"]
    paths += ["/rss/news", "/rss/de", "/rss/ru", "/rss/breaking", "/news?page=2", "/no-such-page"]
    addresses = [base + path for path in paths]
    addresses += [story.short_url, f"{story.url}?utm_source=feed", f"{story.url}/print"]
    addresses += [one.url for one in newsroom.stories] + list(newsroom.habits.values())
    limits = {"download_timeout": 2, "download_maxsize": LARGEST}
    requests = [{"name": str(n), "url": url, "meta": limits} for n, url in enumerate(addresses)]
    crawl(requests, collection=str(folder))
    newsroom.clock.advance(timedelta(hours=9))
    crawl(requests, collection=str(folder))
    return kept(folder)


def test_the_warc_holds_what_the_newsroom_sent_for_every_awkward_habit(newsroom, crawled_twice):
    served = [(newsroom.url.rstrip("/") + was.target, was) for was in newsroom.exchanges]
    assert {url for url, _ in served} >= set(newsroom.habits.values())
    answered = [(url, was) for url, was in served if was.sent]  # a request that nothing answers is sent once more
    assert list(differences(answered, crawled_twice)) == []


def test_among_them_are_redirects_confirmations_and_stories_that_changed_and_went(newsroom, crawled_twice):
    statuses = Counter(was.sent.split(b" ", 2)[1] for was in newsroom.exchanges if was.sent.startswith(b"HTTP/1.1"))
    assert statuses[b"301"] >= 2
    assert statuses[b"304"] >= 10
    assert statuses[b"410"] + statuses[b"404"] >= 2
    assert {b"200", b"301", b"302", b"403", b"404", b"410", b"429", b"500"} <= statuses.keys()
    changed = [url for url, exchanges in crawled_twice.items() if len({one.wire() for one in exchanges}) > 1]
    assert changed
