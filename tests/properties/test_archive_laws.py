"""Laws of the archive: what is written is what is read, whatever the bytes."""

import gzip
import io
import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from archives.catalog import Catalog
from archives.cdxj import Capture, format_line, parse_line, read_shard, write_shard
from archives.collection import Collection
from archives.digests import sha1
from archives.errors import ArchiveError
from archives.exchange import Exchange, message
from archives.http import dechunk, decode, head_of, parse
from archives.surt import surt
from archives.verify import verify
from archives.warc.bundle import bundle, examine
from archives.warc.groups import groups
from archives.warc.reader import read_records
from archives.writing import Writing

visible = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
hosts = st.from_regex(r"[a-z]{1,8}(\.[a-z]{2,5}){1,2}", fullmatch=True)
urls = st.builds("http://{}/{}".format, hosts, st.text(visible, max_size=30))
instants = st.datetimes(datetime(1996, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants naive bounds
digests = st.binary(max_size=4).map(sha1)
optional_text = st.none() | st.text(max_size=20)

captures = st.builds(
    Capture,
    url=urls,
    surt=urls.map(surt),
    timestamp=instants.map(lambda instant: instant.strftime("%Y%m%d%H%M%S")),
    date=instants.map(lambda instant: instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")),
    warc=st.from_regex(r"[a-z0-9-]{1,12}\.warc\.gz", fullmatch=True),
    offset=st.integers(0, 2**40),
    length=st.integers(1, 2**31),
    record_id=st.uuids().map("<urn:uuid:{}>".format),
    payload_digest=digests,
    status=st.integers(100, 599),
    mime=st.sampled_from(["text/html", "unk", "image/png", "naïve/«type»"]),
    kind=st.sampled_from(["response", "revisit"]),
    framing=st.sampled_from(["identity", "chunked"]),
    truncated=st.none() | st.sampled_from(["length", "time", "disconnect"]),
    refers_to=st.none() | st.uuids().map("<urn:uuid:{}>".format),
    etag=optional_text,
    last_modified=optional_text,
    method=st.sampled_from(["GET", "POST"]),
)

header_lines = st.lists(
    st.sampled_from([b"X: y\r\n", b"A:\xff\n", b" folded\r\n", b"no colon\r\n", b'ETag: "7"\r\n']), max_size=4
)
bodies = st.binary(max_size=200)


@st.composite
def chunked_messages(draw) -> bytes:
    pieces = draw(st.lists(st.binary(min_size=1, max_size=40), max_size=5))
    framed = b"".join(b"%x;e=1\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + framed + b"0\r\nT: z\r\n\r\n"


identity_messages = st.builds(
    lambda lines, body: b"HTTP/1.1 200 OK\r\n" + b"".join(lines) + b"\r\n" + body, header_lines, bodies
)
messages = st.one_of(identity_messages, chunked_messages(), bodies)

exchanges = st.builds(
    Exchange,
    url=urls,
    started=instants,
    request=st.sampled_from([b"", b"GET / HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n\x00body"]),
    response=messages.map(message),
    interim=st.lists(st.just(b"HTTP/1.1 103 Early\r\n\r\n"), max_size=2).map(tuple),
    trailing=st.binary(max_size=20),
    peer=st.none() | st.ip_addresses().map(str),
    truncated=st.none() | st.sampled_from(["length", "time", "disconnect", "unspecified"]),
    protocols=st.sampled_from([(), ("http/1.1",), ("http/1.1", "tls/1.3")]),
)


def parts(exchange: Exchange) -> tuple:
    names = ("url", "started", "request", "interim", "trailing", "peer", "truncated", "protocols")
    return exchange.response_bytes(), *(getattr(exchange, name) for name in names)


@contextmanager
def new_collection() -> Iterator[Collection]:
    numbers = itertools.count()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "laws"
        with Collection.open(root, write=Writing(new_id=lambda: f"<urn:x:{next(numbers)}>")) as collection:
            yield collection


@given(captures)
def test_parse_of_format_is_the_capture(capture):
    line = format_line(capture)
    assert capture == parse_line(line)
    assert line.isascii()
    assert "\n" not in line


@given(st.lists(captures, max_size=8))
@settings(max_examples=30)
def test_a_shard_is_in_bytewise_order_and_complete(some):
    """pywb searches a shard by halves: `LC_ALL=C sort` must find nothing to do."""
    with tempfile.TemporaryDirectory() as folder:
        shard = Path(folder) / "x.cdxj"
        write_shard(shard, some)
        lines = shard.read_bytes().splitlines()
        assert sorted(lines) == lines
        assert sorted(map(format_line, some)) == sorted(map(format_line, read_shard(shard)))


@given(exchanges)
def test_read_of_write_is_the_exchange(exchange):
    numbers = itertools.count()
    packed = bundle(exchange, examine(exchange), new_id=lambda: f"<urn:x:{next(numbers)}>", warcinfo_id="<urn:i>")
    packed.content.seek(0)
    whole = packed.content.read()
    (group,) = groups(read_records(io.BytesIO(whole)))
    assert parts(exchange)[0] == group[0].content()
    assert not any(record.faults for record in group)
    assert len(gzip.decompress(whole)) == sum(
        len(gzip.decompress(whole[record.offset : record.end])) for record in group
    )


@given(st.lists(exchanges, min_size=1, max_size=5))
@settings(max_examples=30, deadline=None)
def test_a_collection_gives_back_what_it_took_and_verifies(taken):
    with new_collection() as collection:
        archived = [(exchange, collection.archive(exchange)) for exchange in taken]
        for exchange, capture in archived:
            again = collection.exchange(capture)
            if capture.kind == "revisit":
                assert payload_digest(exchange) == payload_digest(again), "a revisit resolves to equal payload"
                assert head_of(exchange.response) == head_of(again.response)
            else:
                assert parts(exchange) == parts(again)
        collection.seal()
        assert list(verify(collection.layout.root)) == []


def payload_digest(exchange: Exchange) -> str:
    return examine(exchange).payload_digest


@given(st.binary(max_size=400), st.lists(st.integers(1, 60), max_size=6))
def test_dechunking_undoes_chunking(content, sizes):
    framed, rest = b"", content
    for size in sizes:
        piece, rest = rest[:size], rest[size:]
        framed += b"%X\r\n%s\r\n" % (len(piece), piece) if piece else b""
    framed += b"%x\r\n%s\r\n" % (len(rest), rest) if rest else b""
    assert content == b"".join(dechunk(io.BytesIO(framed + b"0\r\n\r\n")))


@given(st.binary(max_size=400), st.sampled_from(["gzip", "deflate", "br"]))
def test_decoding_whatever_comes_is_bounded_and_quiet(content, coding):
    assert len(decode([content], [coding], limit=100_000)) <= 100_000


def complaint(work: Callable[[], object]) -> str:
    """What the archive says against the work; '' if it can be done."""
    try:
        work()
    except ArchiveError as exc:
        return str(exc)
    return ""


@given(st.binary(max_size=400))
def test_parsing_whatever_comes_ends_in_a_response_or_in_our_error(content):
    for raw in (content, b"HTTP/1.1 200 OK\r\n" + content):
        assert "\n" not in complaint(lambda raw=raw: parse(raw))


@given(st.binary(max_size=400))
def test_reading_whatever_comes_as_warc_ends_in_records_or_in_our_error(content):
    for raw in (content, b"WARC/1.1\r\n" + content, gzip.compress(content), b"\x1f\x8b\x08" + content):
        assert "\n" not in complaint(lambda raw=raw: list(read_records(io.BytesIO(raw))))
        list(read_records(io.BytesIO(raw or b"x"), on_fault=lambda fault: None))


@given(st.text(max_size=60))
def test_a_surt_is_one_ascii_word_and_canonical(url):
    key = surt(url)
    assert key.isascii()
    assert not any(character.isspace() or ord(character) < 0x20 for character in key)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_revisions_count_the_changes(titles):
    """The revision of each capture is one more than the number of changes before it."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog.at(Path(folder) / "catalog.sqlite", write=True)
        revisions = [
            catalog.put_article(
                {"url": "http://x.example/", "title": title, "capture": {"record_id": str(number)}}
            ).revision
            for number, title in enumerate(titles)
        ]
        catalog.close()
    changes = itertools.accumulate(before != after for before, after in itertools.pairwise(titles))
    assert [1, *(1 + change for change in changes)] == revisions
