"""What a full export holds is replayed by pywb as the collection is, capture by capture, and no revisit is in it."""

import gzip
import shutil
import urllib.error
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archives.cdxj import Capture
from archives.collection import Collection
from archives.exchange import Exchange, message
from archives.recover import recover
from archives.replay import replay
from archives.replay.pywb import DIRECT, Replay
from archives.takedown.order import Order, take_down
from archives.verify import verify
from archives.warc.reader import read_records
from archives.warc_export import export_warc

NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
CHUNKED = HTML + b"Transfer-Encoding: chunked\r\n"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\nETag: W/x\r\n"
FERRY, BRIDGE, GARDEN = b"<p>Ferry late again</p>", b"<p>Bridge open</p>", b"<p>Garden</p>"
PACKED = gzip.compress(b"<p>Packed</p>", mtime=0)


def chunks(body: bytes, size: int = 7) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x;x=y\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def at(minute: int, path: str, head: bytes, body: bytes) -> Exchange:
    return Exchange(
        url=f"http://news.example/{path}",
        started=NOON + timedelta(minutes=minute),
        request=b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n",
        response=message(head + b"\r\n" + body),
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """Identity under identity and chunked, chunked under chunked, 304s of both, duplicates of other URLs, gzip."""
    path = tmp_path_factory.mktemp("full") / "post"
    with Collection.open(path, write=True) as collection:
        plain = collection.archive(at(0, "plain", HTML + b"Content-Length: %d\r\n" % len(FERRY), FERRY))
        framed = collection.archive(at(1, "framed", CHUNKED, chunks(BRIDGE)))
    with Collection.open(path, write=True) as collection:
        revisits = [
            collection.archive(at(2, "plain", HTML + b"X-Again: 1\r\n", FERRY)),
            collection.archive(at(3, "plain-as-chunks", CHUNKED, chunks(FERRY))),
            collection.archive(at(4, "framed-elsewhere", CHUNKED + b"X-Own: 1\r\n", chunks(BRIDGE, 3))),
            collection.archive(at(5, "plain", NOT_MODIFIED, b""), not_modified=plain),
            collection.archive(at(6, "framed", NOT_MODIFIED, b""), not_modified=framed),
        ]
        assert {"revisit"} == {one.kind for one in revisits}
        assert collection.archive(at(7, "framed-as-identity", HTML, BRIDGE)).kind == "response"
        encoded = HTML + b"Content-Encoding: gzip\r\n"
        collection.archive(at(8, "packed", encoded, PACKED))
        assert collection.archive(
            at(9, "packed-in-chunks", encoded + b"Transfer-Encoding: chunked\r\n", chunks(PACKED))
        )
        collection.archive(at(10, "large", HTML, GARDEN * 400_000))
        assert collection.archive(at(11, "large-again", CHUNKED, chunks(GARDEN * 400_000, 65_536))).kind == "revisit"
    return path


def as_collection(warc: Path, root: Path) -> Path:
    """A WARC file as a collection of its own, indexed by what a writer does when it opens one."""
    (root / "archive").mkdir(parents=True)
    shutil.copy(warc, root / "archive")
    recover(root)
    return root


@pytest.fixture(scope="module")
def full(root, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    with Collection.open(root) as collection:
        done = export_warc(collection, folder / "full.warc.gz", full=True)
    assert done.filled == 6 + 1
    return as_collection(folder / "full.warc.gz", folder / "full")


def captures(root: Path) -> list[Capture]:
    with Collection.open(root) as collection:
        return sorted(collection.captures(), key=lambda one: one.date)


def replayed(server: Replay, name: str, capture: Capture) -> tuple[int, str | None, bytes, str | None]:
    """Status, type, body and own header of a capture as archived, and that it is this capture's moment."""
    address = server.page(name, capture.timestamp, capture.url, modifier="id_")
    try:
        with DIRECT.open(address, timeout=30) as answer:
            assert f"/{capture.timestamp}id_/" in answer.url
            body, headers = answer.read(), answer.headers
            return answer.status, headers["Content-Type"], body, headers["X-Own"] or headers["X-Archive-Orig-X-Own"]
    except urllib.error.HTTPError as fault:
        return fault.code, None, b"", None


def test_each_capture_is_replayed_alike(root, full, pywb):
    with replay([root, full], program=pywb) as server:
        for before, after in zip(captures(root), captures(full), strict=True):
            theirs = replayed(server, "full", after)
            assert replayed(server, "post", before) == theirs
            assert theirs[0] == 200
            with Collection.open(full) as collection:
                payload = collection.payload(after)
            assert payload == (gzip.decompress(theirs[2]) if theirs[2][:2] == b"\x1f\x8b" else theirs[2])


def test_it_verifies_and_holds_no_revisit(full):
    assert list(verify(full)) == []
    assert list(verify(*(full / "archive").iterdir())) == []
    assert "revisit" not in {record.type for path in (full / "archive").iterdir() for record in read_records(path)}


def test_ids_dates_neighbours_and_payload_digests_are_the_same(root, full):
    def told(root: Path) -> list[tuple]:
        return [(one.record_id, one.url, one.date, one.payload_digest, one.mime) for one in captures(root)]

    def neighbours(root: Path) -> dict[str, tuple[str, ...]]:
        records = (record for path in (root / "archive").iterdir() for record in read_records(path))
        return {one.record_id: one.all("WARC-Concurrent-To") for one in records if one.type != "warcinfo"}

    assert told(root) == told(full)
    assert neighbours(root) == neighbours(full)


def test_records_that_are_no_revisits_keep_their_bytes(root, full):
    def members(root: Path) -> dict[str, bytes]:
        return {
            record.record_id: path.read_bytes()[record.offset : record.end]
            for path in (root / "archive").iterdir()
            for record in read_records(path)
        }

    before, after = members(root), members(full)
    revisits = {one.record_id for one in captures(root) if one.kind == "revisit"}
    assert {key for key in before if before[key] != after[key]} == revisits


def test_warcio_reads_the_same_payloads(full):
    (path,) = (full / "archive").iterdir()
    with Collection.open(full) as collection, path.open("rb") as file:
        ours = {one.record_id: collection.payload(one) for one in collection.captures()}
        theirs = {
            record.rec_headers.get_header("WARC-Record-ID"): record.content_stream().read()
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        }
    assert ours == theirs


def test_without_full_the_records_are_as_they_were(root, tmp_path, pywb):
    with Collection.open(root) as collection:
        assert export_warc(collection, tmp_path / "as-is.warc.gz").filled == 0
    again = as_collection(tmp_path / "as-is.warc.gz", tmp_path / "as-is")
    assert list(verify(again)) == []
    assert [one.kind for one in captures(root)] == [one.kind for one in captures(again)]


def test_what_stays_after_a_purge_is_replayed_as_before(root, tmp_path, pywb):
    """Also what had its payload in a capture that is gone; what is gone is not found."""
    purged = shutil.copytree(root, tmp_path / "purged")
    with Collection.open(purged, write=True) as collection:
        for path in ("plain", "framed", "large"):
            take_down(collection, Order(target=f"http://news.example/{path}", action="purge"))
    assert list(verify(purged)) == []
    stay = {one.url for one in captures(purged)}
    assert {"http://news.example/plain-as-chunks", "http://news.example/large-again"} < stay
    with replay([root, purged], program=pywb) as server:
        for capture in captures(root):
            if capture.url in stay:
                assert replayed(server, "post", capture) == replayed(server, "purged", capture)
            else:
                assert replayed(server, "purged", capture)[0] == 404
