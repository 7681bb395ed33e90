import gzip
import io
import zlib

import brotli
import pytest

from archives.errors import MalformedMessage, UndecodablePayload
from archives.http import dechunk, decode, head_of, parse

CRLF = b"\r\n"


@pytest.mark.parametrize(
    ("message", "protocol", "status", "reason", "headers", "body"),
    [
        pytest.param(
            b"HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\n\r\nbody",
            b"HTTP/1.1",
            200,
            b"OK",
            ((b"A", b"1"), (b"a", b"2")),
            b"body",
            id="headers keep case, order and repeats",
        ),
        pytest.param(
            b"HTTP/1.0 404 Not  Here\nX:y\n\nbody\n",
            b"HTTP/1.0",
            404,
            b"Not  Here",
            ((b"X", b"y"),),
            b"body\n",
            id="bare line feeds",
        ),
        pytest.param(b"HTTP/1.1 200\r\n\r\n", b"HTTP/1.1", 200, b"", (), b"", id="no reason"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nA: 1\r\n\t2\r\n 3\r\n\r\n",
            b"HTTP/1.1",
            200,
            b"OK",
            ((b"A", b"1 2 3"),),
            b"",
            id="folded header",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nnonsense\r\nA: 1\r\n\r\n",
            b"HTTP/1.1",
            200,
            b"OK",
            ((b"A", b"1"),),
            b"",
            id="line without colon",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nA: 1\r\nB", b"HTTP/1.1", 200, b"OK", ((b"A", b"1"),), b"", id="cut off in the head"
        ),
        pytest.param(
            b"HTTP/1.1 200 \xfcml\r\nA: \xff\r\n\r\n",
            b"HTTP/1.1",
            200,
            b"\xfcml",
            ((b"A", b"\xff"),),
            b"",
            id="bytes beyond ASCII",
        ),
    ],
)
def test_messages(message, protocol, status, reason, headers, body):
    response = parse(message)
    head = response.head
    assert (protocol, status, reason, headers, body) == (
        head.protocol, head.status, head.reason, head.headers, response.body,
    )  # fmt: skip


@pytest.mark.parametrize("message", [b"", b"ICY 200 OK\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n", b"HTTP/1.1 2", b"<html>"])
def test_what_is_no_response_is_an_error_and_a_miss(message):
    with pytest.raises(MalformedMessage):
        parse(message)
    assert head_of(io.BytesIO(message)) is None


@pytest.mark.parametrize(
    ("framed", "content"),
    [
        pytest.param(b"5\r\nhello\r\n0\r\n\r\n", b"hello", id="one chunk"),
        pytest.param(b"2;x=1\r\nhe\r\n 3 ; y\r\nllo\r\n0\r\nTrailer: z\r\n\r\n", b"hello", id="extensions and trailer"),
        pytest.param(b"5\nhello\n0\n\n", b"hello", id="bare line feeds"),
        pytest.param(b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789", id="hexadecimal size"),
        pytest.param(b"5\r\nhel", b"hel", id="cut off in a chunk"),
        pytest.param(b"5\r\nhello\r\n1", b"hello", id="cut off in a size"),
        pytest.param(b"5\r\nhello", b"hello", id="cut off behind a chunk"),
        pytest.param(b"<html>\r\nnot chunked", b"<html>\r\nnot chunked", id="only said to be chunked"),
        pytest.param(b"5\r\nhello\r\nnot a size\r\n", b"hellonot a size\r\n", id="framing breaks later on"),
        pytest.param(b"", b"", id="nothing"),
    ],
)
def test_chunks(framed, content):
    assert content == b"".join(dechunk(io.BytesIO(framed)))


def test_a_large_chunk_comes_in_pieces():
    """However large a chunk says it is, it is never held whole."""
    stream = io.BytesIO(b"400000\r\n" + bytes(0x400000) + b"\r\n0\r\n\r\n")
    assert max(map(len, dechunk(stream))) <= 64 * 1024


def raw_deflate(content: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(content) + engine.flush()


TEXT = b"the ferry is late " * 50


@pytest.mark.parametrize(
    ("codings", "encoded", "decoded"),
    [
        pytest.param(("gzip",), gzip.compress(TEXT), TEXT, id="gzip"),
        pytest.param(("x-gzip",), gzip.compress(TEXT) + gzip.compress(b"!"), TEXT + b"!", id="gzip of two members"),
        pytest.param(("gzip",), gzip.compress(b""), b"", id="gzip of nothing"),
        pytest.param(("gzip",), gzip.compress(TEXT) + b"junk", TEXT, id="gzip with junk behind"),
        pytest.param(("gzip",), gzip.compress(TEXT)[:-8], TEXT, id="gzip cut off before its checksum"),
        pytest.param(("gzip",), TEXT, TEXT, id="only said to be gzip"),
        pytest.param(("deflate",), zlib.compress(TEXT), TEXT, id="deflate"),
        pytest.param(("deflate",), raw_deflate(TEXT), TEXT, id="bare deflate"),
        pytest.param(("br",), brotli.compress(TEXT), TEXT, id="brotli"),
        pytest.param(("br",), TEXT, TEXT, id="only said to be brotli"),
        pytest.param(("gzip", "br"), brotli.compress(gzip.compress(TEXT)), TEXT, id="two codings"),
        pytest.param((), TEXT, TEXT, id="none"),
    ],
)
def test_content_codings(codings, encoded, decoded):
    assert decoded == decode([encoded], codings)


def test_a_gzip_damaged_in_the_middle_gives_what_stands_before():
    content = b"".join(b"Lamp %d is lit. " % number**3 for number in range(6_000))
    encoded = bytearray(gzip.compress(content, 1))
    damage = len(encoded) // 2
    before = decode([bytes(encoded[:damage])], ["gzip"])
    encoded[damage : damage + 100] = bytes(100)
    decoded = decode([bytes(encoded)], ["gzip"])
    assert len(before) > len(content) // 3
    assert content.startswith(before)
    assert decoded.startswith(before)


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        pytest.param("gzip", gzip.compress(bytes(50_000_000)), id="gzip"),
        pytest.param("deflate", zlib.compress(bytes(50_000_000)), id="deflate"),
        pytest.param("br", brotli.compress(bytes(50_000_000), quality=1), id="brotli"),
    ],
)
def test_a_bomb_is_refused_in_one_line(coding, bomb):
    with pytest.raises(UndecodablePayload, match=r"more than 1,000,000 bytes") as caught:
        decode([bomb], [coding], limit=1_000_000)
    assert "\n" not in str(caught.value)


def test_the_bound_holds_without_a_coding_too():
    with pytest.raises(UndecodablePayload):
        decode([bytes(600), bytes(600)], [], limit=1000)


def test_an_unknown_coding_is_named():
    with pytest.raises(UndecodablePayload, match="'zstd'"):
        parse(b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\nx")


def test_transfer_coding_first_then_content_coding():
    encoded = gzip.compress(TEXT)
    framed = b"%x\r\n%s\r\n0\r\n\r\n" % (len(encoded), encoded)
    message = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Encoding: GZIP\r\n\r\n" + framed
    assert parse(message).body == TEXT
