"""One WARC file while it is written: one write an exchange, nothing torn left behind, sealed by rename."""

import io
import mmap
import os
import socket
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import BinaryIO

from archives.errors import StorageFailed
from archives.exchange import message
from archives.layout import OPEN, Layout, sync_folder
from archives.warc.bundle import warc_date, warcinfo

Write = Callable[[int, bytes | memoryview], int]

try:
    SOFTWARE = f"newswarc/{version('newswarc')}"
except PackageNotFoundError:  # run from a copy of the sources
    SOFTWARE = "newswarc"
WARC_FORMAT = "WARC File Format 1.1"
WARC_STANDARD = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"

SYNC_EVERY = 1.0
"""Seconds between two fdatasync calls: what a power cut may cost."""


class Segment:
    """A WARC file that is being written, `NAME.open` until it is sealed."""

    def __init__(self, path: Path, *, started: datetime, warcinfo_id: str = "", write: Write = os.write) -> None:
        self.name = path.name
        self.started = started
        self.warcinfo_id = warcinfo_id
        """Of the record that opens it."""
        self.size = 0
        self.synced = 0
        """Bytes that the disk has for certain."""
        self._sealed_path = path
        self._open_path = path.with_name(path.name + OPEN)
        self._write = write
        self._broken = False
        self._synced_at = time.monotonic()
        try:
            self._fd = os.open(
                self._open_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644
            )
            sync_folder(path.parent)
        except OSError as exc:
            raise StorageFailed(f"{self._open_path}: cannot be made: {exc.strerror}; make the folder writable") from exc

    def append(self, content: BinaryIO) -> int:
        """Append the members of an exchange in one write and return the offset of the first.

        If the file system refuses, the file is cut back to the last whole exchange.
        """
        self._require_whole()
        start = self.size
        try:
            with _mapped(content) as view:
                self._write_all(view)
        except OSError as exc:
            self._take_back(start)
            raise StorageFailed(
                f"{self._open_path} at {start}: {exc.strerror}; earlier captures are kept; make room and crawl again"
            ) from exc
        return start

    def _require_whole(self) -> None:
        if self._broken:
            what = "what was written before may not be on the disk; open the collection anew, which repairs it"
            raise StorageFailed(f"{self._open_path}: {what}")

    def _write_all(self, view: memoryview) -> None:
        """One write, as a rule; the kernel takes less only near a full disk or beyond two gigabytes."""
        done = 0
        while done < len(view):
            done += self._write(self._fd, view[done:])
        self.size += len(view)

    def _take_back(self, start: int) -> None:
        try:
            os.ftruncate(self._fd, start)
        except OSError:
            self._broken = True

    def sync_if_due(self) -> bool:
        """Push written bytes to the disk if that was a second ago; True if it was done."""
        if time.monotonic() - self._synced_at < SYNC_EVERY:
            return False
        self.sync()
        return True

    def sync(self) -> None:
        """Push written bytes to the disk; once the disk refuses, nothing more is believed of the file.

        A second try would succeed although the bytes are lost (https://wiki.postgresql.org/wiki/Fsync_Errors).
        """
        self._require_whole()
        size = self.size
        try:
            os.fdatasync(self._fd)
        except OSError as exc:
            self._broken = True
            raise StorageFailed(f"{self._open_path}: {exc.strerror}; the disk did not take the last captures") from exc
        self._synced_at, self.synced = time.monotonic(), size

    def seal(self) -> Path:
        """End the file: from now on nobody writes to it."""
        try:
            self._require_whole()
            os.fsync(self._fd)
        except OSError as exc:
            raise StorageFailed(f"{self._open_path}: {exc.strerror}; not sealed, the next start repairs it") from exc
        finally:
            self.abandon()
        seal(self._open_path, self._sealed_path)
        return self._sealed_path

    def discard(self) -> None:
        """Let go of a file in which nothing is, and remove it."""
        self.abandon()
        self._open_path.unlink(missing_ok=True)

    def abandon(self) -> None:
        """Let go of the file without sealing it."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def begin_segment(layout: Layout, info: Mapping[str, str], *, now: datetime, record_id: str) -> Segment:
    """The next file of a collection, with the warcinfo record that opens it; `info` is what it says of the crawl."""
    name = layout.new_warc_name(now)
    opening = warcinfo({**file_info(layout), **info}, name=name, record_id=record_id, date=warc_date(now))
    segment = Segment(layout.archive / name, started=now, warcinfo_id=record_id)
    try:
        segment.append(message(opening))
    except StorageFailed:
        segment.discard()
        raise
    return segment


def file_info(layout: Layout) -> dict[str, str]:
    """What every file says in its warcinfo record, whoever crawled and however (ISO 28500:2017, 6.2.2)."""
    return {
        "software": SOFTWARE,
        "hostname": socket.gethostname(),
        "isPartOf": layout.name,
        "format": WARC_FORMAT,
        "conformsTo": WARC_STANDARD,
    }


def seal(open_path: Path, sealed_path: Path) -> None:
    """Give a whole file its final name, so that it lasts."""
    try:
        open_path.rename(sealed_path)
        sync_folder(sealed_path.parent)
    except OSError as exc:
        raise StorageFailed(f"{open_path}: cannot be sealed: {exc.strerror}") from exc


class _mapped:  # noqa: N801 - reads as a verb phrase after `with`
    """The content of a temporary file as one stretch of memory, without reading it into memory."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self._map: mmap.mmap | None = None

    def __enter__(self) -> memoryview:
        if isinstance(self._content, io.BytesIO):
            self._view = memoryview(self._content.getvalue())
        else:
            self._content.flush()
            try:
                self._map = mmap.mmap(self._content.fileno(), 0, access=mmap.ACCESS_READ)
                self._view = memoryview(self._map)
            except ValueError:  # nothing was written
                self._view = memoryview(b"")
        return self._view

    def __exit__(self, *exc_info: object) -> None:
        self._view.release()
        if self._map is not None:
            self._map.close()
