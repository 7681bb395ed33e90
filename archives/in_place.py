"""Files that are put in place by rename: readers, and who comes after a power cut, see the old one or the new one."""

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
    """The same with the file system's own errors; what is not `durable` is whole, but a power cut may take it away."""
    draft = draft_of(path)
    try:
        with draft.open("wb") as out:
            yield out
            if durable:
                out.flush()
                os.fsync(out.fileno())
        draft.replace(path)
        if durable:
            sync_folder(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def draft_of(path: Path) -> Path:
    """Where the new file grows; a dead writer may leave it behind."""
    return path.with_name(f".{path.name}.tmp")
