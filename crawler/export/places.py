"""Where an export goes: a file or folder of this machine, or an address that fsspec knows. Whole or not at all."""

import contextlib
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from archives.errors import StorageFailed, remedy
from archives.in_place import draft_of
from archives.layout import sync_folder
from archives.output import written_whole
from archives.store import is_address, require_fsspec

_DRAFT = ".export.tmp"
_FILE_PART, _FOLDER_PART = 16 * 2**20, 5 * 2**20
"""Bytes that go to a store at a time: of one file, which may have 10,000 parts, and of many, each with its own buffer
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html)."""


class Folder(Protocol):
    """A folder to which files are added; they are all there when its block ends, or none of them."""

    def names(self, inner: str) -> list[str]:
        """Names of the files that an inner folder had before."""

    def create(self, name: str) -> BinaryIO:
        """A file to write, by its path in the folder; what had that name is replaced in the end."""

    def __contains__(self, name: object, /) -> bool:
        """Whether a file of that name was created in this block."""


@contextlib.contextmanager
def written(place: str) -> Iterator[BinaryIO]:
    """A file to write that is there when the block ends; if the block fails, nothing changes.

    StorageFailed, if it cannot be written there.
    """
    if not is_address(place):
        with written_whole(Path(place)) as out:
            yield out
        return
    with _uncommitted(place, _FILE_PART) as store:
        yield store.create("")


@contextlib.contextmanager
def folder(place: str, *, durable: bool = True) -> Iterator[Folder]:
    """A folder to which files are added, made if need be; if the block fails, nothing changes.

    StorageFailed, if it cannot be written there. What is not `durable` a power cut may take away.
    """
    if is_address(place):
        with _uncommitted(place, _FOLDER_PART) as store:
            yield store
        return
    local = _LocalFolder(Path(os.path.realpath(place)), durable=durable)
    try:
        with local:
            yield local
    except OSError as exc:
        if exc.filename is not None and not str(exc.filename).startswith((str(local.draft), str(local.path))):
            raise
        what = f"cannot be written: {exc.strerror}; choose another place or {remedy(exc)}"
        raise StorageFailed(f"{place}: {what}") from exc


class _LocalFolder:
    """Files grow in a folder beside the one that is to be, or within the one that is there."""

    def __init__(self, path: Path, *, durable: bool) -> None:
        self.path = path
        self._new = not path.is_dir()
        self.draft = draft_of(path) if self._new else path / _DRAFT
        self._durable = durable

    def __enter__(self) -> "_LocalFolder":
        shutil.rmtree(self.draft, ignore_errors=True)
        self.draft.mkdir(parents=True)
        return self

    def __exit__(self, kind: object, exc: object, trace: object) -> None:
        try:
            if kind is None:
                self._put_in_place()
        finally:
            shutil.rmtree(self.draft, ignore_errors=True)

    def names(self, inner: str) -> list[str]:
        """See `Folder`."""
        there = self.path / inner
        return [path.name for path in there.iterdir()] if there.is_dir() else []

    def create(self, name: str) -> BinaryIO:
        """See `Folder`."""
        path = self.draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")

    def __contains__(self, name: object, /) -> bool:
        return (self.draft / str(name)).exists()

    def _put_in_place(self) -> None:
        files = [path for path in self.draft.rglob("*") if path.is_file()]
        if self._durable:
            for path in files:
                _sync(path)
        if self._new:
            self.draft.rename(self.path)
        else:
            for path in files:
                target = self.path / path.relative_to(self.draft)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
        if self._durable:
            for inner in {self.path.parent, self.path, *(path for path in self.path.rglob("*") if path.is_dir())}:
                sync_folder(inner)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextlib.contextmanager
def _uncommitted(place: str, part: int) -> Iterator["_Store"]:
    """What is created in the block shows itself when it ends, and not at all if it fails."""
    store = _Store(place, part)
    try:
        yield store
        store.commit()
    except BaseException:
        store.discard()
        raise


class _Store:
    """Files at an address, which fsspec uploads part by part and leaves uncommitted."""

    def __init__(self, place: str, part: int) -> None:
        require_fsspec()
        import fsspec

        self._place = place.rstrip("/")
        self._part = part
        self._files: list[_Upload] = []
        with self._faults():
            self._filesystem, self._path = fsspec.core.url_to_fs(self._place)

    def names(self, inner: str) -> list[str]:
        """See `Folder`."""
        with self._faults():
            try:
                found = self._filesystem.ls(f"{self._path}/{inner}", detail=False, refresh=True)
            except FileNotFoundError:
                return []
        return [name.rstrip("/").rpartition("/")[2] for name in found]

    def create(self, name: str) -> BinaryIO:
        """See `Folder`; no name, for the address itself."""
        path = f"{self._path}/{name}" if name else self._path
        with self._faults():
            file = self._filesystem.open(path, "wb", block_size=self._part, autocommit=False)
        self._files.append(_Upload(file, self._faults))
        return cast("BinaryIO", self._files[-1])

    def __contains__(self, name: object, /) -> bool:
        return any(file.path == f"{self._path}/{name}" for file in self._files)

    def commit(self) -> None:
        """Show everything; if that fails in between, nothing of it stays."""
        shown: list[str] = []
        try:
            for file in self._files:
                file.close()
            for file in self._files:
                file.commit()
                shown.append(file.path)
        except StorageFailed:
            for path in shown:
                with contextlib.suppress(Exception):
                    self._filesystem.rm_file(path)
            raise

    def discard(self) -> None:
        """Leave nothing in the store; what cannot be taken back now the store's own rules clear away."""
        for file in self._files:
            with contextlib.suppress(Exception):
                file.discard()

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        """Each store has errors of its own."""
        try:
            yield
        except StorageFailed:
            raise
        except Exception as exc:
            problem = " ".join(f"{type(exc).__name__}: {exc}".strip(": ").split())
            what = f"cannot be written: {problem}; nothing was changed, see address, keys and AWS_ENDPOINT_URL"
            raise StorageFailed(f"{self._place}: {what}") from exc


class _Upload(io.RawIOBase):
    """One file on its way, with the store's faults told in the archive's words."""

    def __init__(self, file: Any, faults: Callable[[], AbstractContextManager[None]]) -> None:  # noqa: ANN401  # fsspec has no types
        super().__init__()
        self._file = file
        self._faults = faults
        self.path: str = file.path

    def write(self, content: Any, /) -> int:  # noqa: ANN401  # anything with bytes in it, as RawIOBase has it
        with self._faults():
            return int(self._file.write(content))

    def tell(self) -> int:
        return int(self._file.tell())

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """Send the rest; it is committed later."""
        if not self.closed:
            super().close()
            with self._faults():
                self._file.close()

    def commit(self) -> None:
        with self._faults():
            self._file.commit()

    def discard(self) -> None:
        super().close()
        try:
            self._file.discard()
        finally:
            self._file.closed = True  # it would send the rest
