import gzip
import json
import re
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.digests import sha1
from archives.verify import Checked, verify
from archives.warc.reader import read_records
from archives.writing import Writing


@pytest.fixture
def sealed(tmp_path, exchange, clock, ids) -> Path:
    """A collection of everything: responses, revisits of both kinds, HEAD, an unanswered request, an article."""
    with Collection.open(tmp_path / "post", write=Writing(now=clock, new_id=ids)) as collection:
        page = collection.archive(exchange())
        collection.archive(exchange("http://news.example/copy"))
        collection.archive(exchange(response=b"HTTP/1.1 304 Not Modified\r\n\r\n"), not_modified=page)
        collection.archive(exchange(request=b"HEAD / HTTP/1.1\r\n\r\n", body=b""))
        collection.archive(exchange(response=b"", truncated="time", interim=(b"HTTP/1.1 100 C\r\n\r\n",)))
        item = item_of(page)
        collection.catalog.put_article(item)
        (collection.layout.items / "run.jsonl").write_text(json.dumps(item) + "\n")
    return tmp_path / "post"


def item_of(capture, title="Ferry late again"):
    names = ("warc", "offset", "length", "record_id", "date", "payload_digest", "status")
    reference = {name: getattr(capture, name) for name in names}
    return {"url": capture.url, "title": title, "capture": reference, "extractor": "test", "revision": 1}


def extract(payload: bytes, url: str, content_type: str | None, item) -> dict:
    assert content_type == "text/html; charset=utf-8"
    return {"url": url, "title": payload.decode().removeprefix("<p>").removesuffix("</p>"), "revision": 9}


def warc_of(root: Path) -> Path:
    (path,) = (root / "archive").iterdir()
    return path


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    """Change the content of a WARC's members, member by member, as a forger would."""
    whole = path.read_bytes()
    members = [gzip.decompress(whole[record.offset : record.end]) for record in read_records(path)]
    assert any(old in member for member in members)
    path.write_bytes(b"".join(gzip.compress(member.replace(old, new)) for member in members))


def findings(*paths, **more) -> list[str]:
    return [str(finding) for finding in verify(*paths, **more)]


def test_a_whole_collection_has_no_findings(sealed):
    checked = Checked()
    assert findings(sealed, extract=extract, checked=checked) == []
    assert Checked(files=1, records=13, captures=3, items=2) == checked


def test_an_open_collection_has_none_either(collection, exchange):
    collection.archive(exchange())
    collection.flush()
    assert findings(collection.layout.root) == []


def test_what_a_crawl_at_work_has_yet_to_finish_is_no_fault_until_it_has_ended(collection, exchange):
    collection.archive(exchange())
    collection.flush()
    root, checked = collection.layout.root, Checked()
    (root / "items" / "20310302T080000Z.jsonl").write_text('{"url": "http://news')
    with collection.catalog.writing() as connection:
        connection.exec_driver_sql("DELETE FROM captures")
    assert findings(root, checked=checked) == []
    assert checked.unfinished == 2
    collection.close()
    found = "\n".join(findings(root))
    assert "is not in the catalog" in found
    assert "20310302T080000Z.jsonl, line 1: not an item" in found


def test_a_lone_file_is_checked_by_itself(sealed):
    checked = Checked()
    assert findings(warc_of(sealed), checked=checked) == []
    assert (checked.records, checked.captures) == (13, 0)


def test_changed_bytes_are_found_by_both_digests(sealed):
    rewrite(warc_of(sealed), b"Ferry late again", b"Ferry on time!!!")
    found = findings(warc_of(sealed))
    assert len(found) == 2
    assert " at 3" in found[0]
    assert "block digest is sha1:" in found[0]
    assert "payload digest is sha1:" in found[1]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000003>\r\n", b"", "WARC-Record-ID is missing"),
        (b"WARC-Target-URI: http://news.example/copy\r\n", b"", "WARC-Target-URI is missing"),
        (b"WARC-Date", b"WARC Date", "WARC-Date is missing"),
        (b"000000000003>", b"000000000002>", "was used before"),
        (b"WARC-Block-Digest: sha1:", b"WARC-Block-Digest: crc:", "of a kind that cannot be recomputed"),
        (b"WARC-Concurrent-To: <urn:uuid:0", b"WARC-Concurrent-To: <urn:uuid:f", "there is no such record"),
    ],
)
def test_faults_of_records(sealed, old, new, what):
    rewrite(warc_of(sealed), old, new)
    assert any(what in finding for finding in findings(warc_of(sealed)))


def test_a_revisit_of_nothing_is_found_in_a_collection_only(sealed):
    rewrite(warc_of(sealed), b"WARC-Refers-To: <urn:uuid:0", b"WARC-Refers-To: <urn:uuid:f")
    assert findings(warc_of(sealed)) == []
    assert any("names <urn:uuid:f" in finding and "no such record" in finding for finding in findings(sealed))


def test_a_revisit_that_says_another_payload_than_it_repeats(sealed):
    path, forged = warc_of(sealed), sha1(b"another")
    whole = path.read_bytes()
    members = [gzip.decompress(whole[record.offset : record.end]) for record in read_records(path)]
    revisits = [b"WARC-Type: revisit" in member for member in members]
    said = re.compile(rb"(?<=WARC-Payload-Digest: )\S+")
    changed = zip(members, revisits, strict=True)
    path.write_bytes(
        b"".join(gzip.compress(said.sub(forged.encode(), one) if is_revisit else one) for one, is_revisit in changed)
    )
    found = [finding for finding in findings(sealed) if f"and says it is {forged}" in finding]
    assert sum(revisits) == len(found) == 2


def test_a_torn_tail_and_a_foreign_file(sealed, tmp_path):
    warc = warc_of(sealed)
    warc.write_bytes(warc.read_bytes()[:-7])
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    (torn,) = findings(warc)
    assert "the gzip member is torn: the file ends within it; the records around it are whole" in torn
    assert any("there is no such record" in finding for finding in findings(sealed))
    assert [
        f"{tmp_path}/x.pdf at 0: not a WARC file: it begins with '%PDF-1.7'; name a WARC or WACZ file, or a collection"
    ] == findings(tmp_path / "x.pdf")
    (gone,) = findings(tmp_path / "gone")
    assert gone.startswith(f"{tmp_path}/gone: cannot be read: No such file or directory; ")


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM captures WHERE url LIKE '%copy'", "the capture of http://news.example/copy is not in"),
        ("UPDATE captures SET length = 9 WHERE url LIKE '%copy'", "the catalog says length is 9, the record says"),
        ("UPDATE captures SET record_id = 'x' WHERE url LIKE '%copy'", "the catalog says record_id is 'x', the record"),
        (
            "UPDATE captures SET warc = 'y.warc.gz' WHERE url LIKE '%copy'",
            "y.warc.gz: the catalog has captures in this file",
        ),
        ("DELETE FROM captures WHERE status = 200 AND kind = 'response'", "--reindex' adds it"),
    ],
)
def test_catalog_against_records(sealed, statement, what):
    with Collection.open(sealed, write=True) as collection, collection.catalog.engine.begin() as connection:
        assert connection.exec_driver_sql(statement).rowcount
    assert any(what in finding for finding in findings(sealed))


def test_captures_that_a_full_disk_kept_from_the_catalog_are_not_lost(sealed):
    """They are in the file that was not sealed: nothing is to be crawled anew."""
    with Collection.open(sealed, write=True) as collection, collection.catalog.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM captures")
    warc = warc_of(sealed)
    warc.rename(warc.with_name(f"{warc.name}.open"))
    for shard in (sealed / "indexes").iterdir():
        shard.unlink()
    found = findings(sealed)
    assert any(
        f"is in {warc.name}.open, and not in the catalog; 'newswarc recover {sealed}' adds" in one for one in found
    )
    assert [one for one in found if "crawl the address anew" in one] == []
    Collection.open(sealed, write=True).close()
    assert findings(sealed) == []


def test_index_against_records(sealed):
    (shard,) = (sealed / "indexes").iterdir()
    lines = shard.read_text().splitlines(keepends=True)
    shard.write_text("".join(lines[1:]) + lines[-1].replace('"offset": "', '"offset": "99'))
    found = findings(sealed)
    assert any("a line is missing, of http://news.example/copy at " in finding for finding in found)
    assert any("line 3 points to 99" in finding and "where no capture begins" in finding for finding in found)
    shard.write_text("".join(reversed(lines)))
    assert any("line 2 is not in bytewise order" in finding for finding in findings(sealed))
    shard.rename(shard.with_name("other.cdxj"))
    whats = [finding.what for finding in verify(sealed)]
    assert whats == ["the shard is missing", "a shard whose WARC file is not there"]


def test_items_against_captures(sealed):
    run = sealed / "items" / "run.jsonl"
    item = json.loads(run.read_text())
    item["capture"]["offset"] += 1
    stray = {"url": "http://x.example/", "capture": {"record_id": "<urn:gone>"}}
    run.write_text(f"{json.dumps(item)}\nnonsense\n{json.dumps(stray)}\n")
    offset = item["capture"]["offset"]
    assert [
        (f"{run}, line 1", f"its capture's offset is {offset - 1}, the item says {offset}"),
        (f"{run}, line 2", "not an item: Expecting value: line 1 column 1 (char 0)"),
        (f"{run}, line 3", "its capture <urn:gone> is not in the collection"),
    ] == [(finding.file, finding.what) for finding in verify(sealed)]


def test_an_article_that_says_what_the_bytes_do_not(sealed, clock):
    with Collection.open(sealed, write=True) as collection:
        copy = collection.latest("http://news.example/copy")
        collection.catalog.put_article(item_of(copy, "Ferry on time"))
    assert findings(sealed) == []
    (finding,) = findings(sealed, extract=extract)
    assert 'title extracted anew is "Ferry late again", the item says "Ferry on time" (by test' in finding


def test_digests_of_the_framed_body_as_other_tools_state_them_are_no_damage(tmp_path):
    framed = b"5\r\nhello\r\n0\r\n\r\n"
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + framed
    warc = tmp_path / "x.warc"
    for digest, count in ((sha1(framed), 0), (sha1(b"hello"), 0), (sha1(b"other"), 1)):
        warc.write_bytes(
            b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x:1>\r\nWARC-Date: 2024-06-11T12:00:00Z\r\n"
            b"WARC-Target-URI: http://x.example/\r\nContent-Type: application/http;msgtype=response\r\n"
            b"WARC-Payload-Digest: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (digest.encode(), len(block), block)
        )
        assert count == len(findings(warc))


def test_a_file_that_is_given_twice_or_with_a_copy_of_it(sealed, tmp_path):
    copy = tmp_path / "copy.warc.gz"
    copy.write_bytes(warc_of(sealed).read_bytes())
    for files in ((warc_of(sealed), warc_of(sealed)), (warc_of(sealed), copy)):
        found = findings(*files)
        assert len(found) == 13
        assert all(re.search(r"record id <\S+> is used in another file too", one) for one in found)
        assert sorted(found) == sorted(findings(*files, jobs=2))


@pytest.mark.parametrize(("kind", "named"), [("resource", "http://x.example/"), ("conversion", "urn:text:x")])
def test_the_payload_of_what_is_no_message_is_its_block(tmp_path, kind, named):
    warc = tmp_path / "x.warc"
    for digest, count in ((sha1(b"text"), 0), (sha1(b"other"), 1)):
        warc.write_bytes(
            b"WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:x:1>\r\nWARC-Date: 2024-06-11T12:00:00Z\r\n"
            b"WARC-Target-URI: %s\r\nContent-Type: text/plain\r\nWARC-Payload-Digest: %s\r\nContent-Length: 4\r\n\r\n"
            b"text\r\n\r\n" % (kind.encode(), named.encode(), digest.encode())
        )
        assert count == len(findings(warc))


def test_what_only_newswarc_promises_is_not_asked_of_others(sealed):
    """The same records, as somebody else's: nobody else must have digests, or name the warcinfo record."""
    path = warc_of(sealed)
    lack = re.compile(rb"WARC-(Block-Digest|Payload-Digest|Warcinfo-ID): [^\r]*\r\n")
    whole = path.read_bytes()
    contents = [lack.sub(b"", gzip.decompress(whole[record.offset : record.end])) for record in read_records(path)]
    path.write_bytes(b"".join(map(gzip.compress, contents)))
    assert len(findings(path)) > 20
    contents[0] = contents[0].replace(b"software: newswarc", b"software: wgetlike")
    path.write_bytes(b"".join(map(gzip.compress, contents)))
    assert findings(path) == []
