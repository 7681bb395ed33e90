"""Remote files, fetched whole before they are read: what breaks off is gone on with."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from archives.errors import ArchiveError, StorageFailed, in_words
from crawler.jobs.bulk.inputs import Input

TRIES = 5
_FIRST_WAIT = 1.0
"""Seconds before the second try; twice as many before each further one."""
_PIECE = 8 * 2**20
_WITHOUT_KEYS = ("NoCredentialsError", "PartialCredentialsError")
"""Of botocore, which is an extra."""
_GONE = (404, 410)
"""Statuses of what is not there, and no longer there (RFC 9110, 15.5.5 and 15.5.11)."""


class Unreachable(ArchiveError):
    """A file that cannot be had at present; another day it may be."""


@contextmanager
def at_hand(source: Input, folder: Path) -> Iterator[Path]:
    """The file itself, or a copy in a folder of its own in `folder`, which is there, for the length of the block.

    Unreachable, if it is not there or cannot be had; StorageFailed, if there is no room for it.
    """
    if not source.is_remote:
        path = Path(source.address)
        if not path.is_file():
            raise Unreachable(f"{source.address}: no such file; put it there, or take it off the list")
        yield path
        return
    own = folder / source.stem
    own.mkdir(exist_ok=True)
    copy = own / source.name
    try:
        with copy.open("wb") as out:
            _fetch(source.address, out)
        yield copy
    finally:
        copy.unlink(missing_ok=True)
        own.rmdir()


def _fetch(address: str, out: BinaryIO) -> None:
    for attempt in range(TRIES):
        if attempt:
            time.sleep(_FIRST_WAIT * 2 ** (attempt - 1))
        try:
            with _opened(address) as remote:
                _copy_rest(remote, out)
        except FileNotFoundError as exc:
            if _is_gone(address, exc):
                raise Unreachable(f"{address}: not there; take it off the list") from exc
            problem = str(exc.__cause__)
        except _FullDisk as full:
            raise StorageFailed(f"{out.name}: {full}; make room, or set another folder for the results") from full
        except (ImportError, ValueError) as exc:  # of the address, or of what opens such addresses
            raise Unreachable(f"{address}: {in_words(exc)}; mend the list, or install what it needs") from exc
        except Exception as exc:  # each store has errors of its own; all but one may be over at the next try
            if type(exc).__name__ in _WITHOUT_KEYS:
                raise Unreachable(
                    f"{address}: no keys; set AWS_ACCESS_KEY_ID and the like, as for any AWS tool"
                ) from exc
            problem = in_words(exc)
        else:
            return
    raise Unreachable(f"{address}: tried {TRIES} times, {' '.join(problem.split())}; run the command again later")


def _is_gone(address: str, fault: FileNotFoundError) -> bool:
    """Whether a file is not there. Over HTTP, fsspec says so whatever the server says, and if it says nothing."""
    cause = fault.__cause__
    return cause is None or not address.startswith("http") or getattr(cause, "status", None) in _GONE


class _FullDisk(Exception):
    """Not the store's fault."""


def _opened(address: str) -> Any:  # noqa: ANN401  # fsspec has no types
    import fsspec

    filesystem, path = fsspec.core.url_to_fs(address)
    return filesystem.open(path, "rb", block_size=_PIECE)


def _copy_rest(remote: Any, out: BinaryIO) -> None:  # noqa: ANN401  # likewise
    """Copy what is missing; from the beginning, if the store gives no parts."""
    start = out.tell() if remote.seekable() else 0
    out.seek(start)
    out.truncate()
    if start:
        remote.seek(start)
    while piece := remote.read(_PIECE):
        try:
            out.write(piece)
        except OSError as exc:
            raise _FullDisk(exc.strerror) from exc
    out.flush()
    size = getattr(remote, "size", None)
    if size is not None and out.tell() != size:
        raise EOFError(f"{out.tell()} of {size} bytes came")
