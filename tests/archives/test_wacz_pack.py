"""What a packed collection holds: the same records and payloads, one index over all of them, articles as pages."""

import gzip
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.crawl_log import CrawlLog, fetch_of
from archives.errors import MalformedRecord, StorageFailed
from archives.layout import Layout
from archives.run_report import SiteRun
from archives.runs import begin_site, end_site
from archives.verify.findings import Checked
from archives.wacz.copies import Copier
from archives.wacz.lines import SortedLines, write_blocks
from archives.wacz.pack import pack
from archives.wacz.verify import verify_wacz
from archives.warc.reader import read_records

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\ntransfer-encoding:  chunked\r\nTrailer: X-Press"
FRAMED = b"a;x=1\r\n<p>Ferry l\r\na\r\nate </p>..\r\n0\r\nX-Press: 3\r\n\r\n"
UNFRAMED = b"<p>Ferry late </p>.."


NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)


def article(capture, title: str, body: str) -> dict:
    reference = {"record_id": capture.record_id, "date": capture.date, "warc": capture.warc}
    return {"url": capture.url, "site": "post", "title": title, "body": body, "capture": reference}


@pytest.fixture
def packed(collection, exchange, clock, tmp_path) -> Path:
    """A collection of two WARC files with everything that a crawl meets, packed."""
    whole = collection.archive(exchange("http://news.example/b"))
    collection.archive(exchange("http://news.example/a", FRAMED, head=CHUNKED))
    collection.seal()
    collection.archive(exchange("http://news.example/again", FRAMED, head=CHUNKED))
    collection.archive(exchange(response=b"HTTP/1.1 304 Not Modified\r\n\r\n", url=whole.url), not_modified=whole)
    collection.archive(exchange("http://news.example/head", b"", request=b"HEAD / HTTP/1.1\r\n\r\n"))
    collection.archive(exchange("http://news.example/dead", response=b""))
    collection.catalog.put_article(article(whole, "Ferry late again", "Nobody knows why."))
    collection.close()
    (collection.layout.logs / "20240611T120000Z.log").write_text("crawled\n")
    with Collection.open(collection.layout.root) as opened:
        pack(opened, tmp_path / "post.wacz", now=clock)
    return tmp_path / "post.wacz"


def lines(packed: Path) -> list[tuple[str, dict]]:
    with zipfile.ZipFile(packed) as archive:
        text = gzip.decompress(archive.read("indexes/index.cdx.gz")).decode()
    return [(line.split(" {")[0], json.loads(line.split(" ", 2)[2])) for line in text.splitlines()]


def record_at(packed: Path, fields: dict):
    with zipfile.ZipFile(packed) as archive:
        member = archive.read(f"archive/{fields['filename']}")[int(fields["offset"]) :][: int(fields["length"])]
    (record,) = read_records(io.BytesIO(member))
    return record


def test_a_package_agrees_with_itself(packed):
    checked = Checked()
    assert list(verify_wacz(packed, checked)) == []
    assert (checked.files, checked.captures) == (2, 4)


def test_the_package_is_as_wacz_has_it(packed):
    """WACZ 1.1.1, "Directories and Files", "Zip Compression"."""
    with zipfile.ZipFile(packed) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read("datapackage.json"))
        stored = {info.filename for info in archive.infolist() if info.compress_type == zipfile.ZIP_STORED}
    assert {"indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl", "logs/20240611T120000Z.log"} < set(names)
    assert stored == {name for name in names if name.endswith(".gz")}
    assert (manifest["profile"], manifest["wacz_version"]) == ("data-package", "1.1.1")
    assert (manifest["title"], manifest["created"]) == ("evening-post", "2024-06-11T12:00:00Z")
    assert [resource["path"] for resource in manifest["resources"]] == names[:-2]
    assert names[-2:] == ["datapackage.json", "datapackage-digest.json"]


def test_one_index_stands_in_order_over_all_files(packed):
    keys = [key for key, _ in lines(packed)]
    assert keys == sorted(keys)
    assert [key.split(" ")[0] for key in keys] == [f"example,news)/{path}" for path in ("a", "again", "b", "b")]
    assert len({fields["filename"] for _, fields in lines(packed)}) == 2


def test_every_line_leads_to_its_record(packed):
    for _, fields in lines(packed):
        record = record_at(packed, fields)
        assert (record.target_uri, record.record_id) == (fields["url"], fields["record_id"])
        assert record.get("WARC-Payload-Digest") == fields["digest"]


def test_a_chunked_response_is_copied_without_its_chunks(packed, collection):
    """RFC 9112, 7.1.3; the payload digest is the original's, and right of the copy as it stands."""
    fields = dict(lines(packed))["example,news)/a 20240611120000"]
    record = record_at(packed, fields)
    for original in read_records(collection.layout.warc_path(fields["filename"])):
        if original.record_id == record.record_id:
            break
    assert record.content() == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Orig-transfer-encoding:  chunked\r\n"
        b"X-Orig-Trailer: X-Press\r\nContent-Length: 20\r\n\r\n" + UNFRAMED
    )
    assert record.get("WARC-Payload-Digest") == original.get("WARC-Payload-Digest")
    assert record.get("X-Orig-Block-Digest") == original.get("WARC-Block-Digest")


def test_a_revisit_promises_no_chunks_either(packed):
    """Its payload is the unframed copy; the length of that is not the revisit's to tell."""
    fields = dict(lines(packed))["example,news)/again 20240611120000"]
    revisit = record_at(packed, fields)
    original = record_at(packed, dict(lines(packed))["example,news)/a 20240611120000"])
    assert (revisit.type, revisit.get("WARC-Refers-To")) == ("revisit", original.record_id)
    head = revisit.http_head()
    assert head is not None
    assert (head.tokens(b"transfer-encoding"), head.get(b"content-length")) == ((), None)


@pytest.mark.parametrize(
    ("head", "added"),
    [
        (b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked", b"X-Orig-Transfer-Encoding: chunked\nContent-Length: 20\n"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip,\r\n chunked",
            b"X-Orig-Transfer-Encoding: gzip,\r\n chunked\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked",
            b"X-Orig-Content-Length: 9\r\nX-Orig-Transfer-Encoding: chunked\r\nContent-Length: 20\r\n",
        ),
    ],
    ids=["bare line feeds", "compressed on the way", "two lengths"],
)
def test_the_head_of_a_copy_is_true(head, added, collection, exchange, tmp_path):
    end = b"\r\n" if b"\r\n" in head else b"\n"
    capture = collection.archive(exchange(response=head + end * 2 + FRAMED))
    collection.close()
    record = next(read_records(collection.layout.warc_path(capture.warc), start=capture.offset))
    out = io.BytesIO()
    with Copier(collection.layout.warc_path(capture.warc), out) as copier:
        copier.copy(record)
    out.seek(0)
    (copy,) = read_records(out)
    assert copy.content() == head.split(end)[0] + end + added + end + UNFRAMED


def test_what_was_not_chunked_is_copied_byte_for_byte(packed, collection):
    fields = next(fields for key, fields in lines(packed) if "/b " in key and fields["mime"] == "text/html")
    with zipfile.ZipFile(packed) as archive:
        copy = archive.read(f"archive/{fields['filename']}")
    original = collection.layout.warc_path(fields["filename"]).read_bytes()
    end = original.index(b"\x1f\x8b", int(fields["offset"]) + int(fields["length"]))
    assert copy[:end] == original[:end]


def test_articles_are_pages_with_their_text(packed):
    with zipfile.ZipFile(packed) as archive:
        header, page = map(json.loads, archive.read("pages/pages.jsonl").splitlines())
    assert header == {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
    assert page == {
        "id": "00000000-0000-4000-8000-000000000002",
        "url": "http://news.example/b",
        "ts": "2024-06-11T12:00:00.250000Z",
        "title": "Ferry late again",
        "text": "Nobody knows why.",
    }


def test_what_is_to_be_left_out_is_nowhere_in_the_package(collection, exchange, tmp_path):
    """Neither as record nor in the index nor as page; what stands behind it is found at its new place."""
    kept = collection.archive(exchange("http://news.example/kept", b"<p>Bridge open</p>"))
    gone = collection.archive(exchange("http://news.example/gone", b"<p>Private</p>"))
    last = collection.archive(exchange("http://news.example/last", b"<p>Ferry late</p>"))
    for capture in (kept, gone, last):
        collection.catalog.put_article(article(capture, capture.url, "Text."))
    collection.seal()
    (collection.layout.logs / "a.log").write_text("got http://news.example/gone\ngot http://news.example/last\n")
    site = SiteRun(name="post", seeds=(gone.url, last.url), finish_reason="finished")
    log = CrawlLog(begin_site(collection.layout, "20240611T120000Z", site, now=NOON) / "crawl.log")
    for capture in (gone, last):
        log.add(fetch_of(capture, logged=NOON, size=1))
    log.close()
    end_site(collection.layout, "20240611T120000Z", site)
    result = pack(collection, tmp_path / "post.wacz", leave_out={gone.record_id})
    assert (result.captures, result.pages) == (2, 2)
    assert list(verify_wacz(tmp_path / "post.wacz", Checked())) == []
    with zipfile.ZipFile(tmp_path / "post.wacz") as archive:
        assert not any(b"/gone" in gzip.decompress(archive.read(n)) for n in archive.namelist() if n.endswith(".gz"))
        assert b"/gone" not in archive.read("pages/pages.jsonl")
        assert archive.read("logs/a.log") == b"got http://news.example/last\n"
        assert archive.read("logs/20240611T120000Z/crawl.log").count(b"\n") == 1
        assert {n for n in archive.namelist() if n.startswith("logs/") and b"/gone" in archive.read(n)} == set()
        assert "logs/20240611T120000Z/responsecode-report.txt" in archive.namelist()


def test_a_damaged_file_is_not_packed(collection, exchange, tmp_path):
    capture = collection.archive(exchange())
    collection.close()
    path = collection.layout.warc_path(capture.warc)
    path.write_bytes(path.read_bytes()[:-20])
    (tmp_path / "post.wacz").write_bytes(b"earlier")
    with Collection.open(collection.layout.root) as opened, pytest.raises(MalformedRecord, match="nothing was packed"):
        pack(opened, tmp_path / "post.wacz")
    assert (tmp_path / "post.wacz").read_bytes() == b"earlier"
    assert list(tmp_path.glob(".*")) == []


def test_of_a_file_that_is_being_written_the_whole_exchanges_are_packed(collection, exchange, tmp_path):
    collection.archive(exchange("http://news.example/whole"))
    collection.flush()
    (being_written,) = collection.layout.open_warcs()
    with being_written.open("ab") as file:
        file.write(gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\n")[:20])
    with Collection.open(collection.layout.root) as opened:
        result = pack(opened, tmp_path / "post.wacz")
    assert (result.captures, result.warcs) == (1, 1)
    assert list(verify_wacz(tmp_path / "post.wacz", Checked())) == []


def test_a_disk_that_is_full_leaves_what_was_there(collection, exchange, tmp_path):
    collection.archive(exchange())
    collection.seal()
    (tmp_path / "post.wacz").write_bytes(b"earlier")

    def fail(size: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageFailed, match="No space left on device; nothing was changed"):
        pack(collection, tmp_path / "post.wacz", progress=fail)
    assert (tmp_path / "post.wacz").read_bytes() == b"earlier"
    assert list(tmp_path.glob(".*")) == []


def test_plain_and_wholly_gzipped_files_become_files_of_members(tmp_path):
    """Foreign files in the folder: no index could point into them as they are."""
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:%d>\r\nWARC-Date: 2024-06-11T12:00:00Z\r\n"
        b"WARC-Target-URI: http://news.example/%d\r\nContent-Type: application/http\r\nContent-Length: 23\r\n\r\n"
        b"HTTP/1.1 200 OK\r\n\r\nhello\r\n\r\n"
    )
    both = record.replace(b"23", b"24") % (1, 1) + record.replace(b"23", b"24") % (2, 2)
    layout = Layout(tmp_path / "post")
    Collection.open(layout.root, write=True).close()
    (layout.archive / "plain.warc").write_bytes(both)
    (layout.archive / "whole.warc.gz").write_bytes(gzip.compress(both.replace(b"uuid:", b"uuid:9")))
    with Collection.open(layout.root) as opened:
        assert pack(opened, tmp_path / "post.wacz").captures == 4
    assert list(verify_wacz(tmp_path / "post.wacz", Checked())) == []
    with zipfile.ZipFile(tmp_path / "post.wacz") as archive:
        assert archive.namelist()[:2] == ["archive/plain.warc.gz", "archive/whole.warc.gz"]


def test_an_entry_that_may_be_large_says_so_in_both_its_headers(collection, exchange, tmp_path, monkeypatch):
    """ReplayWeb.page reads the local header only where the directory has an extra field."""
    monkeypatch.setattr("archives.wacz.package._LARGE", 0)
    collection.archive(exchange())
    collection.seal()
    pack(collection, tmp_path / "post.wacz")
    content = (tmp_path / "post.wacz").read_bytes()
    with zipfile.ZipFile(tmp_path / "post.wacz") as archive:
        for info in archive.infolist():
            own = int.from_bytes(content[info.header_offset + 28 : info.header_offset + 30], "little")
            assert bool(own) == bool(info.extra)
    assert list(verify_wacz(tmp_path / "post.wacz", Checked())) == []


def test_lines_are_sorted_in_runs_as_they_are_at_once():
    wanted = [b"%d\n" % (number * 7919 % 1000) for number in range(1000)]
    with SortedLines(run_size=500) as in_runs:
        for line in wanted:
            in_runs.add(line)
        assert list(in_runs) == sorted(wanted)


def test_a_large_index_is_found_by_blocks():
    """Each line of the `.idx` leads to the member that begins with its key."""
    wanted = [b'example,news)/%05d 20240611120000 {"n": %d}\n' % (number, number) for number in range(2500)]
    out = io.BytesIO()
    meta, *blocks = write_blocks(iter(wanted), out, name="index.cdx.gz")
    assert meta == b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n'
    found = []
    for block in blocks:
        place = json.loads(block[block.index(b"{") :])
        content = gzip.decompress(out.getvalue()[place["offset"] : place["offset"] + place["length"]])
        assert content.startswith(block.split(b" {")[0])
        found += content.splitlines(keepends=True)
    assert found == wanted
    assert len(blocks) == 3
