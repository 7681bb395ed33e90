"""Files that are put in place by rename: readers, and who comes after a power cut, see the old one or the new one."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from archives.errors import StorageFailed
from archives.layout import sync_folder


@contextmanager
def put_in_place(path: Path, *, advice: str) -> Iterator[BinaryIO]:
    """A file of a collection to write, that the disk has when the block ends; if the block fails, nothing changes.

    StorageFailed with the advice, if the file system refuses.
    """
    try:
        with replaced(path) as out:
            yield out
    except OSError as exc:
        raise StorageFailed(f"{path}: {exc.strerror}; {advice}") from exc


@contextmanager
def replaced(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """The same with the file system's own errors; what is not `durable` is whole, but a power cut may take it away.

    Who writes the same file at the same time comes after.
    """
    draft = draft_of(path)
    with _begun(draft) as out:
        try:
            yield out
            out.flush()
            if durable:
                os.fsync(out.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    if durable:
        sync_folder(path.parent)


def _begun(draft: Path) -> BinaryIO:
    """A draft to write, empty, and locked until it is closed; where the file system has no locks, just that."""
    while True:
        out = open(str(draft), "wb", opener=_without_truncation)  # noqa: SIM115  # Path's has no opener
        with contextlib.suppress(OSError):
            fcntl.flock(out, fcntl.LOCK_EX)
        if is_still(draft, out.fileno()):
            out.truncate()
            return out
        out.close()


def is_still(path: Path, descriptor: int) -> bool:
    """Whether a path leads to what was opened: it may have been renamed or removed meanwhile."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _without_truncation(path: str, flags: int) -> int:
    return os.open(path, flags & ~os.O_TRUNC, 0o666)


def draft_of(path: Path) -> Path:
    """Where the new file grows; a dead writer may leave it behind."""
    return path.with_name(f".{path.name}.tmp")
