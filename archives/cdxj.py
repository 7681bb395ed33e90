"""CDXJ: one capture a line (SURT key, 14-digit timestamp, JSON), bytewise sorted, one shard a WARC file.

pywb reads the shards as they are. Fields of its own are named as pywb names them; ours stand behind them.
"""

import contextlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from archives.digests import Digest
from archives.errors import MalformedIndex
from archives.in_place import put_in_place
from archives.surt import Surt

CaptureKind = Literal["response", "revisit", "unanswered", "rendition"]
Framing = Literal["identity", "chunked"]

RENDERED = "urn:newswarc:rendered:"
"""Before the page's URL it is the target URI of a rendition, which thus never stands for the page itself in replay."""

_NO_DIGIT = re.compile(r"\D")
_LINE = re.compile(r"(\S+) (\d{14}) (\{.*\})\n?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One fetch of one URL at one instant, and where its bytes are."""

    url: str
    """Target URI; of a rendition, the page's URL in it."""
    surt: Surt
    timestamp: str
    """14 digits, UTC."""
    date: str
    """WARC-Date, e.g. '2024-06-11T10:00:00.123456Z'."""
    warc: str
    """File name in the archive folder, without `.open`."""
    offset: int
    """Of the record's gzip member."""
    length: int
    """Of the member."""
    record_id: str
    """WARC-Record-ID, e.g. '<urn:uuid:…>'."""
    payload_digest: Digest
    """Of the entity body without transfer coding; after a 304, of the payload that is still good."""
    status: int
    """HTTP status as received: 304 for a server-not-modified revisit; 0 where no HTTP response came."""
    mime: str
    """Media type without parameters; 'unk' if none was sent; of a 304, that of the payload it stands for."""
    kind: CaptureKind
    """`unanswered`: nothing came, or nothing that is HTTP; such a capture is kept in the WARC but not indexed.

    `rendition`: the page as a browser held it once its scripts had run, indexed under a URI of its own.
    """
    framing: Framing = "identity"
    """Whether the response's body is framed in chunks: a revisit must not mix the two."""
    truncated: str | None = None
    """WARC-Truncated of a response that is not whole; None if it is whole."""
    refers_to: str | None = None
    """Record id: of a revisit, that of the response that holds its payload; of a rendition, that of its document."""
    etag: str | None = None
    last_modified: str | None = None
    method: str = "GET"
    """Of the request; captures by HEAD are not indexed."""

    @property
    def indexed(self) -> bool:
        """Whether the capture stands in indexes: HEAD responses and what is no response would replay as empty pages."""
        return self.kind != "unanswered" and self.method != "HEAD"


_OPTIONAL = ("framing", "truncated", "refers_to", "etag", "last_modified", "method")
_DEFAULTS = {"framing": "identity", "method": "GET"}


def format_line(capture: Capture) -> str:
    """The capture's line, without line end."""
    revisit = capture.kind == "revisit"
    fields: dict[str, Any] = {
        "url": f"{RENDERED}{capture.url}" if capture.kind == "rendition" else capture.url,
        "mime": "warc/revisit" if revisit else capture.mime,
        "status": str(capture.status),
        "digest": capture.payload_digest.removeprefix("sha1:"),
        "length": str(capture.length),
        "offset": str(capture.offset),
        "filename": capture.warc,
        "date": capture.date,
        "record_id": capture.record_id,
    }
    if revisit:
        del fields["status"]
        fields |= {"http_mime": capture.mime, "http_status": capture.status}
    for name in _OPTIONAL:
        value = getattr(capture, name)
        if value is not None and value != _DEFAULTS.get(name):
            fields[name] = value
    return f"{capture.surt} {capture.timestamp} {json.dumps(fields)}"


def parse_line(line: str) -> Capture:
    """Read one line, ours or another indexer's; what another's does not say is derived or left empty."""
    match = _LINE.fullmatch(line)
    try:
        fields = json.loads(match[3]) if match else None
        if not match or not isinstance(fields, dict):
            raise MalformedIndex(f"not a CDXJ line: {line[:80]!r}")
        return _from_fields(Surt(match[1]), match[2], fields)
    except (KeyError, ValueError, TypeError) as exc:
        raise MalformedIndex(f"not a CDXJ line ({type(exc).__name__}: {exc}): {line[:80]!r}") from exc


def _from_fields(key: Surt, timestamp: str, fields: dict[str, Any]) -> Capture:
    revisit = fields.get("mime") == "warc/revisit"
    digest, url = fields.get("digest", ""), fields["url"]
    kind: CaptureKind = "revisit" if revisit else "rendition" if url.startswith(RENDERED) else "response"
    status = str(fields.get("http_status" if revisit else "status", "0"))
    optional = {name: fields[name] for name in _OPTIONAL if name in fields}
    return Capture(
        url=url.removeprefix(RENDERED),
        surt=key,
        timestamp=timestamp,
        date=fields.get("date") or date_of(timestamp),
        warc=fields["filename"],
        offset=int(fields["offset"]),
        length=int(fields.get("length", 0)),
        record_id=fields.get("record_id", ""),
        payload_digest=Digest(digest if ":" in digest else f"sha1:{digest}"),
        status=int(status) if status.isdecimal() else 0,
        mime=fields.get("http_mime", "unk") if revisit else fields.get("mime", "unk"),
        kind=kind,
        **optional,
    )


def date_of(timestamp: str) -> str:
    """A 14-digit timestamp as a WARC-Date."""
    y, mo, d, h, mi, s = timestamp[:4], *(timestamp[i : i + 2] for i in range(4, 14, 2))
    return f"{y}-{mo}-{d}T{h}:{mi}:{s}Z"


def timestamp_of(date: str) -> str:
    """A WARC-Date as a 14-digit timestamp."""
    return _NO_DIGIT.sub("", date)[:14].ljust(14, "0")


def write_shard(path: Path, captures: Iterable[Capture]) -> None:
    """Write the sorted shard of one WARC file, put in place by rename so that readers never see a part of it."""
    lines = sorted(f"{format_line(capture)}\n".encode() for capture in captures if capture.indexed)
    with _changing(path.parent), put_in_place(path, advice="make room, and the next crawl writes this shard") as out:
        out.writelines(lines)


@contextlib.contextmanager
def _changing(folder: Path) -> Iterator[None]:
    """Have a folder's time be in a later second than it ever was, once the block ends, where the file system lets us.

    pywb lists a folder anew only if its time, in whole seconds, is another one, and two shards may come in one second.
    """
    before = _second_of(folder)
    yield
    if _second_of(folder) <= before:
        with contextlib.suppress(OSError):  # it is somebody else's, who lets us write into it
            os.utime(folder, (before + 1, before + 1))


def _second_of(folder: Path) -> int:
    """When it was changed; 0, if that cannot be had, as where it is not there: who writes into it tells so."""
    try:
        return int(folder.stat().st_mtime)
    except OSError:
        return 0


def read_shard(path: Path) -> Iterator[Capture]:
    """The captures of a shard in its order; a line that is none, or out of order, is an error with its place."""
    before = b""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line < before:
                raise MalformedIndex(f"{path}, line {number}: not in bytewise order, pywb would miss captures; sort it")
            before = line
            try:
                yield parse_line(line.decode("utf-8"))
            except (MalformedIndex, UnicodeDecodeError) as exc:
                raise MalformedIndex(f"{path}, line {number}: {exc}") from exc
