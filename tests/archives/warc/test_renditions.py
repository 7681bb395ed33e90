"""What a browser made of a document: its records, its place in the index, and how it is read back."""

from datetime import timedelta

import pytest

from archives.cdxj import format_line, parse_line, read_shard
from archives.reindex import reindex_all
from archives.verify import verify
from archives.warc.reader import read_records
from archives.warc.renditions import Rendition
from tests.archives.conftest import NOON

DOM = "<html><body><p>Fähre</p></body></html>".encode()
URL = "http://news.example/story"


@pytest.fixture
def rendered(collection, exchange):
    """The captures of a document and of what a browser made of it, with a picture, in the collection."""
    document = collection.archive(exchange(URL))
    rendition = Rendition(document=document, taken=NOON + timedelta(seconds=3), dom=DOM, screenshot=b"\x89PNG...")
    return document, collection.archive_rendition(rendition)


def test_records_say_what_they_are(collection, rendered):
    document, capture = rendered
    collection.seal()
    *_, conversion, picture = read_records(collection.layout.warc_path(capture.warc))
    assert [conversion.get(name) for name in ("WARC-Type", "WARC-Target-URI", "WARC-Refers-To", "Content-Type")] == [
        "conversion", f"urn:newswarc:rendered:{URL}", document.record_id, "text/html; charset=utf-8",
    ]  # fmt: skip
    assert conversion.content() == DOM
    assert conversion.get("WARC-Payload-Digest") == conversion.get("WARC-Block-Digest") == capture.payload_digest
    assert [picture.type, picture.target_uri, picture.get("Content-Type"), picture.content()] == [
        "resource", f"urn:newswarc:screenshot:{URL}", "image/png", b"\x89PNG...",
    ]  # fmt: skip
    assert picture.all("WARC-Concurrent-To") == (conversion.record_id,)


def test_its_payload_is_the_tree(collection, rendered):
    _, capture = rendered
    assert collection.payload(capture) == DOM
    assert collection.exchange(capture).url == URL


def test_it_is_none_of_the_captures_that_came_over_the_wire(collection, rendered):
    document, capture = rendered
    assert collection.latest(URL) == document
    assert list(collection.captures(URL)) == [document, capture]
    assert collection.latest(URL) == document  # now from the database
    assert collection.catalog.rendered() == {document.record_id}


def test_index_line_has_a_key_of_its_own(rendered):
    _, capture = rendered
    line = format_line(capture)
    assert line.startswith("urn:newswarc:rendered:http://news.example/story ")
    assert parse_line(line) == capture


def test_index_is_what_the_records_call_for(collection, rendered):
    _, capture = rendered
    collection.seal()
    assert list(reindex_all(collection.layout, collection.catalog)) == []
    shard = collection.layout.shard_path(capture.warc)
    before = list(read_shard(shard))
    shard.unlink()
    assert [done.captures for done in reindex_all(collection.layout, collection.catalog)] == [2]
    assert list(read_shard(shard)) == before
    collection.close()
    assert list(verify(collection.layout.root)) == []
