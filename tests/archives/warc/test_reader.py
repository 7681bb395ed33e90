import gzip
import io
from pathlib import Path

import pytest

from archives.errors import MalformedRecord, StorageFailed
from archives.warc.reader import read_record, read_records


def record(name: str, block: bytes = b"block", *, end: bytes = b"\r\n\r\n", line: bytes = b"\r\n") -> bytes:
    lines = [
        b"WARC/1.0",
        b"WARC-Type: resource",
        b"WARC-Record-ID: <urn:x:%s>" % name.encode(),
        b"WARC-Date: 2024-06-11T12:00:00Z",
        b"WARC-Target-URI: <http://x.example/>",
        b"Content-Length: %d" % len(block),
        b"",
        b"",
    ]
    return line.join(lines) + block + end


RECORDS = [record("1"), record("2", b"x" * 300_000), record("3", b"")]
PLAIN = b"".join(RECORDS)
MEMBERS = b"".join(map(gzip.compress, RECORDS))


@pytest.mark.parametrize("content", [PLAIN, MEMBERS], ids=["plain", "gzip by record"])
def test_records_with_their_places(content, tmp_path):
    path = tmp_path / "x.warc"
    path.write_bytes(content)
    read = list(read_records(path))
    assert [entry.record_id for entry in read] == ["<urn:x:1>", "<urn:x:2>", "<urn:x:3>"]
    assert [len(entry.content()) for entry in read] == [5, 300_000, 0]
    assert [0, *(entry.end for entry in read)] == [*(entry.offset for entry in read), len(content)]
    assert read[0].target_uri == "http://x.example/"
    for entry in read:
        assert entry.record_id == read_record(path, entry.offset).record_id


def test_a_file_gzipped_whole_is_read_though_its_records_have_no_place():
    read = list(read_records(io.BytesIO(gzip.compress(PLAIN))))
    assert [(entry.record_id, entry.length) for entry in read] == [("<urn:x:1>", 0), ("<urn:x:2>", 0), ("<urn:x:3>", 0)]


def test_a_pipe_is_read():
    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    assert len(list(read_records(Pipe(MEMBERS)))) == 3


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(record("1", line=b"\n"), "bare line feed", id="bare line feeds"),
        pytest.param(record("1", end=b"\r\n"), "two CRLF", id="one CRLF at the end"),
        pytest.param(record("1").replace(b"WARC-Date:", b"no colon"), "not 'Name: value'", id="no colon"),
    ],
)
def test_small_faults_are_told_and_forgiven(content, fault):
    entries = list(read_records(io.BytesIO(content + record("2"))))
    assert len(entries) == 2
    assert fault in entries[0].faults[0]


@pytest.mark.parametrize("size", [len(MEMBERS) - 1, len(MEMBERS) - 9, len(gzip.compress(RECORDS[0])) + 5, 12])
def test_a_torn_tail_is_never_passed_off_as_a_record(size):
    """Whatever stands whole before it is read; then comes the error with the offset of what is torn."""
    whole = [entry for entry in read_records(io.BytesIO(MEMBERS)) if entry.end <= size]
    with pytest.raises(MalformedRecord, match="torn") as caught:
        list(read_records(io.BytesIO(MEMBERS[:size])))
    faults = []
    assert [entry.record_id for entry in whole] == [
        entry.record_id for entry in read_records(io.BytesIO(MEMBERS[:size]), on_fault=faults.append)
    ]
    assert [caught.value.offset] == [fault.offset for fault in faults] == [whole[-1].end if whole else 0]


def test_a_torn_plain_file():
    with pytest.raises(MalformedRecord, match=r"at \d+: the record is torn: 1 of 5 bytes"):
        list(read_records(io.BytesIO(RECORDS[0] + RECORDS[0][:-5])))


def test_reading_goes_on_behind_damage():
    damaged = bytearray(MEMBERS)
    place = len(gzip.compress(RECORDS[0]))
    damaged[place + 40 : place + 60] = bytes(20)
    faults = []
    read = [entry.record_id for entry in read_records(io.BytesIO(bytes(damaged)), on_fault=faults.append)]
    assert read == ["<urn:x:1>", "<urn:x:3>"]
    assert [place] == [fault.offset for fault in faults]


def test_a_wrong_checksum_is_damage():
    member = bytearray(gzip.compress(RECORDS[0]))
    member[-6] ^= 0xFF
    with pytest.raises(MalformedRecord, match="at 0: the gzip member is damaged"):
        list(read_records(io.BytesIO(bytes(member))))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"%PDF-1.7 something", id="a PDF"),
        pytest.param(gzip.compress(b"<html>"), id="a gzipped page"),
        pytest.param(b"", id="an empty file"),
        pytest.param(b"\x1f\x8bnonsense", id="broken gzip"),
        pytest.param(b"WARC/1.0\r\nContent-Length: -5\r\n\r\n\r\n\r\n", id="a negative length"),
        pytest.param(b"WARC/1.0\r\nContent-Length: 99999999999999999\r\n\r\n", id="an absurd length"),
    ],
)
def test_what_is_no_warc_is_one_clear_line(content, tmp_path: Path):
    path = tmp_path / "x.pdf"
    path.write_bytes(content)
    with pytest.raises(MalformedRecord) as caught:
        list(read_records(path))
    assert str(caught.value).startswith(f"{path}")
    assert "\n" not in str(caught.value)
    assert (str(path), 0) == (caught.value.file, caught.value.offset)

    told: list[MalformedRecord] = []
    assert list(read_records(path, on_fault=told.append)) == []
    assert str(told[0]) == str(caught.value)


def test_a_missing_file_is_one_clear_line(tmp_path):
    with pytest.raises(StorageFailed, match=r"gone\.warc: cannot be read: No such file"):
        list(read_records(tmp_path / "gone.warc"))
