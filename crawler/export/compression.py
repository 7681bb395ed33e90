"""Exports that are compressed while they are written."""

import gzip
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO, Literal, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Compression = Literal["zstd", "gzip"]

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
