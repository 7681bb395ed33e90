"""Files whose last bytes a dead writer left half-written: they are cut where the last whole part ends."""

import os
from pathlib import Path

from archives.errors import StorageFailed

_PIECE = 64 * 1024


def cut_torn_line(path: Path) -> int:
    """Take an unfinished last line off a file whose writer died; returns how many bytes that were."""
    with path.open("rb") as lines:
        size = end = lines.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - _PIECE)
            lines.seek(start)
            line_end = lines.read(end - start).rfind(b"\n")
            if line_end >= 0:
                end = start + line_end + 1
                break
            end = start
    if end < size:
        truncate(path, end)
    return size - end


def truncate(path: Path, size: int) -> None:
    """Take off a file what is behind so many bytes, on the disk, too; StorageFailed, if that cannot be."""
    try:
        with path.open("r+b") as file:
            file.truncate(size)
            os.fsync(file.fileno())
    except OSError as exc:
        raise StorageFailed(f"{path}: cannot be repaired: {exc.strerror}; make the file writable") from exc
