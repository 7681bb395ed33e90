"""Records as they go into a package: as they are, byte for byte, or without the transfer coding of their response.

ReplayWeb.page hands bodies to the browser as they stand in the record, so a copy must hold them without chunk framing,
under a head that tells the truth about them: `Content-Length` in the place of `Transfer-Encoding`, as RFC 9112 (7.1.3)
has it for recipients. What the server sent stays readable as `X-Orig-Transfer-Encoding`. The copy keeps record id and
payload digest, which is of the entity body (ISO 28500:2017, 6.3.2) and so the same: revisits resolve, articles find
their capture. Its block differs; the digest of the original's goes along as `X-Orig-Block-Digest`. Trailers are left
behind. The collection's own file stays the master.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archives.digests import Digester, algorithm_of
from archives.http import Head, dechunk
from archives.spool import spool
from archives.warc.members import MAGIC, MemberWriter, Sink
from archives.warc.record import Record

_PIECE = 64 * 1024
_RENAMED = re.compile(rb"(?im)^(?=(?:transfer-encoding|content-length|trailer)[ \t]*:)")
_LAST_LINE = re.compile(rb"\r?\n(?=\r?\n\Z)")
_COUNTED = {"content-length", "warc-block-digest"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a record's member went."""

    offset: int
    length: int
    digest: str
    """Of the member, 'sha256:' and hexadecimal."""


class Copier:
    """Copies the records of one WARC file."""

    def __init__(self, source: Path, out: Sink) -> None:
        self.dechunked = 0
        self._file = source.open("rb")
        self._gzipped = self._file.read(2) == MAGIC
        self._out = _Tap(out)

    def __enter__(self) -> "Copier":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._file.close()

    def copy(self, record: Record) -> Placed:
        """Append one record, as a gzip member of its own."""
        start = self._out.begin()
        head = record.http_head() if record.type in {"response", "revisit"} else None
        if head and head.tokens(b"transfer-encoding"):
            write_dechunked(record, head, self._out)
            self.dechunked += 1
        elif self._gzipped and record.length:
            self._copy_member(record)
        else:
            record.block.seek(0)
            _write(record, list(record.headers), [record.block], self._out)
        return Placed(offset=start, length=self._out.offset - start, digest=self._out.digest)

    def _copy_member(self, record: Record) -> None:
        at, missing = record.offset, record.length
        while missing and (piece := os.pread(self._file.fileno(), min(missing, _PIECE), at)):
            self._out.write(piece)
            at += len(piece)
            missing -= len(piece)


def write_dechunked(record: Record, head: Head, out: Sink) -> None:
    """Write the copy of a response or revisit without its transfer coding, as one gzip member."""
    block = record.block
    block.seek(0)
    lines = block.read(head.size)
    body = spool()
    size = 0
    for piece in dechunk(block) if head.chunked else iter(lambda: block.read(_PIECE), b""):
        body.write(piece)
        size += len(piece)
    told = _true_head(lines, head, size if record.type == "response" else None)
    digester = Digester(algorithm_of(record.get("WARC-Block-Digest") or "") or "sha1")
    digester.update(told)
    body.seek(0)
    while piece := body.read(_PIECE):
        digester.update(piece)
    headers = [pair for pair in record.headers if pair[0].lower() not in _COUNTED]
    if stated := record.get("WARC-Block-Digest"):
        headers.append(("X-Orig-Block-Digest", stated))
    headers += [("WARC-Block-Digest", digester.base32()), ("Content-Length", str(len(told) + size))]
    body.seek(0)
    _write(record, headers, [told, body], out)


def _true_head(lines: bytes, head: Head, size: int | None) -> bytes:
    """The head of a message whose transfer coding is gone; of a revisit, whose body is elsewhere, without its size.

    A compression that the server applied as a transfer coding is now one of the content: the bytes still have it.
    """
    end = b"\r\n" if b"\r\n" in lines else b"\n"
    told = _RENAMED.sub(b"X-Orig-", lines)
    added = [b"Content-Encoding: " + token.encode("latin-1") for token in _compressions(head)]
    if size is not None:
        added.append(b"Content-Length: %d" % size)
    return _LAST_LINE.sub(lambda match: match[0] + b"".join(line + end for line in added), told, count=1)


def _compressions(head: Head) -> list[str]:
    return [token for token in head.tokens(b"transfer-encoding") if token not in {"chunked", "identity"}]


def _write(record: Record, headers: list[tuple[str, str]], content: list[bytes | BinaryIO], out: Sink) -> None:
    """Write a record of these headers and this block as one gzip member."""
    member = MemberWriter(out)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    member.write(f"WARC/{record.version}\r\n{lines}\r\n".encode())
    for part in content:
        if isinstance(part, bytes):
            member.write(part)
            continue
        while piece := part.read(_PIECE):
            member.write(piece)
    member.write(b"\r\n\r\n")
    member.close()


class _Tap:
    """Passes bytes on, counts them all, and digests those of one record."""

    def __init__(self, out: Sink) -> None:
        self.offset = 0
        self._out = out
        self._digest = hashlib.sha256()

    def begin(self) -> int:
        """Begin a record; returns its offset."""
        self._digest = hashlib.sha256()
        return self.offset

    def write(self, content: bytes, /) -> None:
        """Take bytes."""
        self._out.write(content)
        self._digest.update(content)
        self.offset += len(content)

    @property
    def digest(self) -> str:
        """Of the record so far."""
        return f"sha256:{self._digest.hexdigest()}"
