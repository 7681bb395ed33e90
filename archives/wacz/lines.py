"""Lines put in bytewise order, however many, by merging sorted runs; and the two files that make an index of them.

The compressed index (ZipNum) is `index.cdx.gz`, gzip members of 1,024 lines each, and `index.idx`, a line a member with
its first key, offset, length and digest; a client fetches the one member that it needs
(https://specs.webrecorder.net/cdxj/0.1.0/).
"""

import hashlib
import heapq
import io
import json
import tempfile
from collections.abc import Iterator
from typing import IO

from archives.wacz.window import window
from archives.warc.members import MemberWriter, Sink

BLOCK_LINES = 1024
"""Lines in a gzip member, as py-wacz has it."""
_RUN_SIZE = 8 * 1024 * 1024
"""Bytes of lines that are sorted at once in memory."""


class SortedLines:
    """Takes lines in any order and gives them in bytewise order, in memory that does not grow with their number."""

    def __init__(self, run_size: int = _RUN_SIZE) -> None:
        self.count = 0
        self._run_size = run_size
        self._lines: list[bytes] = []
        self._size = 0
        self._runs: list[tuple[int, int]] = []
        self._spilled: IO[bytes] | None = None

    def add(self, line: bytes) -> None:
        """Take a line, with its end."""
        self._lines.append(line)
        self._size += len(line)
        self.count += 1
        if self._size > self._run_size:
            self._spill()

    def __enter__(self) -> "SortedLines":
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._spilled is not None:
            self._spilled.close()

    def __iter__(self) -> Iterator[bytes]:
        self._lines.sort()
        if self._spilled is None:
            yield from self._lines
            return
        runs = (window(self._spilled.fileno(), start, size) for start, size in self._runs)
        yield from heapq.merge(*runs, self._lines)

    def _spill(self) -> None:
        """Put a run behind those before it, in one file: as many files as runs might be too many."""
        if self._spilled is None:
            self._spilled = tempfile.TemporaryFile(prefix="newswarc-")  # noqa: SIM115 - gone with these lines
        start = self._spilled.tell()
        self._spilled.writelines(sorted(self._lines))
        self._spilled.flush()
        self._runs.append((start, self._spilled.tell() - start))
        self._lines = []
        self._size = 0


def write_blocks(lines: Iterator[bytes], out: Sink, *, name: str) -> Iterator[bytes]:
    """Write sorted CDXJ lines to `out` as members of the compressed index `name`; yields the lines of its `.idx`."""
    meta = {"format": "cdxj-gzip-1.0", "filename": name}
    yield f"!meta 0 {json.dumps(meta)}\n".encode()
    offset = 0
    while block := [line for _, line in zip(range(BLOCK_LINES), lines, strict=False)]:
        member = _member(block)
        out.write(member)
        key = b" ".join(block[0].split(b" ", 2)[:2])
        place = {"offset": offset, "length": len(member), "digest": f"sha256:{hashlib.sha256(member).hexdigest()}"}
        yield key + b" " + json.dumps(place).encode() + b"\n"
        offset += len(member)


def _member(lines: list[bytes]) -> bytes:
    member = io.BytesIO()
    writer = MemberWriter(member)
    writer.write(b"".join(lines))
    writer.close()
    return member.getvalue()
