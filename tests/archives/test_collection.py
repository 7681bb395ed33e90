import errno
import gzip
import multiprocessing
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.errors import CollectionLocked, CollectionMissing, MalformedRecord, StorageFailed
from archives.exchange import Exchange
from archives.warc.bundle import NOT_MODIFIED
from archives.warc.groups import capture_of, groups
from archives.warc.reader import read_record, read_records
from archives.warc_export import export_warc
from archives.writing import Writing

NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked"


def chunked(body: bytes, size: int = 4) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def same(left: Exchange, right: Exchange) -> bool:
    names = ("url", "started", "request", "interim", "trailing", "peer", "truncated", "protocols")
    return left.response_bytes() == right.response_bytes() and all(getattr(left, n) == getattr(right, n) for n in names)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="plain"),
        pytest.param({"head": CHUNKED, "body": chunked(b"<p>Ferry late again</p>")}, id="chunked"),
        pytest.param({"response": b"HTTP/1.0 200 OK\nX: y\n folded\n\nbody"}, id="bare line feeds and folds"),
        pytest.param({"response": b"HTTP/1.1 200 OK\r\nX: \xff\r\n\r\n\x00\xff"}, id="bytes that are no text"),
        pytest.param({"response": b"HTTP/1.1 200 OK\r\nContent-Le", "truncated": "disconnect"}, id="cut in the head"),
        pytest.param({"truncated": "length"}, id="too large"),
        pytest.param({"response": b"", "truncated": "time"}, id="nothing came"),
        pytest.param({"response": b"garbage\r\n\r\nbody"}, id="no HTTP"),
        pytest.param({"request": b""}, id="request not known"),
        pytest.param({"request": b"HEAD / HTTP/1.1\r\n\r\n", "body": b""}, id="HEAD"),
        pytest.param(
            {"interim": (b"HTTP/1.1 100 C\r\n\r\n", b"HTTP/1.1 103 E\r\n\r\n"), "trailing": b"x"}, id="around it"
        ),
        pytest.param({"peer": "2001:db8::7", "protocols": ("http/1.1", "tls/1.3")}, id="peer and protocols"),
        pytest.param({"body": bytes(range(256)) * 30_000}, id="large"),
    ],
)
def test_an_exchange_comes_back_as_it_was_and_scans_as_it_was_indexed(collection, exchange, changes):
    sent = exchange(**changes)
    capture = collection.archive(sent)
    assert same(sent, collection.exchange(capture))
    path = collection.layout.warc_path(capture.warc)
    scanned = [found for group in groups(read_records(path)) if (found := capture_of(group, capture.warc))]
    assert [capture] == scanned
    assert capture.indexed == (list(collection.captures()) == [capture])


def test_a_repeated_payload_becomes_a_revisit(collection, exchange):
    first = collection.archive(exchange())
    again = collection.archive(exchange("http://news.example/copy", head=b"HTTP/1.1 200 Fine\r\nX: y"))
    assert ("revisit", first.record_id, first.payload_digest) == (again.kind, again.refers_to, again.payload_digest)
    assert again.length < 600
    assert collection.exchange(again).response_bytes() == b"HTTP/1.1 200 Fine\r\nX: y\r\n\r\n<p>Ferry late again</p>"
    assert collection.payload(first) == collection.payload(again)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("identity", "identity", "revisit"),
        ("identity", "chunked", "revisit"),
        ("chunked", "chunked", "revisit"),
        ("chunked", "identity", "response"),
    ],
)
def test_chunk_framing_never_leaks_into_a_page(collection, exchange, first, second, kind):
    body = b"<p>Ferry late again</p>"
    frames = {"identity": {"body": body}, "chunked": {"head": CHUNKED, "body": chunked(body)}}
    collection.archive(exchange(**frames[first]))
    capture = collection.archive(exchange(**frames[second]))
    assert (kind, body) == (capture.kind, collection.payload(capture))


@pytest.mark.parametrize("changes", [{"truncated": "time"}, {"body": b""}, {"request": b"HEAD / HTTP/1.1\r\n\r\n"}])
def test_what_is_never_deduplicated(collection, exchange, changes):
    collection.archive(exchange(**{**changes, "truncated": None, "request": b""}))
    assert collection.archive(exchange(**changes)).kind == "response"


def test_after_a_304_the_payload_is_the_earlier_one(collection, exchange):
    page = collection.archive(exchange(head=b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: "7"'))
    answer = exchange(response=b"HTTP/1.1 304 Not Modified\r\nDate: now\r\n\r\n")
    first = collection.archive(answer, not_modified=page)
    second = collection.archive(answer, not_modified=first)
    for capture in (first, second):
        assert ("revisit", 304, "text/html", '"7"', page.record_id) == (
            capture.kind, capture.status, capture.mime, capture.etag, capture.refers_to,
        )  # fmt: skip
        assert collection.exchange(page).response_bytes() == collection.exchange(capture).response_bytes()
    record = read_record(collection.layout.warc_path(second.warc), second.offset)
    assert (record.content(), record.get("WARC-Profile")) == (b"", NOT_MODIFIED)
    aside = [r for r in read_records(collection.layout.warc_path(second.warc)) if ":not-modified:" in r.target_uri]
    assert [answer.response_bytes()] * 2 == [r.content() for r in aside]
    assert second == collection.latest(page.url)


def test_a_collection_on_disk(tmp_path, exchange, clock):
    with Collection.open(tmp_path / "post", write=Writing(operator="Ada", user_agent="bot/1", now=clock)) as collection:
        capture = collection.archive(exchange())
        assert [f"{capture.warc}.open"] == [path.name for path in collection.layout.archive.iterdir()]
    root = tmp_path / "post"
    warc = root / "archive" / capture.warc
    assert {"archive", "indexes", "items", "logs", "reports", "catalog.sqlite", "metadata.yaml"} <= {
        p.name for p in root.iterdir()
    }
    assert capture.warc.startswith("post-20240611120000-00001-")
    assert (
        (root / "indexes" / capture.warc.replace(".warc.gz", ".cdxj"))
        .read_text()
        .startswith("example,news)/story 20240611")
    )
    info = next(read_records(warc))
    assert info.type == "warcinfo"
    assert b"operator: Ada\r\nrobots: obey\r\nhttp-header-user-agent: bot/1\r\n" in info.content()
    assert gzip.decompress(warc.read_bytes()).endswith(b"\r\n\r\n")


def test_every_file_says_who_wrote_it_and_how(tmp_path, exchange, clock):
    """Also the second of a run, and what is exported."""
    told = {"operator": "Ada <ada@example.org>", "user_agent": "bot/1", "contact": "ada@example.org", "robots": "obey"}
    with Collection.open(tmp_path / "post", write=Writing(max_size=1, now=clock, **told)) as opened:
        for number in range(2):
            opened.archive(exchange(f"http://x.example/{number}", b"%d" % number))
        opened.seal()
        export_warc(opened, tmp_path / "all.warc.gz")
    for warc in opened.layout.warcs():
        assert {*info_of(warc)} == {
            "software", "hostname", "operator", "isPartOf", "format", "conformsTo", "robots", "http-header-user-agent",
            "http-header-from",
        }  # fmt: skip
    assert {"software", "hostname", "isPartOf", "format", "conformsTo"} < {*info_of(tmp_path / "all.warc.gz")}
    kinds = [one.type for one in read_records(tmp_path / "all.warc.gz")]
    assert kinds.count("warcinfo") == 3, "its own, and each file's"


def info_of(warc: Path) -> dict[str, str]:
    info = next(read_records(warc))
    assert info.type == "warcinfo"
    return dict(line.split(": ", 1) for line in info.content().decode().split("\r\n") if line)


def test_files_rotate_by_size_and_by_age(tmp_path, exchange):
    now = [NOON]
    with Collection.open(
        tmp_path / "post", write=Writing(max_size=20_000, max_age=timedelta(hours=1), now=lambda: now[0])
    ) as opened:
        small = [opened.archive(exchange(f"http://x.example/{n}", b"%d" % n)).warc for n in range(3)]
        assert len(set(small)) == 1
        opened.archive(
            exchange(body=bytes(range(256)) * 400, head=b"HTTP/1.1 200 OK\r\nX: " + bytes(range(33, 127)) * 400)
        )
        opened.archive(
            exchange(
                "http://x.example/random", b"".join(n.to_bytes(4, "big") * (n % 3) for n in range(0, 10**9, 99991))
            )
        )
        second = opened.archive(exchange("http://x.example/after", b"after")).warc
        assert second != small[0]
        now[0] += timedelta(hours=1)
        assert opened.archive(exchange("http://x.example/later", b"later")).warc not in {second, small[0]}
        names = sorted(path.name for path in opened.layout.archive.iterdir())
        assert [True] + [False] * (len(names) - 1) == [name.endswith(".open") for name in reversed(names)]
    assert len(list(Collection.open(tmp_path / "post").captures())) == 7


def test_what_the_disk_refused_once_is_not_believed_when_it_takes_the_rest(tmp_path, exchange, monkeypatch):
    """A second fsync succeeds although the pages are lost: the file is left to the next start, as after a crash."""
    collection = Collection.open(tmp_path, write=True)
    first = collection.archive(exchange("http://news.example/1"))
    collection.flush()
    refused = [OSError(errno.EIO, os.strerror(errno.EIO))]
    really = os.fdatasync

    def refuse_once(fd: int) -> None:
        if refused:
            raise refused.pop()
        really(fd)

    monkeypatch.setattr(os, "fdatasync", refuse_once)
    collection.archive(exchange("http://news.example/2", body=b"second"))
    collection.catalog.flush()
    collection.archive(exchange("http://news.example/3", body=b"third"))
    with pytest.raises(StorageFailed, match="Input/output error; the disk did not take the last captures"):
        collection.flush()
    for goes_on in (lambda: collection.archive(exchange("http://news.example/4")), collection.flush, collection.close):
        with pytest.raises(StorageFailed, match="may not be on the disk; open the collection anew"):
            goes_on()
    assert [path.suffix for path in (tmp_path / "archive").iterdir()] == [".open"]
    with Collection.open(tmp_path) as reading:
        assert [capture.record_id for capture in reading.captures()] == [first.record_id]
    with Collection.open(tmp_path, write=True) as again:
        assert [capture.url[-1] for capture in again.captures()] == ["1", "2", "3"]


def test_readers_read_while_the_writer_writes(collection, exchange):
    capture = collection.archive(exchange())
    collection.flush()
    with Collection.open(collection.layout.root) as reader:
        assert [capture] == list(reader.captures())
        assert reader.payload(capture) == b"<p>Ferry late again</p>"
        with pytest.raises(StorageFailed, match="opened for reading"):
            reader.archive(exchange())


def _try_to_write(path: Path, answer) -> None:
    try:
        Collection.open(path, write=True)
    except CollectionLocked as exc:
        answer.put(str(exc))


def test_a_second_writer_is_refused_in_one_line(collection):
    with pytest.raises(CollectionLocked, match="another process is writing"):
        Collection.open(collection.layout.root, write=True)
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    other = context.Process(target=_try_to_write, args=(collection.layout.root, answer))
    other.start()
    assert f"{collection.layout.root}: another process is writing" in answer.get(timeout=30)
    other.join(30)
    answer.close()
    answer.join_thread()


def test_no_collection_there(tmp_path):
    for options in ({}, {"write": True, "create": False}):
        with pytest.raises(CollectionMissing, match="nowhere: no collection there"):
            Collection.open(tmp_path / "nowhere", **options)
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="no collection can be made there: Not a directory"):
        Collection.open(tmp_path / "file" / "post", write=True)


def test_an_index_that_lies_is_found_out(collection, exchange):
    first = collection.archive(exchange())
    second = collection.archive(exchange("http://x.example/other", b"other"))
    with pytest.raises(MalformedRecord, match="the index says"):
        collection.exchange(replace(first, offset=second.offset))
