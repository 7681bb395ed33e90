"""Temporary room for bytes that may be few or many: in memory up to a bound, in an unnamed file beyond it."""

import tempfile
from typing import BinaryIO, cast

IN_MEMORY = 4 * 1024 * 1024
"""Beyond this many bytes a temporary file is used."""


class _Spool(tempfile.SpooledTemporaryFile[bytes]):
    """Closes its file when it is forgotten."""

    def __del__(self) -> None:
        self.close()


def spool(limit: int = IN_MEMORY) -> BinaryIO:
    """An empty file to write and read back, gone when it is forgotten."""
    return cast("BinaryIO", _Spool(max_size=limit))
