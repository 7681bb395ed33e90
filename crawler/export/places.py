"""Where an export goes: a file or folder of this machine, or an address that fsspec knows. Whole or not at all."""

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from archives.errors import StorageFailed, in_words, remedy
from archives.output import written_whole
from archives.store import is_address, require_address, require_fsspec
from crawler.export.folders import Folder, LocalFolder, StoreFolder

_PART = 16 * 2**20
"""Bytes of a file that go to a store at a time, of which one may have 10,000
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html)."""


@contextlib.contextmanager
def written(place: str) -> Iterator[BinaryIO]:
    """A file to write that is there when the block ends; if the block fails, nothing changes.

    StorageFailed, if it cannot be written there.
    """
    with _uploaded(place) if is_address(place) else written_whole(Path(place)) as out:
        yield out


@contextlib.contextmanager
def folder(place: str, *, durable: bool = True) -> Iterator[Folder]:
    """A folder to which files are added, made if need be; if the block fails, nothing changes.

    StorageFailed, if it cannot be written there; see `Folder` for what there is of it then. What is not `durable` a
    power cut may take away.
    """
    made = StoreFolder(place) if is_address(place) else LocalFolder(Path(os.path.realpath(place)), durable=durable)
    try:
        with made:
            yield made
    except OSError as exc:
        if exc.filename is not None and not made.holds(str(exc.filename)):
            raise
        what = f"cannot be written: {exc.strerror}; {made.otherwise} or {remedy(exc)}"
        raise StorageFailed(f"{made.root}: {what}") from exc


@contextlib.contextmanager
def _uploaded(place: str) -> Iterator[BinaryIO]:
    """A file at an address, which fsspec sends part by part, and which shows itself when the block ends."""
    require_address(place)
    require_fsspec()
    import fsspec

    with _faults(place):
        filesystem, path = fsspec.core.url_to_fs(place)
        file = _Upload(place, filesystem.open(path, "wb", block_size=_PART, autocommit=False))
    try:
        yield cast("BinaryIO", file)
        file.commit()
    except BaseException:
        file.discard()
        raise


@contextlib.contextmanager
def _faults(place: str) -> Iterator[None]:
    """Each store has errors of its own, which are told in the archive's words."""
    try:
        yield
    except Exception as exc:
        what = f"cannot be written: {in_words(exc)}; nothing was changed, see address, keys and AWS_ENDPOINT_URL"
        raise StorageFailed(f"{place}: {what}") from exc


class _Upload(io.RawIOBase):
    """A file on its way."""

    def __init__(self, place: str, file: Any) -> None:  # noqa: ANN401  # fsspec has no types
        super().__init__()
        self._place = place
        self._file = file

    def write(self, content: Any, /) -> int:  # noqa: ANN401  # anything with bytes in it, as RawIOBase has it
        with _faults(self._place):
            return int(self._file.write(content))

    def tell(self) -> int:
        return int(self._file.tell())

    def writable(self) -> bool:
        return True

    def commit(self) -> None:
        """Send the rest, and show everything."""
        with _faults(self._place):
            self._file.close()
            self._file.commit()

    def discard(self) -> None:
        """Leave nothing in the store; what cannot be taken back now the store's own rules clear away."""
        with contextlib.suppress(Exception):
            self._file.discard()
        self._file.closed = True  # it would send the rest
