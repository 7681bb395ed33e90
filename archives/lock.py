"""One writer a folder: a lock of the operating system's, which ends with its holder, however that ends.

Who writes to a catalog that others share may have a lease besides, which ends by itself.
"""

import fcntl
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection

from archives.errors import CollectionLocked, LeaseLost, StorageFailed
from archives.layout import Layout

BEING_WRITTEN = "another process is writing to this collection"
"""What a writer that is refused says."""


def writer_lock(layout: Layout) -> FileLock:
    """The lock, held; CollectionLocked while another process has it.

    The kernel lets go of it with the process (flock), so that the file that a dead writer left keeps nobody out.
    """
    lock = FileLock(layout.lock, timeout=0)
    try:
        lock.acquire()
    except Timeout as exc:
        raise CollectionLocked(f"{layout.root}: {BEING_WRITTEN}; wait for it or choose another") from exc
    except OSError as exc:
        raise StorageFailed(f"{layout.lock}: {exc.strerror}; make the folder writable") from exc
    return lock


def is_being_written(layout: Layout) -> bool:
    """Whether a writer is at work in the folder; for a moment, none can begin."""
    try:
        with layout.lock.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # none ever was, or the file system has no locks
        return False
    return False


class Lease(Protocol):
    """The right to write for a while."""

    @property
    def loss(self) -> LeaseLost | None:
        """Why nothing may be written any more; None while it holds."""

    def require(self) -> None:
        """LeaseLost, if it has run out."""

    def confirm(self, connection: Connection) -> None:
        """LeaseLost, if it has run out; if not, it holds until the connection's transaction ends."""
