"""An object store beside the disk: sealed WARC files and their shards, sent whole, verified, read in ranges.

- Everything is written and sealed on disk; nothing else is ever in the store. A collection lies there as on disk, in a
  folder of its name: `s3://bucket/prefix/paper/archive/NAME.warc.gz` and `…/indexes/NAME.cdxj`.
- A file is sent after it was sealed, and held against what the store has: by size, and by the digest that the store
  gives; where it gives none of the content's, everything is read back and digested.
- Only then the catalog says where the file is (`archives.stored`), and only then it may go from the disk. Who dies in
  between leaves a file that the catalog knows nothing of, and that the next one sends, or finds there.
- A store that cannot be reached holds up nothing, but for the one file that finds that out: files stay on the disk.
- fsspec, and what it needs for the store's kind, is imported by who uses a store, and by nobody else.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archives.errors import StorageFailed, in_words
from archives.in_place import put_in_place

EXAMPLE = "s3://bucket/prefix"
PART = 32 * 2**20
"""Bytes of a part, where files go in parts, of which S3 takes 10,000."""
_AT_ONCE = 2
"""Parts on their way: so much memory it takes."""
_PIECE = 2**20
_TRIES = 2
"""So often s3fs tries what broke off; each time botocore tries as often as AWS_MAX_ATTEMPTS says."""
_AWAY = ("ConnectionError", "ClientConnectionError", "HTTPClientError", "TimeoutError")
"""What the faults of a network are called: Python's, aiohttp's, botocore's."""
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def is_address(place: str) -> bool:
    """Whether a place is an address such as s3://bucket/key, and not a path."""
    return _ADDRESS.match(place) is not None


def has_password(address: str) -> bool:
    """Whether an address has a password in it, or may have, as it cannot be read; then it is not to be shown."""
    try:
        return urlsplit(address).password is not None
    except ValueError:
        return "@" in address


def require_address(address: str) -> None:
    """StorageFailed, if it is no address of a place in a store, or has a password: that would stand in messages."""
    if has_password(address):
        raise StorageFailed(f"the address of the store holds a password; write {EXAMPLE}, keys as for any AWS tool")
    if not is_address(address) or address.endswith("://"):
        raise StorageFailed(f"{address}: no address of a store; write {EXAMPLE}")


def require_fsspec() -> None:
    """StorageFailed, if what reads and writes files at addresses is not installed."""
    if find_spec("fsspec") is None:
        raise StorageFailed("files at addresses need fsspec; pip install 'newswarc[s3]'")


class StoreAway(StorageFailed):
    """The store does not answer: neither will it for the next file."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is, by which it is known again."""

    size: int
    digest: str
    """SHA-256, in hexadecimal."""
    tags: frozenset[str]
    """ETags that S3 would give it, sent at once or in parts: MD5, and MD5 of the parts' MD5s with their number
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html)."""


class Store:
    """A folder in an object store."""

    def __init__(self, address: str) -> None:
        require_address(address)
        require_fsspec()
        self.address = address.rstrip("/")

    def inner(self, name: str) -> "Store":
        """A folder in it."""
        return Store(f"{self.address}/{name}")

    def require(self) -> None:
        """StorageFailed, if the store does not answer, or has no such bucket; whose keys may not ask is believed."""
        with self._filesystem("") as (filesystem, target):
            bucket = target.partition("/")[0]  # of a path on the disk: nothing
            try:
                filesystem.info(bucket or "/")
            except PermissionError:
                return
            except FileNotFoundError as exc:
                what = f"there is no {bucket} in the store; make it, or mend NEWSWARC_STORE"
                raise StorageFailed(f"{self.address}: {what}") from exc

    def send(self, path: Path, name: str, *, digest: str | None = None) -> Content:
        """Have a file of the disk under a name in the store, verified; what is there already is not sent again.

        StorageFailed, if the store, or the disk, refuses, or if the file has not the SHA-256 that it is known to have.
        """
        content = content_of(path)
        if digest not in (None, content.digest):
            what = "is not what was sent; move it away: the store has what was, and 'newswarc verify' reads it there"
            raise StorageFailed(f"{path}: {what}")
        with self._filesystem(name) as (filesystem, target):
            if not _has_before(filesystem, target, content):
                in_parts = {"chunksize": PART, "max_concurrency": _AT_ONCE} if "s3" in filesystem.protocol else {}
                filesystem.put_file(str(path), target, **in_parts)
                if not _has(filesystem, target, content):
                    raise StorageFailed(
                        f"{self.address}/{name}: is not in the store as it was sent; nothing was removed, send it again"
                    )
        return content

    def read(self, name: str, start: int, end: int) -> bytes:
        """The bytes of a file from one offset to another, in one request; StorageFailed, if they cannot be had."""
        with self._filesystem(name) as (filesystem, target):
            content: bytes = filesystem.cat_file(target, start=start, end=end)
        if len(content) != end - start:
            what = f"ends at {start + len(content):,}, and {end:,} bytes were sent; restore it from a copy"
            raise StorageFailed(f"{self.address}/{name}: {what}")
        return content

    def has(self, name: str) -> bool:
        """Whether a file is in the store; StorageFailed, if that cannot be known."""
        with self._filesystem(name) as (filesystem, target):
            return bool(filesystem.exists(target))

    def names(self, inner: str) -> list[str]:
        """Names of what is in an inner folder, none if there is none; StorageFailed, if it cannot be known."""
        with self._filesystem(inner) as (filesystem, target):
            try:
                found = filesystem.ls(target, detail=False)
            except FileNotFoundError:
                return []
        return [name.rstrip("/").rpartition("/")[2] for name in found]

    def remove(self, name: str) -> None:
        """Have a file no longer in the store; StorageFailed, if it refuses."""
        with self._filesystem(name) as (filesystem, target):
            if filesystem.exists(target):
                filesystem.rm_file(target)

    def fetch(self, name: str, path: Path, *, digest: str | None) -> None:
        """Put a file of the store onto the disk, whole, with the SHA-256 that it is known to have, or not at all."""
        fetched = hashlib.sha256()
        with put_in_place(path, advice="make room, the file is in the store") as out:
            with self._filesystem(name) as (filesystem, target):
                size = filesystem.info(target)["size"]
            for start in range(0, size, PART):
                piece = self.read(name, start, min(start + PART, size))
                fetched.update(piece)
                out.write(piece)
            if digest not in (None, fetched.hexdigest()):
                what = "is not in the store as it was sent; restore it from a copy"
                raise StorageFailed(f"{self.address}/{name}: {what}")

    @contextmanager
    def _filesystem(self, name: str) -> Iterator[tuple[Any, str]]:
        """fsspec's file system, and the path in it; each kind has errors of its own, which are told in one line."""
        import fsspec

        address = f"{self.address}/{name}"
        options = {"auto_mkdir": True} if address.startswith("file:") else {}
        try:
            filesystem, path = fsspec.core.url_to_fs(address, use_listings_cache=False, **options)
            filesystem.retries = _TRIES
            yield filesystem, path
        except StorageFailed:
            raise
        except ImportError as exc:
            raise StorageFailed(f"{address}: {exc.name or exc} is missing; pip install 'newswarc[s3]'") from exc
        except FileNotFoundError as exc:
            what = "is not in the store; see that the bucket exists, and the store has not cleared the file away"
            raise StorageFailed(f"{address}: {what}") from exc
        except Exception as exc:
            is_away = any(kind.__name__ in _AWAY for kind in type(exc).__mro__)
            what = f"{address}: {in_words(exc)}; see address, keys and AWS_ENDPOINT_URL, and try again"
            raise (StoreAway if is_away else StorageFailed)(what) from exc


def content_of(path: Path) -> Content:
    """Read a file through once."""
    whole, digest, size, parts = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0, []
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                if size % PART == 0:
                    parts.append(hashlib.md5(usedforsecurity=False))
                parts[-1].update(piece)
                whole.update(piece)
                digest.update(piece)
                size += len(piece)
    except OSError as exc:
        raise StorageFailed(f"{path}: cannot be read: {exc.strerror}; restore it from a copy") from exc
    of_parts = hashlib.md5(b"".join(part.digest() for part in parts), usedforsecurity=False)
    return Content(size, digest.hexdigest(), frozenset({whole.hexdigest(), f"{of_parts.hexdigest()}-{len(parts)}"}))


def _has(filesystem: Any, target: str, content: Content) -> bool:  # noqa: ANN401  # fsspec has no types
    """Whether the store has this content there."""
    try:
        there = filesystem.info(target)
    except FileNotFoundError:
        return False
    if there["size"] != content.size:
        return False
    if str(there.get("ETag", "")).strip('"') in content.tags:
        return True
    digest = hashlib.sha256()  # encrypted, or a store of another kind: its tag, if any, is not of the content
    with filesystem.open(target, "rb", block_size=PART) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest() == content.digest


def _has_before(filesystem: Any, target: str, content: Content) -> bool:  # noqa: ANN401  # likewise
    """The same; False, where whose keys may not list is not told that nothing is there.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    try:
        return _has(filesystem, target, content)
    except PermissionError:
        return False
