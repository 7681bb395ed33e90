import errno
import io
import os
from datetime import UTC, datetime

import pytest

from archives.errors import StorageFailed
from archives.exchange import message
from archives.spool import spool
from archives.warc.segment import Segment

NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)


def full_after(room: int):
    """A file system with that many bytes left: it takes what fits, then refuses."""
    left = [room]

    def write(fd: int, content) -> int:
        if not left[0] and len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = os.write(fd, content[: left[0]])
        left[0] -= taken
        return taken

    return write


def test_one_write_an_exchange(tmp_path):
    calls = []

    def write(fd, content):
        calls.append(len(content))
        return os.write(fd, content)

    segment = Segment(tmp_path / "x.warc.gz", started=NOON, write=write)
    large = spool(10)
    large.write(b"y" * 1000)
    assert [segment.append(message(b"first")), segment.append(large)] == [0, 5]
    assert calls == [5, 1000]
    sealed = segment.seal()
    assert sealed.read_bytes() == b"first" + b"y" * 1000
    assert [sealed] == list(tmp_path.iterdir())


def test_a_full_disk_keeps_what_was_there(tmp_path):
    segment = Segment(tmp_path / "x.warc.gz", started=NOON, write=full_after(8))
    segment.append(message(b"first"))
    with pytest.raises(
        StorageFailed, match=r"x\.warc\.gz\.open at 5: No space left on device; earlier captures are kept"
    ):
        segment.append(message(b"second"))
    assert (tmp_path / "x.warc.gz.open").read_bytes() == b"first"
    assert segment.seal().read_bytes() == b"first"


def test_if_a_torn_write_cannot_be_taken_back_nothing_is_written_behind_it(tmp_path, monkeypatch):
    segment = Segment(tmp_path / "x.warc.gz", started=NOON, write=full_after(8))
    segment.append(message(b"first"))

    def refuse(fd, size):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "ftruncate", refuse)
    for _ in range(2):
        with pytest.raises(StorageFailed):
            segment.append(message(b"second"))
    assert (tmp_path / "x.warc.gz.open").read_bytes() == b"firstsec"
    segment.abandon()


def test_nothing_is_nothing(tmp_path):
    segment = Segment(tmp_path / "x.warc.gz", started=NOON)
    assert segment.append(io.BytesIO()) == 0
    assert segment.append(spool()) == 0
    segment.abandon()


def test_an_existing_file_is_never_written_to(tmp_path):
    (tmp_path / "x.warc.gz.open").write_bytes(b"a dead writer's")
    with pytest.raises(StorageFailed, match="cannot be made: File exists"):
        Segment(tmp_path / "x.warc.gz", started=NOON)
