import gzip
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from archives.digests import sha1
from archives.exchange import message
from archives.warc.bundle import bundle, clean_uri, examine, warc_date, warcinfo
from archives.warc.reader import read_records

GOLDEN = b"""\
WARC/1.1\r
WARC-Type: response\r
WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r
WARC-Date: 2024-06-11T12:00:00.250000Z\r
WARC-Target-URI: http://news.example/story\r
WARC-Warcinfo-ID: <urn:info>\r
WARC-IP-Address: 192.0.2.7\r
WARC-Protocol: http/1.1\r
WARC-Protocol: tls/1.3\r
WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-000000000002>\r
WARC-Block-Digest: sha1:HQ2IYEGV53DYTWQPNVKDJMG62MOTQCAJ\r
WARC-Payload-Digest: sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N\r
Content-Type: application/http; msgtype=response\r
Content-Length: 72\r
\r
HTTP/1.1 200 OK\r
Transfer-Encoding: chunked\r
\r
5;x=y\r
hello\r
0\r
T: z\r
\r
\r
\r
WARC/1.1\r
WARC-Type: request\r
WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000002>\r
WARC-Date: 2024-06-11T12:00:00.250000Z\r
WARC-Target-URI: http://news.example/story\r
WARC-Warcinfo-ID: <urn:info>\r
WARC-IP-Address: 192.0.2.7\r
WARC-Protocol: http/1.1\r
WARC-Protocol: tls/1.3\r
WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-000000000001>\r
WARC-Block-Digest: sha1:AM7VEUEORL7IJSKRBYRSXV44RCIVBWIS\r
Content-Type: application/http; msgtype=request\r
Content-Length: 43\r
\r
GET /story HTTP/1.1\r
Host: news.example\r
\r
\r
\r
"""


@pytest.fixture
def pack(ids):
    def pack(exchange, **more):
        return bundle(exchange, examine(exchange), new_id=ids, warcinfo_id="<urn:info>", **more)

    return pack


def unpacked(packed) -> bytes:
    packed.content.seek(0)
    return gzip.decompress(packed.content.read())


def records_of(packed):
    packed.content.seek(0)
    return list(read_records(packed.content))


def test_golden_bytes(exchange, pack):
    """The block is the message as received, chunk framing included; the payload digest is of the body without it."""
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: z\r\n\r\n"
    packed = pack(exchange(response=chunked, peer="192.0.2.7", protocols=("http/1.1", "tls/1.3")))
    assert GOLDEN.decode() == unpacked(packed).decode()


def test_one_member_a_record_and_the_first_ones_length(exchange, pack):
    packed = pack(exchange())
    first, second = records_of(packed)
    assert (0, packed.length) == (first.offset, first.length)
    assert second.offset == packed.length


def test_everything_around_the_message_is_kept_beside_it_under_urns(exchange, pack):
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    records = records_of(pack(exchange(interim=(early,), trailing=b"\x00junk")))
    assert [(record.type, record.target_uri) for record in records] == [
        ("response", "http://news.example/story"),
        ("request", "http://news.example/story"),
        ("metadata", "urn:newswarc:interim:http://news.example/story"),
        ("metadata", "urn:newswarc:trailing:http://news.example/story"),
    ]
    assert [early, b"\x00junk"] == [record.content() for record in records[2:]]
    assert {record.record_id for record in records[1:]} == set(records[0].all("WARC-Concurrent-To"))
    assert all(record.get("WARC-Concurrent-To") == records[0].record_id for record in records[1:])


@pytest.mark.parametrize("response", [b"", b"ICY 200 OK\r\n\r\nmusic"])
def test_what_is_no_http_response_becomes_metadata(exchange, pack, response):
    first, request = records_of(pack(exchange(response=response, truncated="disconnect")))
    assert (first.type, first.target_uri) == ("metadata", "urn:newswarc:unanswered:http://news.example/story")
    assert (response, "disconnect") == (first.content(), first.get("WARC-Truncated"))
    assert request.target_uri == "http://news.example/story"


def test_truncation_has_its_reason(exchange, pack):
    assert records_of(pack(exchange(truncated="time")))[0].get("WARC-Truncated") == "time"


def test_a_large_body_is_packed_in_a_file(exchange, pack):
    body = bytes(range(256)) * 30_000
    packed = pack(exchange(body=body))
    assert not isinstance(packed.content, io.BytesIO)
    assert records_of(packed)[0].content().endswith(body)


def test_examine_tells_size_digests_and_framing(exchange):
    content = b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nhello"
    facts = examine(exchange(response=content))
    assert (30, sha1(b"hello"), "identity") == (facts.size, facts.payload_digest, facts.framing)
    assert facts.block_digest == sha1(content)


def test_examine_reads_a_response_once_for_each_digest_and_never_whole(exchange):
    body = bytes(range(256)) * 4_000
    response = Watched(b"HTTP/1.1 200 OK\r\n\r\n" + body)
    examine(replace(exchange(), response=response))
    assert max(response.reads) <= 2**16
    assert len(body) * 2 < sum(response.reads) < len(body) * 2 + 2**16


class Watched(io.BytesIO):
    """Notes how many bytes each reading gave."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.reads: list[int] = []

    def read(self, size=-1, /):
        content = super().read(size)
        self.reads.append(len(content))
        return content


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("http://x.example/a?b=c%20d", "http://x.example/a?b=c%20d"),
        ("http://x.example/é", "http://x.example/%C3%A9"),
        ("http://x.example/a\r\nWARC-Type: evil", "http://x.example/a%0D%0AWARC-Type:%20evil"),
    ],
)
def test_no_url_breaks_out_of_its_header(url, clean):
    assert clean == clean_uri(url)


def test_dates_are_utc_with_microseconds():
    assert (
        warc_date(datetime(2024, 6, 11, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=3))))
        == "2024-06-11T09:00:00.000005Z"
    )


def test_warcinfo_fields_stay_on_their_lines():
    member = warcinfo(
        {"software": "x", "operator": "A\r\nB: c", "none": ""},
        name="n",
        record_id="<urn:i>",
        date=warc_date(datetime.now(UTC)),
    )
    (record,) = read_records(message(member))
    assert (record.type, record.content()) == ("warcinfo", b"software: x\r\noperator: A B: c\r\n")
