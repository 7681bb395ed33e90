"""The WARC files of a collection, wherever they are: read on the disk, else in ranges from the store."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from archives.catalog import Catalog
from archives.cdxj import Capture
from archives.layout import Layout, warc_name
from archives.ranges import Fetch, RangeCache, RangedFile
from archives.store import Store
from archives.stored import Stored, alone, stored_file

Source = Path | BinaryIO
"""What `archives.warc.reader` reads records from."""


AT_ONCE = 32 * 2**20
"""Bytes of a range that is held in memory."""


class Warcs:
    """Finds a collection's WARC files."""

    def __init__(self, catalog: Catalog, layout: Layout) -> None:
        self._catalog, self._layout = catalog, layout
        self._cache = RangeCache.of_user()

    def paths(self) -> list[Path]:
        """The folder's files, by name: where they are on the disk, or would be, if they are in the store alone."""
        away = (self._layout.archive / name for name in alone(self._catalog, self._layout))
        return sorted([*self._layout.warcs(), *away])

    def size(self, path: Path) -> int:
        """Bytes of one of `paths`."""
        away = self.away(warc_name(path))
        return away.size if away else path.stat().st_size

    @contextmanager
    def at_hand(self, path: Path, folder: Path) -> Iterator[Path]:
        """One of `paths` on the disk: from the store it comes whole, verified, into `folder` until the block ends.

        StorageFailed, if it cannot be had, or there is no room for it.
        """
        away = self.away(warc_name(path))
        if away is None:
            yield path
            return
        with tempfile.TemporaryDirectory(prefix=".fetched-", dir=folder) as own:
            fetched = Path(own, path.name)
            Store(away.place).fetch(f"archive/{away.name}", fetched, digest=away.digest)
            yield fetched

    def has(self, warc: str) -> bool:
        """Whether a file is the folder's, on the disk or in the store."""
        if self._layout.warc_path(warc).exists():
            return True
        file = stored_file(self._catalog, warc)
        return file is not None and file.mark == self._layout.mark

    def source(self, warc: str) -> Source:
        """A whole file; from the store it comes as it is there now."""
        file = self.away(warc)
        if file is None:
            return self._layout.warc_path(warc)
        return _ranged(file, file.size, partial(Store(file.place).read, f"archive/{warc}"))

    def source_at(self, capture: Capture, *, alone: bool = False) -> Source:
        """The file of a capture, to read its records, or the first `alone`: from a store they come in one range.

        Those that are more than a page may be, or far from the next indexed one, come in several.
        """
        file = self.away(capture.warc)
        if file is None:
            return self._layout.warc_path(capture.warc)
        end = capture.offset + capture.length if alone and capture.length else self._end(capture, file)
        if end - capture.offset > AT_ONCE:
            return _ranged(file, end, partial(self.read, file))
        content = self.read(file, capture.offset, end)
        return _ranged(file, end, lambda start, stop: content[start - capture.offset : stop - capture.offset])

    def read(self, file: Stored, start: int, end: int) -> bytes:
        """A range of a file that is in a store, from the cache, if it is there."""
        return self._cache.read(file.digest, start, end, partial(Store(file.place).read, f"archive/{file.name}"))

    def away(self, warc: str) -> Stored | None:
        """Where a file is that is not on the disk; None if it is there, or in no store."""
        return None if self._layout.warc_path(warc).exists() else stored_file(self._catalog, warc)

    def _end(self, capture: Capture, file: Stored) -> int:
        following = self._catalog.of_warc(capture.warc).next_place(capture.offset)
        return min(following or file.size, file.size)


def opened(source: Source) -> BinaryIO:
    """A source as a file that is to be closed."""
    return source.open("rb") if isinstance(source, Path) else source


def _ranged(file: Stored, end: int, fetch: Fetch) -> BinaryIO:
    name = f"{file.place}/archive/{file.name}"
    return cast("BinaryIO", RangedFile(name, end, fetch))
