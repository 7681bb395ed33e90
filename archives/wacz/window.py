"""Stretches of a file as files of their own, each at a position of its own, over one descriptor."""

import io
import os
from typing import Any, BinaryIO, cast

_BUFFER = 16 * 1024


def window(descriptor: int, offset: int, size: int, *, name: str = "") -> BinaryIO:
    """A stretch of the file that is open as `descriptor`, seekable; good for as long as that is open."""
    return cast("BinaryIO", io.BufferedReader(Window(descriptor, offset, size, name), _BUFFER))


class Window(io.RawIOBase):
    """A stretch of a file as a file of its own, at a position of its own."""

    def __init__(self, descriptor: int, offset: int, size: int, name: str) -> None:
        super().__init__()
        self.name = name
        self._descriptor = descriptor
        self._offset = offset
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the stretch."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a writable buffer, whose type has no name before Python 3.12
        """Read as much as fits and is there."""
        room = min(len(buffer), max(0, self._size - self._at))
        content = os.pread(self._descriptor, room, self._offset + self._at)
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)
