"""A WACZ read in place: its WARC files are windows into the ZIP, and what the ZIP says of itself is not trusted."""

import json
import os
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from archives.errors import MalformedPackage, StorageFailed
from archives.wacz.window import window
from archives.warc.members import BOMB_RATIO, BOMB_SIZE

DATAPACKAGE = "datapackage.json"
DIGEST = "datapackage-digest.json"
PAGES = "pages/pages.jsonl"
MAGIC = b"PK\x03\x04"
SUFFIX = ".wacz"

_LOCAL_HEADER = 30
"""Bytes of a local file header before its name (APPNOTE.TXT 4.3.7)."""
_ENCRYPTED = 1
_TEXT_LIMIT = 64 * 1024 * 1024
_LINE_LIMIT = 16 * 1024 * 1024
_PIECE = 64 * 1024
_ZIP_FAULTS = (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError, zlib.error, RuntimeError)
_OUTSIDE = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:|\\|[\x00-\x1f\x7f-\x9f]")


def is_wacz(path: Path) -> bool:
    """Whether a file is, or calls itself, a WACZ; a folder or a pipe never is."""
    if not path.is_file():
        return False
    if path.suffix.lower() == SUFFIX:
        return True
    with path.open("rb") as file:
        return file.read(4) == MAGIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file in the ZIP."""

    name: str
    size: int
    """Bytes once unpacked."""
    offset: int
    """Of its first byte in the ZIP."""
    packed: int
    """Bytes in the ZIP."""
    stored: bool
    """Whether it stands in the ZIP as it is, so that it can be read at any offset."""

    @property
    def base(self) -> str:
        """Its name without folders."""
        return self.name.rpartition("/")[2]


class Wacz:
    """An open WACZ; MalformedPackage, where the ZIP is torn, hostile or no ZIP at all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unpacked: dict[str, IO[bytes]] = {}
        try:
            self._file = path.open("rb")
        except OSError as exc:
            raise StorageFailed(f"{path}: cannot be read: {exc.strerror}") from exc
        try:
            self._zip = self._opened()
            self.entries = {entry.name: entry for entry in self._read_entries()}
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "Wacz":
        return self

    def __exit__(self, *exc_info: object) -> None:
        for copy in self._unpacked.values():
            copy.close()
        self._zip.close()
        self._file.close()

    @property
    def warcs(self) -> list[Entry]:
        """The WARC files in archive/, by name; MalformedPackage, if it holds WACZ files instead."""
        inside = sorted((entry for name, entry in self.entries.items() if name.startswith("archive/")), key=_name)
        found = [entry for entry in inside if entry.name.endswith((".warc", ".warc.gz"))]
        if not found and any(entry.name.endswith(SUFFIX) for entry in inside):
            raise self.fault("holds WACZ files, not WARC files; unzip it and give those by themselves")
        return found

    def fault(self, what: str) -> MalformedPackage:
        """What is wrong with this file, to be raised."""
        return MalformedPackage(str(self.path), what)

    def place(self, entry: Entry) -> str:
        """How an entry is called in messages, e.g. 'paper.wacz/archive/data.warc.gz'."""
        return f"{self.path}/{entry.name}"

    def window(self, entry: Entry) -> BinaryIO:
        """The bytes of an entry as they stand in the ZIP, seekable."""
        return window(self._file.fileno(), entry.offset, entry.packed, name=self.place(entry))

    def open(self, entry: Entry) -> BinaryIO:
        """The content of an entry, seekable; one that is compressed is unpacked into a temporary file first."""
        if entry.stored:
            return self.window(entry)
        if entry.name not in self._unpacked:
            copy = tempfile.TemporaryFile(prefix="newswarc-")  # noqa: SIM115 - closed with the package
            self._unpacked[entry.name] = copy
            copy.writelines(self.pieces(entry))
            copy.flush()
        return window(self._unpacked[entry.name].fileno(), 0, entry.size, name=self.place(entry))

    def pieces(self, entry: Entry) -> Iterator[bytes]:
        """The content of an entry from its beginning, its checksum checked at its end."""
        try:
            with self._zip.open(entry.name) as content:
                while piece := content.read(_PIECE):
                    yield piece
        except _ZIP_FAULTS as exc:
            raise MalformedPackage(self.place(entry), f"damaged in the ZIP ({exc}); fetch the file again") from exc

    def lines(self, entry: Entry) -> Iterator[bytes]:
        """The lines of an entry, with their ends; a line may be as long as an article's text."""
        yield from split_lines(self.pieces(entry), self.place(entry))

    def json(self, name: str) -> dict[str, Any] | None:
        """A JSON object among the entries; None if there is no such entry."""
        entry = self.entries.get(name)
        if entry is None:
            return None
        try:
            content = json.loads(self.content(entry))
        except (ValueError, RecursionError) as exc:
            raise MalformedPackage(self.place(entry), f"not JSON ({exc}); fetch the file again") from exc
        if not isinstance(content, dict):
            raise MalformedPackage(self.place(entry), "not a JSON object, as it has to be")
        return content

    def content(self, entry: Entry) -> bytes:
        """The whole of a small entry in memory."""
        if entry.size > _TEXT_LIMIT:
            raise MalformedPackage(self.place(entry), f"larger than {_TEXT_LIMIT >> 20} MB, which no such file is")
        return b"".join(self.pieces(entry))

    def _opened(self) -> zipfile.ZipFile:
        begins = self._file.read(4)
        status = os.fstat(self._file.fileno())
        if not stat.S_ISREG(status.st_mode) or begins[:2] != MAGIC[:2]:
            raise self.fault(f"not a WACZ: it is no ZIP file, but begins with {begins!r}")
        try:
            return zipfile.ZipFile(self._file)
        except _ZIP_FAULTS as exc:
            raise self.fault(f"its ZIP directory cannot be read ({exc}): cut off or damaged; fetch it again") from exc

    def _read_entries(self) -> Iterator[Entry]:
        """Every file in the ZIP, each held against its own header; none may overlap another (a bomb's trick)."""
        end = 0
        seen: set[str] = set()
        for info in sorted(self._zip.infolist(), key=_header_offset):
            if info.header_offset < end:
                raise self.fault(f"entry {info.filename[:80]!r} overlaps another: made to mislead; do not use the file")
            entry = self._entry(info)
            end = entry.offset + entry.packed
            if info.is_dir():
                continue
            if entry.name in seen:
                raise self.fault(f"entry {entry.name[:80]!r} is there twice: made to mislead; do not use the file")
            seen.add(entry.name)
            yield entry

    def _entry(self, info: zipfile.ZipInfo) -> Entry:
        name = info.orig_filename
        if _OUTSIDE.search(name):
            raise self.fault(f"entry {name[:80]!r} names a place outside of the package; do not unpack the file")
        header = os.pread(self._file.fileno(), _LOCAL_HEADER, info.header_offset)
        if len(header) < _LOCAL_HEADER or header[:4] != MAGIC:
            raise self.fault(f"no file begins at {info.header_offset:,}, where the ZIP directory has {name[:80]!r}")
        if int.from_bytes(header[6:8], "little") & _ENCRYPTED:
            raise self.fault(f"entry {name[:80]!r} is encrypted, as nothing in a WACZ may be")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self.fault(f"entry {name[:80]!r} is compressed by method {info.compress_type}, unknown to WACZ")
        sizes = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        offset = info.header_offset + _LOCAL_HEADER + sizes
        if offset + info.compress_size > self._zip.start_dir:
            raise self.fault(f"entry {name[:80]!r} reaches beyond the files of the ZIP: cut off or damaged")
        stored = info.compress_type == zipfile.ZIP_STORED
        if stored and info.file_size != info.compress_size:
            raise self.fault(f"entry {name[:80]!r} is stored and yet of two sizes: damaged, or made to mislead")
        if info.file_size > max(BOMB_SIZE, BOMB_RATIO * info.compress_size):
            what = f"{info.file_size >> 20:,} MB from {info.compress_size:,} bytes"
            raise self.fault(f"entry {name[:80]!r} is a ZIP bomb: {what}; do not unpack the file")
        return Entry(name=name, size=info.file_size, offset=offset, packed=info.compress_size, stored=stored)


def printable(text: str) -> str:
    """Text out of a file of anyone's, without what a terminal would obey."""
    return text if text.isprintable() else "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def split_lines(pieces: Iterator[bytes], place: str) -> Iterator[bytes]:
    """Lines, with their ends, of content that comes in pieces."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line + b"\n"
        if len(rest) > _LINE_LIMIT:
            raise MalformedPackage(place, f"a line is longer than {_LINE_LIMIT >> 20} MB, which none is")
    if rest:
        yield rest


def _name(entry: Entry) -> str:
    return entry.name


def _header_offset(info: zipfile.ZipInfo) -> int:
    return info.header_offset
