"""The crawl log of a run: one line an exchange, or an attempt at one, in the columns of Heritrix's `crawl.log`.

Time, status, size, URL, discovery path, referrer, media type, thread (we have none), start and duration, digest,
source, annotations, and where the records are as a JSON object
(https://heritrix.readthedocs.io/en/latest/operating.html, "Log files").
"""

import json
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archives.cdxj import Capture
from archives.errors import StorageFailed

logger = logging.getLogger(__name__)

NAME = "crawl.log"
NONE = "-"
UNKNOWN_PATH, REDIRECT = "?", "R"

NO_SUCH_HOST, CONNECT_FAILED, CONNECTION_LOST, TIME_OUT, FAILED = -1, -2, -3, -4, -5
BLOCKED, ROBOTS = -5001, -9998
STATUS_WORDS = {
    NO_SUCH_HOST: "no such host",
    CONNECT_FAILED: "connection refused or failed",
    CONNECTION_LOST: "connection lost before a response",
    TIME_OUT: "time-out before a response",
    FAILED: "failed",
    BLOCKED: "not asked for: blocked here",
    ROBOTS: "not asked for: robots.txt",
}
"""Statuses of what HTTP has no status for, numbered as Heritrix does (its `FetchStatusCodes`)."""

NOT_MODIFIED = 304
_TRUNCATIONS = {"length": "len", "time": "time"}
_COLUMNS = 12
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One line: an exchange, or an attempt that came to none."""

    logged: str
    """When the line was written, e.g. '2024-06-11T10:00:00.123Z'."""
    status: int
    """Of HTTP; negative where no response came: see STATUS_WORDS."""
    size: int | None = None
    """Bytes of the body as they came, transfer coding included; None if unknown."""
    url: str
    path: str = ""
    """A letter for each hop from a seed, as Heritrix has them: M feed or sitemap, L link, R redirect, I inferred, E
    embedded, P robots.txt; '' for a seed, '?' where it is not known."""
    via: str | None = None
    """What led to it."""
    mime: str | None = None
    started: str | None = None
    """When the request was sent, 17 digits, UTC."""
    duration: int | None = None
    """Milliseconds until the response had ended."""
    digest: str | None = None
    """Of the payload, with its label."""
    source: str | None = None
    """The site that was crawled."""
    annotations: tuple[str, ...] = ()
    """E.g. 'warcRevisit:digest', 'timeTrunc', '2t' for the second try."""
    warc: str | None = None
    """File in the archive folder; None, if nothing was archived."""
    offset: int | None = None
    record_id: str | None = None


def fetch_of(
    capture: Capture,
    *,
    logged: datetime,
    size: int | None,
    status: int | None = None,
    started: datetime | None = None,
    path: str = UNKNOWN_PATH,
    via: str | None = None,
    source: str | None = None,
    annotations: tuple[str, ...] = (),
) -> Fetch:
    """The line of an exchange that was archived; `status` is for one without a response, `started` tells how long."""
    lost = TIME_OUT if capture.truncated == "time" else CONNECTION_LOST
    return Fetch(
        logged=log_time(logged),
        status=capture.status or status or lost,
        size=size,
        url=capture.url,
        path=path,
        via=via,
        mime=capture.mime,
        started=re.sub(r"\D", "", capture.date)[:17],
        duration=None if started is None else max(0, round((logged - started).total_seconds() * 1000)),
        digest=capture.payload_digest,
        source=source,
        annotations=(*_nature(capture), *annotations),
        warc=capture.warc,
        offset=capture.offset,
        record_id=capture.record_id,
    )


def _nature(capture: Capture) -> Iterator[str]:
    """What Heritrix notes of revisits and of bodies that are not whole."""
    if capture.kind == "revisit":
        yield "warcRevisit:notModified" if capture.status == NOT_MODIFIED else "warcRevisit:digest"
    if capture.truncated:
        yield f"{_TRUNCATIONS.get(capture.truncated, capture.truncated)}Trunc"


def log_time(moment: datetime) -> str:
    """A moment as the log has it, e.g. '2024-06-11T10:00:00.123Z'."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def format_fetch(fetch: Fetch) -> str:
    """The line, without its end."""
    took = NONE if fetch.started is None else f"{fetch.started}+{_told(fetch.duration)}"
    place = {"warcFilename": fetch.warc, "warcFileOffset": fetch.offset, "warcRecordId": fetch.record_id}
    columns = (
        fetch.logged,
        f"{fetch.status:>5}",
        f"{_told(fetch.size):>10}",
        _told(fetch.url),
        _told(fetch.path),
        _told(fetch.via),
        _told(fetch.mime),
        NONE,
        took,
        _told(fetch.digest),
        _told(fetch.source),
        _told(",".join(fetch.annotations)),
        json.dumps(place if fetch.warc else {}, separators=(",", ":")),
    )
    return " ".join(columns)


def parse_fetch(line: str) -> Fetch:
    """Read a line; ValueError, if it is none."""
    columns = line.split(maxsplit=_COLUMNS)
    if len(columns) <= _COLUMNS:
        raise ValueError(f"not a line of a crawl log: {line[:80]!r}")
    logged, status, size, url, path, via, mime, _, took, digest, source, annotations, rest = columns
    started, _, duration = took.partition("+")
    place: dict[str, Any] = json.loads(rest)
    return Fetch(
        logged=logged,
        status=int(status),
        size=_number(size),
        url=url,
        path="" if path == NONE else path,
        via=_text(via),
        mime=_text(mime),
        started=_text(started),
        duration=_number(duration or NONE),
        digest=_text(digest),
        source=_text(source),
        annotations=tuple((_text(annotations) or "").split(",")) if annotations != NONE else (),
        warc=place.get("warcFilename"),
        offset=place.get("warcFileOffset"),
        record_id=place.get("warcRecordId"),
    )


def _told(value: object) -> str:
    """A value as one word."""
    return _SPACE.sub("%20", str(value)) if value is not None and value != "" else NONE


def _text(word: str) -> str | None:
    return None if word == NONE else word


def _number(word: str) -> int | None:
    return None if word == NONE else int(word)


def read_log(path: Path) -> Iterator[Fetch]:
    """The lines of a log, those left out that are torn or foreign; nothing if there is no log."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                yield parse_fetch(line)
            except ValueError:
                continue


class CrawlLog:
    """A log that is being written: each line in one write, so that a crawl that dies leaves whole ones."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._broken = False
        try:
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except OSError as exc:
            raise StorageFailed(f"{path}: {exc.strerror}; make room, or make the folder writable") from exc

    def add(self, fetch: Fetch) -> None:
        """Write a line. What cannot be written ends the log and not the crawl: the next start completes it."""
        if self._broken:
            return
        line = f"{format_fetch(fetch)}\n".encode()
        try:
            written = os.write(self._fd, line)
        except OSError as exc:
            self._broken = True
            logger.error("%s: %s; the next crawl completes it", self._path, exc.strerror)  # noqa: TRY400  # a full disk
        else:
            self._broken = written < len(line)

    @property
    def whole(self) -> bool:
        """Whether every line was written."""
        return not self._broken

    def close(self) -> None:
        """Push the lines to the disk and let go of the file."""
        try:
            os.fsync(self._fd)
        except OSError:
            self._broken = True
        finally:
            os.close(self._fd)
