"""Each exchange is in the collection before the spider sees its response; an archive that fails stops the crawl."""

import os
import re

import pytest

from archives.collection import Collection
from crawler.capture import capture_ref
from crawler.items import CaptureRef

PAGE = b"<html><title>Harbour clock repaired</title><p>It is right twice a day no longer.</p></html>"
NOISE = os.urandom(100_000)


def answer(body=PAGE, head=b"Content-Type: text/html\r\n"):
    return b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n" % (head, len(body)) + body


PLAYS = {
    "/page": [answer()],
    "/same": [answer()],
    "/head": [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"],
    "/cut": [answer()[:-9], 0.02, "close"],
    "/slow": [answer()[:-9], "hang"],
    # In one send: what follows a message in a later segment finds the connection idle, and belongs to no exchange.
    "/early": [b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", answer() + b"trailing"],
    "/not-http": [b"220 smtp.example ready\r\n\r\n"],
}


def asked(server, *paths, **more):
    return [{"name": path[1:], "url": server.url(path)} | more.get(path[1:], {}) for path in paths]


@pytest.fixture(scope="module")
def server(serve):
    return serve(PLAYS | {f"/noise/{n}": [answer(bytes([n]) + NOISE)] for n in range(20)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("collections") / "harbour"


@pytest.fixture(scope="module")
def crawled(server, crawl, folder):
    more = {"head": {"method": "HEAD"}, "slow": {"meta": {"download_timeout": 0.3}}}
    return crawl(asked(server, *PLAYS, **more), collection=str(folder))


@pytest.fixture(scope="module")
def collection(crawled, folder):
    with Collection.open(folder) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/page", "/same", "/early"])
def test_the_archived_exchange_is_what_was_on_the_wire(server, collection, path):
    (served,) = server.of(path)
    exchange = collection.exchange(collection.latest(server.url(path)))
    assert served.received == exchange.request
    assert served.sent == b"".join([*exchange.interim, exchange.response_bytes(), exchange.trailing])
    assert exchange.peer == "127.0.0.1"


@pytest.mark.parametrize(("path", "reason"), [("/cut", "disconnect"), ("/slow", "time")])
def test_a_failed_exchange_is_archived_with_its_reason(server, crawled, collection, path, reason):
    (served,) = server.of(path)
    capture = collection.latest(server.url(path))
    assert reason == capture.truncated == crawled.outcome(path[1:])["capture"]["truncated"]
    assert served.sent == collection.exchange(capture).response_bytes()


def test_the_same_payload_again_is_a_revisit(crawled):
    kinds = {name: crawled.outcome(name)["capture"]["kind"] for name in ("page", "same")}
    assert kinds == {"page": "response", "same": "revisit"}


def test_head_and_what_is_not_http_are_kept_but_not_indexed(server, crawled, collection):
    assert crawled.outcome("head")["capture"]["url"] == server.url("/head")
    assert collection.latest(server.url("/head")) is None
    assert crawled.outcome("not-http")["capture"]["kind"] == "unanswered"


def test_the_collection_is_sealed_when_the_crawl_is_over(collection, folder):
    assert list(folder.rglob("*.open")) == []
    assert list(folder.rglob("*.warc.gz"))
    assert list(folder.rglob("*.cdxj"))


def test_a_capture_ref_says_where_the_bytes_are(server, collection):
    capture = collection.latest(server.url("/page"))
    ref = capture_ref(capture)
    assert isinstance(ref, CaptureRef)
    for name in CaptureRef.__slots__:
        assert getattr(ref, name) == getattr(capture, name)


def stopped(crawled):
    """The one line that tells why a crawl stopped."""
    assert crawled.stats["finish_reason"] == "archive_failed"
    assert "Traceback" not in crawled.log
    (line,) = re.findall(r"Crawl stopped: (.*)", crawled.log)
    assert line == crawled.stats["archive/failure"]
    return line


def test_a_full_disk_stops_the_crawl_and_loses_nothing_that_was_there(server, crawl, tmp_path):
    paths = [f"/noise/{n}" for n in range(20)]
    crawled = crawl(asked(server, *paths), collection=str(tmp_path / "full"), largest_file=450_000)
    assert "full" in stopped(crawled)
    arrived = {name for name, (outcome,) in crawled.outcomes.items() if "status" in outcome}
    assert {"noise/0", "noise/1", "noise/2", "noise/3"} == arrived
    assert len(server.of("/noise/19")) == 0
    with Collection.open(tmp_path / "full", write=True) as collection:
        for name in arrived:
            (served,) = server.of(f"/{name}")
            assert served.sent == collection.exchange(collection.latest(server.url(f"/{name}"))).response_bytes()


def test_a_second_crawl_into_the_same_collection_is_refused_before_it_asks(server, crawl, folder, collection):
    before = len(server.served)
    with Collection.open(folder, write=True):
        crawled = crawl(asked(server, "/page"), collection=str(folder))
    assert "another process is writing" in stopped(crawled)
    assert crawled.outcomes == {}
    assert before == len(server.served)


def test_a_folder_that_cannot_be_made_is_told_in_one_line(server, crawl, tmp_path):
    (tmp_path / "file").write_text("in the way")
    crawled = crawl(asked(server, "/page"), collection=str(tmp_path / "file" / "collection"))
    assert str(tmp_path / "file") in stopped(crawled)
    assert crawled.outcomes == {}


def test_a_temporary_file_that_cannot_be_written_stops_the_crawl(serve, crawl, tmp_path):
    server = serve({"/large": [answer(bytes(3_000_000))]})
    crawled = crawl(asked(server, "/large"), collection=str(tmp_path / "c"), largest_file=1_500_000)
    assert "temporary file" in stopped(crawled)


def test_offline_the_archive_answers(server, crawl, folder, collection):
    before = len(server.served)
    handlers = dict.fromkeys(("http", "https"), "crawler.capture.offline.OfflineHandler")
    off = {"EXTENSIONS": {}, "DOWNLOADER_MIDDLEWARES": {}}
    settings = {"DOWNLOAD_HANDLERS": handlers, "CAPTURE_REPLAY": str(folder), **off}
    requests = [*asked(server, "/page", "/same"), {"name": "unknown", "url": server.url("/unknown")}]
    crawled = crawl(requests, collection=str(folder), settings=settings)
    assert before == len(server.served)
    for name in ("page", "same"):
        outcome = crawled.outcome(name)
        assert tuple(outcome[key] for key in ("status", "body", "flags", "type")) == (
            200,
            PAGE,
            ["offline"],
            "HtmlResponse",
        )
        assert server.url(f"/{name}") == outcome["capture"]["url"]
    assert "is not in the collection" in crawled.outcome("unknown")["message"]
