"""Exports that are compressed while they are written, and read again."""

import gzip
import shutil
import sys
import tempfile
import zlib
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, Literal, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Compression = Literal["zstd", "gzip"]

BROKEN = (EOFError, zlib.error, zstd.ZstdError, gzip.BadGzipFile)
"""What is raised by compressed files that are damaged or break off."""
_BEGINNINGS: dict[bytes, Compression] = {b"\x28\xb5\x2f\xfd": "zstd", b"\x1f\x8b": "gzip"}
_ENDINGS: dict[str, Compression] = {".zst": "zstd", ".gz": "gzip"}


def compression_of(name: str) -> Compression | None:
    """What the end of a file's name promises."""
    return next((how for ending, how in _ENDINGS.items() if name.lower().endswith(ending)), None)


def compressed(out: BinaryIO, how: Compression | None) -> AbstractContextManager[BinaryIO]:
    """What is written in the block comes out compressed, as one frame or member that is whole when the block ends."""
    if how == "zstd":
        return cast("AbstractContextManager[BinaryIO]", zstd.ZstdFile(out, "wb"))
    if how == "gzip":
        return cast("AbstractContextManager[BinaryIO]", gzip.GzipFile("", "wb", 6, out, mtime=0))
    return nullcontext(out)


def uncompressed(path: Path) -> BinaryIO:
    """A file to read from any place of it: what is compressed, by its first bytes, is unpacked into a temporary file.

    One of `BROKEN`, if it cannot be unpacked.
    """
    file = path.open("rb")
    beginning = file.read(4)
    file.seek(0)
    how = next((how for magic, how in _BEGINNINGS.items() if beginning.startswith(magic)), None)
    if how is None:
        return file
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 — for the caller to close
    try:
        with file, _unpacking(file, how) as content:
            shutil.copyfileobj(content, unpacked)
        unpacked.seek(0)
    except BaseException:
        unpacked.close()
        raise
    return cast("BinaryIO", unpacked)


def _unpacking(file: BinaryIO, how: Compression) -> BinaryIO:
    return cast("BinaryIO", zstd.ZstdFile(file) if how == "zstd" else gzip.GzipFile(fileobj=file))
