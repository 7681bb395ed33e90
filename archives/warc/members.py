"""Gzip, member by member: the container of `.warc.gz` files, where every record is a member of its own."""

import zlib
from types import ModuleType
from typing import BinaryIO, Protocol

engine: ModuleType
try:
    from isal import isal_zlib as engine

    LEVEL = 2  # ISA-L: six times zlib's speed at about the ratio of zlib's level 6
except ImportError:  # a machine that ISA-L was not built for
    engine = zlib
    LEVEL = 6

_GZIP = 31  # window bits of zlib's interface for the gzip format
_PIECE = 16 * 1024

MAGIC = b"\x1f\x8b"
BOMB_SIZE = 256 * 1024 * 1024
BOMB_RATIO = 200
"""A member beyond this size that is so many times its size in the file is a bomb: pages shrink to a tenth at best."""


class GzipBomb(Exception):
    """A member that decompresses to far more than any capture would."""


GZIP_FAULTS: tuple[type[Exception], ...] = (zlib.error, engine.error, GzipBomb)


class Sink(Protocol):
    """Where bytes go."""

    def write(self, content: bytes, /) -> object:
        """Take bytes."""


class MemberWriter:
    """Compresses what is written into one gzip member; `close` ends it."""

    def __init__(self, out: Sink) -> None:
        self._out = out
        self._engine = engine.compressobj(LEVEL, engine.DEFLATED, _GZIP)

    def write(self, content: bytes) -> int:
        """Compress bytes."""
        self._out.write(self._engine.compress(content))
        return len(content)

    def flush(self) -> None:
        """Nothing: a member is flushed once, when it ends."""

    def close(self) -> None:
        """End the member."""
        self._out.write(self._engine.flush())


class ByteSource:
    """Bytes of a file, as they are."""

    offset: int
    """Where in the file the next byte comes from."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self._file = file
        self.offset = offset
        self._ahead = b""
        file.seek(offset)

    def resume(self) -> None:
        """Go on reading where this source was, wherever others have moved the file."""
        self._file.seek(self.offset + len(self._ahead))

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; b'' only at the end."""
        content = self._take(size) if self._ahead else self._file.read(size)
        self.offset += len(content)
        return content

    def readline(self, limit: int) -> bytes:
        """A line with its end, or `limit` bytes of it."""
        while b"\n" not in self._ahead and len(self._ahead) < limit:
            if not (more := self._file.read(_PIECE)):
                break
            self._ahead += more
        end = self._ahead.find(b"\n", 0, limit) + 1
        line = self._take(end or limit)
        self.offset += len(line)
        return line

    def peek(self, size: int) -> bytes:
        """The next bytes, left where they are."""
        while len(self._ahead) < size and (more := self._file.read(_PIECE)):
            self._ahead += more
        return self._ahead[:size]

    def _take(self, size: int) -> bytes:
        content, self._ahead = self._ahead[:size], self._ahead[size:]
        return content


class MemberSource:
    """Content of the gzip member at an offset, decompressed as it is asked for; its checksum is checked at its end."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self._file = file
        self._engine = engine.decompressobj(_GZIP)
        self._content = b""
        self._at = 0
        self._input = 0
        self._output = 0
        self.start = offset
        file.seek(offset)

    @property
    def finished(self) -> bool:
        """Whether the member's content has been read whole."""
        return bool(self._engine.eof) and self._at == len(self._content)

    @property
    def end(self) -> int:
        """Offset behind the member; meaningful once it is finished."""
        return self.start + self._input - len(self._engine.unused_data)

    @property
    def torn(self) -> bool:
        """Whether the file ended before the member did."""
        return not self._engine.eof

    def _more(self) -> bool:
        """Decompress a further piece behind what is unread; False at the end of member or file."""
        if self._engine.eof:
            return False
        waiting = self._engine.unconsumed_tail
        piece = b"" if waiting else self._file.read(_PIECE)
        if not piece and not waiting:
            return False
        self._input += len(piece)
        content = self._engine.decompress(waiting or piece, 4 * _PIECE)
        self._output += len(content)
        if self._output > BOMB_SIZE and self._output > BOMB_RATIO * self._input:
            raise GzipBomb(f"a gzip bomb: more than {BOMB_SIZE >> 20} MB from {self._input:,} bytes")
        self._content = self._content[self._at :] + content
        self._at = 0
        return True

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; b'' only at the end of the member or of the file."""
        while self._at == len(self._content):
            if not self._more():
                return b""
        content = self._content[self._at : self._at + size]
        self._at += len(content)
        return content

    def readline(self, limit: int) -> bytes:
        """A line with its end, or `limit` bytes of it."""
        searched = 0
        while not (end := self._content.find(b"\n", self._at + searched, self._at + limit) + 1):
            searched = len(self._content) - self._at
            if searched >= limit or not self._more():
                end = self._at + limit
                break
        line = self._content[self._at : end]
        self._at += len(line)
        return line

    def peek(self, size: int) -> bytes:
        """The next bytes, left where they are."""
        while len(self._content) - self._at < size and self._more():
            pass
        return self._content[self._at : self._at + size]
