"""Folders to which an export adds files: they grow in a draft on this disk, and are put in place when all are whole."""

import fcntl
import os
import secrets
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Self

from archives.errors import StorageFailed
from archives.in_place import draft_of, is_still
from archives.layout import sync_folder
from archives.store import Store

_DRAFT = ".export.tmp"
_AT_ONCE = 8
"""Files that are on their way to a store."""
_BATCH = 64


class Folder(ABC):
    """What is created in its block is there when the block ends; if the block fails, nothing changes.

    A new folder comes into its place whole. Into one that is there files go one by one, once all are whole: of a store
    that refuses one, those before it are taken back; of a disk that does, they stay.
    """

    def __init__(self, root: Path, draft: Path, *, otherwise: str) -> None:
        self.root = root
        """Where on this disk it writes; the draft may be beside it."""
        self.otherwise = otherwise
        """What to do where this disk refuses."""
        self._draft = draft
        self._superseded: set[str] = set()

    def __enter__(self) -> Self:
        self._draft.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind: object, exc: object, trace: object) -> None:
        try:
            if kind is None:
                superseded = [name for name in sorted(self._superseded) if not (self._draft / name).exists()]
                self._put_in_place()
                for name in superseded:
                    self._remove(name)
        finally:
            shutil.rmtree(self._draft, ignore_errors=True)

    def holds(self, path: str) -> bool:
        """Whether a path of this disk is one where it writes."""
        return any(Path(path).is_relative_to(own) for own in (self.root, self._draft))

    def create(self, name: str) -> BinaryIO:
        """A file to write, by its path in the folder; what had that name is replaced in the end."""
        path = self._draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")

    def supersede(self, name: str) -> None:
        """Have a file that was there before go in the end, by its path in the folder, as others say what it said."""
        self._superseded.add(name)

    @abstractmethod
    def names(self, inner: str) -> list[str]:
        """Names of the files that an inner folder had before."""

    @abstractmethod
    def content(self, name: str) -> bytes:
        """What is in a file that was there before, by its path in the folder."""

    @abstractmethod
    def _remove(self, name: str) -> None:
        """Have a file go."""

    @abstractmethod
    def _put_in_place(self) -> None:
        """Have the files of the draft in the folder."""


class LocalFolder(Folder):
    """On this disk: the draft is beside the folder that is to be, or within the one that is there."""

    def __init__(self, path: Path, *, durable: bool) -> None:
        self._new = not path.is_dir()
        self._durable = durable
        super().__init__(path, draft_of(path) if self._new else path / _DRAFT, otherwise="choose another place")

    def __enter__(self) -> Self:
        super().__enter__()
        self._lock = os.open(self._draft, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._require_alone()
            for left in self._draft.iterdir():
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        except BaseException:
            os.close(self._lock)
            raise
        return self

    def __exit__(self, kind: object, exc: object, trace: object) -> None:
        try:
            super().__exit__(kind, exc, trace)
        finally:
            os.close(self._lock)

    def _require_alone(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = is_still(self._draft, self._lock)
        except BlockingIOError:
            alone = False
        if not alone:
            raise StorageFailed(
                f"{self.root}: another export writes into it; wait for its end, or choose another place"
            )

    def names(self, inner: str) -> list[str]:
        """See `Folder`."""
        there = self.root / inner
        return [path.name for path in there.iterdir()] if there.is_dir() else []

    def content(self, name: str) -> bytes:
        """See `Folder`."""
        return (self.root / name).read_bytes()

    def _remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def _put_in_place(self) -> None:
        if self._durable:
            for path in _files(self._draft):
                _sync(path)
        if self._new:
            self._draft.rename(self.root)
        else:
            for path in _files(self._draft):
                _move(path, self.root / path.relative_to(self._draft))
        if self._durable:
            for inner in {self.root.parent, self.root, *(path for path in self.root.rglob("*") if path.is_dir())}:
                sync_folder(inner)


class StoreFolder(Folder):
    """In an object store, to which files are sent when all are whole: a store cannot add several in one step.

    What they replace is fetched before, and put back if one cannot be sent.
    """

    def __init__(self, address: str) -> None:
        self._store = Store(address)
        own = _temporary()
        self._sent, self._replaced = own / "sent", own / "replaced"
        super().__init__(own, own / "draft", otherwise="name another folder in TMPDIR")

    def __enter__(self) -> Self:
        self.root.mkdir(mode=0o700)
        self._sent.mkdir()
        return super().__enter__()

    def __exit__(self, kind: object, exc: object, trace: object) -> None:
        try:
            super().__exit__(kind, exc, trace)
        finally:
            if not self._replaced.exists():
                shutil.rmtree(self.root)

    def names(self, inner: str) -> list[str]:
        """See `Folder`."""
        return self._store.names(inner)

    def content(self, name: str) -> bytes:
        """See `Folder`."""
        fetched = self.root / "there"
        self._store.fetch(name, fetched, digest=None)
        return fetched.read_bytes()

    def _remove(self, name: str) -> None:
        self._store.remove(name)

    def _put_in_place(self) -> None:
        names = (path.relative_to(self._draft) for path in _files(self._draft))
        try:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                while batch := list(islice(names, _BATCH)):
                    list(pool.map(self._send, batch))
        except BaseException:
            self._put_back()
            raise
        else:
            shutil.rmtree(self._replaced, ignore_errors=True)

    def _send(self, name: Path) -> None:
        if self._store.has(str(name)):
            replaced = self._replaced / name
            replaced.parent.mkdir(parents=True, exist_ok=True)
            self._store.fetch(str(name), replaced, digest=None)
        sent = _move(self._draft / name, self._sent / name)
        self._store.send(sent, str(name))

    def _put_back(self) -> None:
        try:
            for path in _files(self._sent):
                name = path.relative_to(self._sent)
                if (self._replaced / name).exists():
                    self._store.send(self._replaced / name, str(name))
                else:
                    self._store.remove(str(name))
        except StorageFailed as exc:
            what = f"it has some of the new files already; what they replaced is in {self._replaced}, copy it back"
            raise StorageFailed(f"{exc}; {what}") from exc
        shutil.rmtree(self._replaced, ignore_errors=True)


def _temporary() -> Path:
    """A place for a folder that nobody else has, among the temporary files."""
    try:
        return Path(tempfile.gettempdir(), f"newswarc-export-{secrets.token_hex(8)}")
    except OSError as exc:
        what = "there is no folder for temporary files that can be written; name one in TMPDIR"
        raise StorageFailed(what) from exc


def _files(folder: Path) -> Iterator[Path]:
    """All files in a folder, of which none is held in memory, and which may go while they come."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(Path(entry))
            else:
                yield Path(entry)


def _move(path: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return path.replace(target)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
