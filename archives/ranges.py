"""Files that are read in ranges over a network, and a folder in which what was asked for once is kept for a while."""

import contextlib
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from archives.errors import StorageFailed
from archives.in_place import replaced

Fetch = Callable[[int, int], bytes]
"""The bytes from one offset to another."""

FIRST, MOST = 256 * 2**10, 8 * 2**20
"""Bytes that are asked for at first, and at most: twice as many each time."""
LIMIT = 2**30
"""Bytes that the cache takes, if nobody says otherwise."""


class RangedFile(io.RawIOBase):
    """A file of which pieces are fetched as they are read; each next piece is larger than the one before."""

    def __init__(self, name: str, size: int, fetch: Fetch) -> None:
        super().__init__()
        self.name = name
        self._size = size
        self._fetch = fetch
        self._at = 0
        self._start, self._piece = 0, b""
        self._ahead = FIRST

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte comes from."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere; nothing is fetched yet."""
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, fewer only at the end."""
        end = self._size if size < 0 else min(self._at + size, self._size)
        content = b""
        while self._at < end:
            if not self._start <= self._at < self._start + len(self._piece):
                self._fetch_from(self._at, end)
            here = self._at - self._start
            content += self._piece[here : here + end - self._at]
            self._at = min(end, self._start + len(self._piece))
        return content

    def _fetch_from(self, start: int, end: int) -> None:
        self._start, self._piece = start, self._fetch(start, min(self._size, max(end, start + self._ahead)))
        self._ahead = min(2 * self._ahead, MOST)


class RangeCache:
    """A folder of ranges, by the digest of the file that they are from; those that were not asked for longest go first.

    What it cannot keep, because of its limit (bytes) or the disk, it does not keep.
    """

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit
        self._unseen = limit
        """Bytes that came since the folder was looked through; it was not yet."""

    @classmethod
    def of_user(cls) -> "RangeCache":
        """The one in NEWSWARC_CACHE, else in the user's cache folder (XDG), of at most NEWSWARC_CACHE_SIZE bytes.

        StorageFailed, if that is no number.
        """
        named, size = os.environ.get("NEWSWARC_CACHE"), os.environ.get("NEWSWARC_CACHE_SIZE") or str(LIMIT)
        if not size.isdecimal():
            raise StorageFailed(f"NEWSWARC_CACHE_SIZE: {size!r} is no number of bytes; write e.g. 500000000")
        folder = Path(named or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "newswarc")).expanduser()
        return cls(folder, int(size))

    def read(self, digest: str, start: int, end: int, fetch: Fetch) -> bytes:
        """The bytes of a range, fetched if they are not here."""
        path = self._folder / digest / f"{start}-{end}"
        with contextlib.suppress(OSError):
            content = path.read_bytes()
            if len(content) == end - start:
                os.utime(path)
                return content
        content = fetch(start, end)
        if len(content) <= self._limit:
            with contextlib.suppress(OSError):
                self._keep(path, content)
        return content

    def forget(self, digest: str) -> None:
        """Remove what is of a file."""
        shutil.rmtree(self._folder / digest, ignore_errors=True)

    def _keep(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._unseen += len(content)
        if self._unseen > self._limit // 10:
            self._make_room(len(content))
        with replaced(path, durable=False) as out:
            out.write(content)

    def _make_room(self, size: int) -> None:
        """Remove ranges until a tenth is free, and the one that comes has room."""
        found = sorted(((file.stat(), file) for file in self._folder.glob("*/*")), key=lambda one: one[0].st_mtime)
        surplus = sum(stat.st_size for stat, _ in found) + size - self._limit * 9 // 10
        for stat, file in found:
            if surplus <= 0:
                break
            file.unlink(missing_ok=True)
            surplus -= stat.st_size
        self._unseen = size
