import errno
import os
import time
from dataclasses import replace

import pytest

from archives.cdxj import Capture, format_line, parse_line, read_shard, write_shard
from archives.digests import Digest
from archives.errors import MalformedIndex, StorageFailed
from archives.surt import Surt

CAPTURE = Capture(
    url="http://news.example/story?id=7",
    surt=Surt("example,news)/story?id=7"),
    timestamp="20240611120000",
    date="2024-06-11T12:00:00.250000Z",
    warc="evening-post-20240611120000-00001-host.warc.gz",
    offset=398,
    length=430,
    record_id="<urn:uuid:00000000-0000-4000-8000-000000000002>",
    payload_digest=Digest("sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"),
    status=200,
    mime="text/html",
    kind="response",
)


def test_a_line_is_key_timestamp_and_the_fields_that_pywb_reads():
    assert format_line(CAPTURE) == (
        'example,news)/story?id=7 20240611120000 {"url": "http://news.example/story?id=7", "mime": "text/html", '
        '"status": "200", "digest": "VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N", "length": "430", "offset": "398", '
        '"filename": "evening-post-20240611120000-00001-host.warc.gz", "date": "2024-06-11T12:00:00.250000Z", '
        '"record_id": "<urn:uuid:00000000-0000-4000-8000-000000000002>"}'
    )


def test_a_revisit_says_so_where_pywb_looks():
    line = format_line(replace(CAPTURE, kind="revisit", refers_to="<urn:uuid:1>", framing="chunked"))
    assert '"mime": "warc/revisit"' in line
    assert '"status"' not in line


def test_another_indexers_line_is_read():
    line = 'com,example)/ 20200101000000 {"url": "http://example.com/", "digest": "A", "filename": "x", "offset": "9"}'
    capture = parse_line(line)
    assert (
        capture.date, capture.payload_digest, capture.offset, capture.kind, capture.status,
    ) == ("2020-01-01T00:00:00Z", "sha1:A", 9, "response", 0)  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "",
        "com,example)/ 2020 {}",
        "com,example)/ 20200101000000 {",
        "com,example)/ 20200101000000 []",
        'com,example)/ 20200101000000 {"url": "http://example.com/"}',
        'com,example)/ 20200101000000 {"url": "http://example.com/", "filename": "x", "offset": "many"}',
    ],
)
def test_what_is_no_line_is_an_error_of_one_line(line):
    with pytest.raises(MalformedIndex, match="not a CDXJ line") as caught:
        parse_line(line)
    assert "\n" not in str(caught.value)


def test_a_shard_is_bytewise_sorted_and_leaves_out_what_is_not_indexed(tmp_path):
    shard = tmp_path / "x.cdxj"
    keys = ["b)/", "a)/~", "a)/b", "a)/B"]
    captures = [replace(CAPTURE, surt=Surt(key)) for key in keys]
    write_shard(shard, [*captures, replace(CAPTURE, method="HEAD"), replace(CAPTURE, kind="unanswered", status=0)])
    lines = shard.read_bytes().splitlines()
    assert lines == sorted(lines)
    assert [capture.surt for capture in read_shard(shard)] == ["a)/B", "a)/b", "a)/~", "b)/"]
    assert [path.name for path in tmp_path.iterdir()] == ["x.cdxj"]


def test_a_folder_has_another_second_with_each_shard(tmp_path):
    """However soon they follow: pywb looks at no more than that."""
    os.utime(tmp_path, (0, 0))
    seconds = []
    for number in range(5):
        write_shard(tmp_path / f"{number}.cdxj", [CAPTURE])
        seconds.append(int(tmp_path.stat().st_mtime))
    assert seconds == sorted(set(seconds))
    assert seconds[0] <= time.time()


def test_a_folder_whose_time_cannot_be_set_gets_its_shard(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EROFS, "refused")

    os.utime(tmp_path, (2**32, 2**32))
    monkeypatch.setattr("os.utime", refuse)
    write_shard(tmp_path / "x.cdxj", [CAPTURE])
    assert len(list(read_shard(tmp_path / "x.cdxj"))) == 1


def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path):
    with pytest.raises(StorageFailed, match=r"x\.cdxj: No such file or directory; make room"):
        write_shard(tmp_path / "gone" / "x.cdxj", [CAPTURE])


def test_an_unsorted_shard_is_refused_with_its_line(tmp_path):
    shard = tmp_path / "x.cdxj"
    shard.write_text("".join(f"{format_line(replace(CAPTURE, surt=Surt(key)))}\n" for key in ("b)/", "a)/")))
    with pytest.raises(MalformedIndex, match=r"x\.cdxj, line 2: not in bytewise order"):
        list(read_shard(shard))
