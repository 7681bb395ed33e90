"""Other tools read what we write, and say the same of it."""

import gzip
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archives.cdxj import read_shard
from archives.collection import Collection
from archives.exchange import Exchange, message
from archives.verify import verify
from archives.warc.reader import read_records

PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def exchange(url: str, response: bytes, **more) -> Exchange:
    request = more.pop("request", b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n")
    return Exchange(
        url=url, started=datetime(2024, 6, 11, 12, tzinfo=UTC), request=request, response=message(response), **more
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A collection with everything that a crawl meets."""
    path = tmp_path_factory.mktemp("peers") / "post"
    with Collection.open(path, write=True) as collection:
        first = collection.archive(exchange("http://news.example/a", PAGE + b"\r\n<p>Ferry late</p>", peer="192.0.2.7"))
        collection.archive(exchange("http://news.example/B?z=1&a=2", PAGE + b"\r\n<p>Ferry late</p>"))
        collection.archive(
            exchange("http://www.news.example/c", PAGE + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
        )
        collection.archive(exchange("http://news.example/a", b"HTTP/1.1 304 Not Modified\r\n\r\n"), not_modified=first)
        encoded = gzip.compress(b"<p>Bridge open</p>")
        collection.archive(
            exchange("http://news.example/d", PAGE + b"Content-Encoding: gzip\r\n\r\n" + encoded, trailing=b"x")
        )
        collection.archive(exchange("http://news.example/e", b"HTTP/1.1 301 Moved\r\nLocation: /a\r\n\r\n"))
    return path


@pytest.fixture(scope="module")
def warc(root) -> Path:
    (path,) = (root / "archive").iterdir()
    return path


def test_gzip_finds_every_member_whole(warc):
    if not (program := shutil.which("gzip")):
        pytest.skip("gzip is not installed")
    subprocess.run([program, "-t", warc], check=True)


def test_warcio_reads_the_same_records(warc):
    with warc.open("rb") as file:
        theirs = [
            (
                record.rec_type,
                record.rec_headers.get_header("WARC-Record-ID"),
                record.rec_headers.get_header("WARC-Target-URI"),
            )
            for record in ArchiveIterator(file)
        ]
    ours = [(record.type, record.record_id, record.get("WARC-Target-URI")) for record in read_records(warc)]
    assert theirs == ours


def test_warcio_decodes_the_same_payloads(root, warc):
    with Collection.open(root) as collection, warc.open("rb") as file:
        ours = {
            capture.record_id: collection.payload(capture)
            for capture in collection.captures()
            if capture.kind == "response"
        }
        theirs = {
            record.rec_headers.get_header("WARC-Record-ID"): record.content_stream().read()
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        }
    assert theirs == ours
    assert {b"<p>Ferry late</p>", b"hello", b"<p>Bridge open</p>", b""} == set(ours.values())


def test_warcio_finds_the_block_digests_right(warc):
    """Its payload digests are of framed bytes: only unchunked records can be compared."""
    with warc.open("rb") as file:
        for record in ArchiveIterator(file, check_digests=True):
            record.content_stream().read()
            chunked = record.http_headers and record.http_headers.get_header("Transfer-Encoding")
            assert record.digest_checker.passed is not False or chunked


def test_warcio_recompress_keeps_all_digests(warc, tmp_path):
    """And what they are of: verification finds nothing. warcio adds digests where we state none, as of requests."""
    again = tmp_path / "again.warc.gz"
    subprocess.run([Path(sys.executable).with_name("warcio"), "recompress", warc, again], check=True)

    def digests(path: Path) -> list[dict[str, str]]:
        return [dict(pair for pair in one.headers if pair[0].endswith("-Digest")) for one in read_records(path)]

    ours, theirs = digests(warc), digests(again)
    assert [{**after, **before} for before, after in zip(ours, theirs, strict=True)] == theirs
    assert sum(map(len, ours)) > len(ours) > 10
    assert list(verify(again)) == []


def test_pywb_indexes_the_same_captures(root, warc, pywb):
    """pywb's own indexer and our shard agree on every field that both have."""
    done = subprocess.run([pywb.with_name("cdx-indexer"), "-j", "-s", warc], capture_output=True, check=True, text=True)
    theirs = root / "theirs.cdxj"
    theirs.write_text("".join(line for line in done.stdout.splitlines(keepends=True) if not line.startswith("urn:")))
    (shard,) = (root / "indexes").iterdir()
    names = ("surt", "timestamp", "url", "offset", "length", "warc", "payload_digest", "kind")
    fields = [
        sorted(tuple(getattr(capture, name) for name in names) for capture in read_shard(path))
        for path in (theirs, shard)
    ]
    assert fields[0] == fields[1]
    statuses = [
        {capture.offset: (capture.status, capture.mime) for capture in read_shard(path) if capture.kind == "response"}
        for path in (theirs, shard)
    ]
    assert statuses[0] == statuses[1]


def test_fastwarc_reads_the_same_records(warc):
    fastwarc = pytest.importorskip("fastwarc", reason="fastwarc is not installed: pip install fastwarc")
    with warc.open("rb") as file:
        theirs = [record.record_id for record in fastwarc.ArchiveIterator(file, parse_http=False)]
    assert theirs == [record.record_id for record in read_records(warc)]
