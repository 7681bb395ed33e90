"""Files for others: whole or not there, and what is no plain file stays what it is."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from archives.errors import StorageFailed, remedy
from archives.in_place import draft_of, replaced

STDOUT = 1


@contextlib.contextmanager
def written_whole(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """A file to write that takes its name when the block ends; if the block fails, nothing changes.

    A symbolic link stays, and what it leads to is replaced. A device, a pipe or this process's standard output is
    written into as the block goes on. If `durable`, the disk has the file before it takes its name. StorageFailed, if
    the file system refuses; BrokenPipeError, if whoever read the pipe has gone.
    """
    special, target = is_special(path), Path(os.path.realpath(path))
    try:
        with _written_into(path) if special else replaced(target, durable=durable) as out:
            yield out
    except BrokenPipeError:
        raise
    except OSError as exc:
        if exc.filename not in (None, str(path), str(draft_of(target))):
            raise
        unchanged = "" if special else "nothing was changed, "
        what = f"cannot be written: {exc.strerror}; {unchanged}choose another place or {remedy(exc)}"
        raise StorageFailed(f"{path}: {what}") from exc


def is_special(path: Path) -> bool:
    """Whether something stands there that cannot be replaced by a file: a device, a pipe, our own standard output."""
    return path.exists() and (not path.is_file() or _is_stdout(path))


def _written_into(path: Path) -> BinaryIO:
    """Of standard output a second descriptor, which shares its place in the file."""
    return cast("BinaryIO", os.fdopen(os.dup(STDOUT), "wb") if _is_stdout(path) else path.open("wb"))


def _is_stdout(path: Path) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(STDOUT))
    except OSError:  # it is closed
        return False
