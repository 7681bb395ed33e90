"""An entity: what stands at an address at an instant, its honest validators, and the answers made of it."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from typing import Literal

from crawler.newsroom.coding import ContentCoding, accepts, chunked, encode
from crawler.newsroom.message import Reply, Request

Framing = Literal["length", "chunked"]
_CHUNK = 4_000


@dataclass(frozen=True, kw_only=True)
class Entity:
    """Content with its type; `coding` and `framing` say how it likes to travel."""

    content: bytes
    content_type: str
    modified: datetime | None = None
    """Sent as Last-Modified, and asked for by If-Modified-Since; None sends neither this nor an ETag."""
    coding: ContentCoding | None = None
    """Used where the client accepts it."""
    framing: Framing = "length"
    tag: str | None = None
    """An ETag to send instead of an honest one."""
    max_age: int = 60

    @cached_property
    def etag(self) -> str:
        """Of the content as it is: other bytes, other tag."""
        return self.tag or hashlib.sha256(self.content).hexdigest()[:20]

    @cached_property
    def encoded(self) -> bytes:
        """The content in its coding."""
        return encode(self.content, self.coding) if self.coding else self.content

    @cached_property
    def _last_modified(self) -> str | None:
        return http_date(self.modified) if self.modified else None

    def reply(self, request: Request) -> Reply:
        """The answer to a request: 200, or 304 where the client has it already."""
        coding = self.coding if self.coding and accepts(request.headers.get("accept-encoding"), self.coding) else None
        validators = self._validators(coding)
        if self.modified is not None and self._is_known(request, coding):
            return Reply(status=304, headers=validators)
        headers = [("Content-Type", self.content_type), *validators]
        if coding:
            headers.append(("Content-Encoding", coding))
        body = self.encoded if coding else self.content
        if self.framing == "chunked" and request.version == "HTTP/1.1":
            return self._chunked(headers, body)
        return Reply(headers=tuple(headers), body=body)

    def _chunked(self, headers: list[tuple[str, str]], body: bytes) -> Reply:
        trailers = (("X-Body-Digest", f"sha-256={hashlib.sha256(body).hexdigest()}"), ("X-Press", "Selmark 2"))
        framed = chunked(body, size=_CHUNK, extensions=True, trailers=trailers)
        headers += [("Transfer-Encoding", "chunked"), ("Trailer", "X-Body-Digest, X-Press")]
        return Reply(headers=tuple(headers), body=framed)

    def _validators(self, coding: ContentCoding | None) -> tuple[tuple[str, str], ...]:
        caching: tuple[tuple[str, str], ...] = (("Cache-Control", f"max-age={self.max_age}"),)
        if self.coding:
            caching += (("Vary", "Accept-Encoding"),)
        if self._last_modified is None:
            return caching
        return (("ETag", self._tag(coding)), ("Last-Modified", self._last_modified), *caching)

    def _tag(self, coding: ContentCoding | None) -> str:
        return f'"{self.etag}-{coding}"' if coding else f'"{self.etag}"'

    def _is_known(self, request: Request, coding: ContentCoding | None) -> bool:
        """RFC 9110 section 13.1.3: If-Modified-Since counts only where there is no If-None-Match."""
        known = request.headers.get("if-none-match")
        if known is not None:
            tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
            return bool(tags & {"*", self._tag(coding)})
        since = request.headers.get("if-modified-since")
        return since is not None and self.modified is not None and _is_since(since, self.modified)


def _is_since(header: str, modified: datetime) -> bool:
    try:
        since = parsedate_to_datetime(header)
    except ValueError:
        return False
    return modified.replace(microsecond=0) <= (since if since.tzinfo else since.replace(tzinfo=UTC))


def http_date(moment: datetime) -> str:
    """As HTTP writes it, e.g. 'Mon, 18 May 2026 09:00:00 GMT'."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
