"""Reading WARC files, anyone's: gzipped by record, gzipped whole, or plain; record by record, in flat memory.

A torn or foreign piece is never passed off as a record: it is a `MalformedRecord` that says where.
"""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from archives.errors import MalformedRecord, StorageFailed
from archives.spool import IN_MEMORY, spool
from archives.warc.members import GZIP_FAULTS, MAGIC, ByteSource, MemberSource
from archives.warc.record import Record

_VERSION = re.compile(rb"WARC/(\d\.\d+)[ \t]*\r*\n")
_LINE_LIMIT = 1024 * 1024
FOREIGN = "not a WARC file"
"""How the fault of a file begins whose first bytes are no record's."""
NAME_ANOTHER = "name a WARC or WACZ file, or a collection"
"""How it ends."""
_PIECE = 64 * 1024
_USUAL_HEADERS = 2048
"""Bytes in which the headers of nearly every record end."""
_PLAIN_HEADERS = re.compile(rb"(?:[A-Za-z-]+: [\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?\r\n)+\r\n")
_PLAIN_LINE = re.compile(r"([A-Za-z-]+): ([^\r\n]+)\r\n")
_FIELD_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")

OnFault = Callable[[MalformedRecord], None]


class _Source(Protocol):
    """What records are read from."""

    def read(self, size: int) -> bytes: ...
    def readline(self, limit: int) -> bytes: ...
    def peek(self, size: int) -> bytes: ...


def read_records(source: Path | str | BinaryIO, *, start: int = 0, on_fault: OnFault | None = None) -> Iterator[Record]:
    """All records from the offset `start` on, in file order.

    The first piece that is no whole record ends the reading with `MalformedRecord`, and so does an empty file; with
    `on_fault`, that is called instead, and reading goes on at the next record that can be made out.
    """
    if not isinstance(source, Path | str):
        name = str(getattr(source, "name", "-"))
        yield from _read_all(_seekable(source), name, start, on_fault)
        return
    try:
        with Path(source).open("rb") as file:
            yield from _read_all(file, str(source), start, on_fault)
    except OSError as exc:
        raise StorageFailed(f"{source}: cannot be read: {exc.strerror or exc}") from exc


def read_record(source: Path | str | BinaryIO, offset: int) -> Record:
    """The record at an offset."""
    for record in read_records(source, start=offset):
        return record
    path = source if isinstance(source, Path | str) else str(getattr(source, "name", "-"))
    raise MalformedRecord(str(path), "the file ends before this record", offset)


def _seekable(source: BinaryIO) -> BinaryIO:
    if source.seekable():
        return source
    copy = spool()
    while piece := source.read(_PIECE):
        copy.write(piece)
    return copy


def _read_all(file: BinaryIO, name: str, offset: int, on_fault: OnFault | None) -> Iterator[Record]:
    size = file.seek(0, io.SEEK_END)
    if not size:
        (on_fault or _raise)(MalformedRecord(name, f"{FOREIGN}: it is empty; {NAME_ANOTHER}"))
    while offset < size:
        try:
            yield from _read_from(file, name, offset)
        except MalformedRecord as fault:
            (on_fault or _raise)(fault)
            offset = _next_record(file, fault.offset + 1)
        else:
            return


def _raise(fault: MalformedRecord) -> None:
    raise fault


def _read_from(file: BinaryIO, name: str, offset: int) -> Iterator[Record]:
    """Records of either form from an offset on; the first bytes tell which."""
    file.seek(offset)
    if file.read(2) == MAGIC:
        return _read_members(file, name, offset)
    return _read_plain(file, name, offset)


def _read_plain(file: BinaryIO, name: str, offset: int) -> Iterator[Record]:
    source = ByteSource(file, offset)
    while source.peek(1):
        while source.peek(1) in {b"\r", b"\n"}:
            source.read(1)
        if not source.peek(1):
            return
        here = source.offset
        draft = _read_one(source, name, here)
        yield _placed(draft, source.offset - here)
        # The consumer may have moved the file; records are read on from where this one ended.
        source.resume()


def _read_members(file: BinaryIO, name: str, offset: int) -> Iterator[Record]:
    size = file.seek(0, io.SEEK_END)
    while offset < size:
        file.seek(offset)
        if file.read(2) != MAGIC:
            raise MalformedRecord(name, "no gzip member begins here", offset)
        source = MemberSource(file, offset)
        try:
            yield from _read_member(source, name, offset)
        except GZIP_FAULTS as exc:
            raise MalformedRecord(name, f"the gzip member is damaged ({exc})", offset) from exc
        offset = source.end


def _read_member(source: MemberSource, name: str, offset: int) -> Iterator[Record]:
    """The records of one member: one, as the standard has it, or all of the file."""
    alone = True
    while source.peek(1) or not source.finished:
        if source.torn and not source.peek(1):
            raise MalformedRecord(name, "the gzip member is torn: the file ends within it", offset)
        record = _read_one(source, name, offset)
        last = not source.peek(1)
        if last and source.torn:
            raise MalformedRecord(name, "the gzip member is torn: the file ends within it", offset)
        alone = alone and last
        yield _placed(record, source.end - offset if alone else 0)


def _placed(draft: Record, length: int) -> Record:
    """The record, now that its end is known; nobody has seen it before."""
    object.__setattr__(draft, "length", length)
    return draft


def _read_one(source: _Source, name: str, offset: int) -> Record:
    line = source.readline(_LINE_LIMIT)
    if not (match := _VERSION.fullmatch(line)):
        begins = f"it begins with {line[:24].decode('latin-1')!a}"
        what = f"not a WARC record: {begins}" if offset else f"{FOREIGN}: {begins}; {NAME_ANOTHER}"
        raise MalformedRecord(name, what, offset)
    faults = [] if line.endswith(b"\r\n") else ["lines end with a bare line feed"]
    headers = _read_headers(source, name, offset, faults)
    size = _content_length(headers, name, offset)
    block = _read_block(source, size, name, offset)
    _read_end(source, faults)
    return Record(
        file=name,
        offset=offset,
        length=0,
        version=match[1].decode("ascii"),
        headers=headers,
        block=block,
        faults=tuple(faults),
    )


def _read_headers(source: _Source, name: str, offset: int, faults: list[str]) -> tuple[tuple[str, str], ...]:
    plain = _PLAIN_HEADERS.match(source.peek(_USUAL_HEADERS))
    if plain is None:
        return _read_header_lines(source, name, offset, faults)
    source.read(plain.end())
    return tuple(_PLAIN_LINE.findall(plain[0].decode("ascii")))


def _read_header_lines(source: _Source, name: str, offset: int, faults: list[str]) -> tuple[tuple[str, str], ...]:
    """Headers of any form: folded, not in ASCII, with faults."""
    headers: list[tuple[str, str]] = []
    size = 0
    while (line := source.readline(_LINE_LIMIT)).strip(b"\r\n"):
        size += len(line)
        if size > _LINE_LIMIT or not line.endswith(b"\n"):
            raise MalformedRecord(name, "the record is torn in its headers", offset)
        text = _text(line.rstrip(b"\r\n"), faults)
        if text[0] in " \t" and headers:
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {text.strip()}")
            continue
        key, colon, value = text.partition(":")
        if not colon or not _FIELD_NAME.fullmatch(key):
            faults.append(f"header line {text[:40]!r} is not 'Name: value'")
        else:
            headers.append((key, value.strip()))
    if not line:
        raise MalformedRecord(name, "the record is torn in its headers", offset)
    return tuple(headers)


def _text(line: bytes, faults: list[str]) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        faults.append(f"header line {line[:40]!r} is not UTF-8")
        return line.decode("latin-1")


def _content_length(headers: tuple[tuple[str, str], ...], name: str, offset: int) -> int:
    value = next((value for key, value in headers if len(key) == 14 and key.lower() == "content-length"), "")
    if not (value.isascii() and value.isdecimal()):
        raise MalformedRecord(name, f"Content-Length is {value!r}, so that the record's end is unknown", offset)
    return int(value)


def _read_block(source: _Source, size: int, name: str, offset: int) -> BinaryIO:
    block = io.BytesIO() if size <= IN_MEMORY else spool()
    missing = size
    while missing and (piece := source.read(min(missing, _PIECE))):
        block.write(piece)
        missing -= len(piece)
    if missing:
        raise MalformedRecord(
            name, f"the record is torn: {missing:,} of {size:,} bytes of its block are missing", offset
        )
    block.seek(0)
    return block


def _read_end(source: _Source, faults: list[str]) -> None:
    if source.peek(4) == b"\r\n\r\n":
        source.read(4)
        return
    faults.append("the record does not end with two CRLF")
    while (ahead := source.peek(_PIECE)) and (ends := len(ahead) - len(ahead.lstrip(b"\r\n"))):
        source.read(ends)


def _next_record(file: BinaryIO, offset: int) -> int:
    """Where after a fault something stands that begins like a record; the file's end if nothing does."""
    overlap = 16
    while True:
        file.seek(offset)
        piece = file.read(1024 * 1024)
        for match in re.finditer(rb"\x1f\x8b\x08|WARC/\d\.\d+\r?\n", piece):
            if _plausible(file, offset + match.start()):
                return offset + match.start()
        if len(piece) <= overlap:
            return offset + len(piece)
        offset += len(piece) - overlap


def _plausible(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    if file.read(2) != MAGIC:
        return True
    try:
        return MemberSource(file, offset).peek(5) == b"WARC/"
    except GZIP_FAULTS:
        return False
