"""The ZIP of a WACZ while it is written: each file digested as it goes in, the whole put in place by rename."""

import contextlib
import hashlib
import json
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from archives.output import written_whole
from archives.wacz.reader import DATAPACKAGE, DIGEST
from archives.wacz.signing import SigningKey

WACZ_VERSION = "1.1.1"
_LARGE = 1024**3
"""Bytes from which on an entry is announced as one that may pass the bounds of the first ZIP."""
_TIME_FIELD = struct.Struct("<HHBL")
"""The extended timestamp of a ZIP entry: its id, size, flags and seconds (APPNOTE.TXT 4.6.1)."""


class EntryWriter:
    """Takes the content of an entry; knows its size and digest."""

    def __init__(self, out: IO[bytes]) -> None:
        self.size = 0
        self._out = out
        self._digest = hashlib.sha256()

    def write(self, content: bytes, /) -> int:
        """Take bytes."""
        self._out.write(content)
        self._digest.update(content)
        self.size += len(content)
        return len(content)

    @property
    def digest(self) -> str:
        """Of all bytes so far, 'sha256:' and hexadecimal, as packages have it."""
        return f"sha256:{self._digest.hexdigest()}"


class Package:
    """A WACZ that is being written; `writing` makes one."""

    def __init__(self, archive: zipfile.ZipFile, created: datetime) -> None:
        self.created = created.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.size = 0
        """Bytes of the whole package, once it is written."""
        self._zip = archive
        self._date = created.timetuple()[:6]
        self._time_field = _TIME_FIELD.pack(0x5455, 5, 1, int(created.timestamp()) & 0xFFFFFFFF)
        self._resources: list[dict[str, Any]] = []

    @contextlib.contextmanager
    def entry(self, path: str, *, deflate: bool = False, expected: int = 0) -> Iterator[EntryWriter]:
        """A file of the package, to be written to until the block ends.

        WARC files and compressed indexes must not be deflated (WACZ 1.1.1, "Zip Compression"). `expected` is about how
        many bytes will come.
        """
        info = zipfile.ZipInfo(path, self._date)
        info.compress_type = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        large = expected > _LARGE
        if large:
            # ReplayWeb.page takes an entry without extra fields in the directory for one without any in its own header.
            info.extra = self._time_field
        with self._zip.open(info, "w", force_zip64=large) as out:
            writer = EntryWriter(out)
            yield writer
        self._resources.append(
            {"name": self._resource_name(path), "path": path, "hash": writer.digest, "bytes": writer.size}
        )

    def finish(self, about: Mapping[str, str], key: SigningKey | None) -> None:
        """Write the manifest, what vouches for it and, with a key, who does."""
        manifest = {
            "profile": "data-package",
            "wacz_version": WACZ_VERSION,
            **{name: value for name, value in about.items() if value},
            "created": self.created,
            "resources": self._resources,
        }
        with self.entry(DATAPACKAGE, deflate=True) as out:
            out.write(_json(manifest))
        digest: dict[str, Any] = {"path": DATAPACKAGE, "hash": out.digest}
        if key is not None:
            digest["signedData"] = key.sign(out.digest, created=self.created, software=about["software"])
        with self.entry(DIGEST, deflate=True) as out:
            out.write(_json(digest))

    def _resource_name(self, path: str) -> str:
        """A name as Data Packages want it: lower case, unique in the package."""
        plain = re.sub(r"[^a-z0-9._-]", "-", path.rpartition("/")[2].lower())
        taken = {resource["name"] for resource in self._resources}
        return plain if plain not in taken else f"{len(taken)}-{plain}"


@contextlib.contextmanager
def writing(path: Path, created: datetime) -> Iterator[Package]:
    """A package to write that takes its name when the block ends; if the block fails, nothing changes."""
    with written_whole(path) as file:
        with zipfile.ZipFile(file, "w") as archive:
            package, counted = Package(archive, created), archive.fp
            yield package
        package.size = counted.tell() if counted else 0


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()
