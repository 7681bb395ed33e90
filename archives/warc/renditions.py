"""A page as a browser held it once its scripts had run: a conversion of the document that was captured.

The record is a `conversion` that refers to the document's (ISO 28500:2017, 6.7), under a URN that has the page's URL in
it: under that URL itself, replay would show it in the page's place, and run its scripts a second time. A screenshot
stands beside it as a `resource`. Nothing of this was on the wire, and no record says so.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from archives.cdxj import RENDERED, Capture, timestamp_of
from archives.digests import Digest, sha1
from archives.surt import surt
from archives.warc.bundle import URN, Bundle, NewId, Pairs, Part, pack, warc_date
from archives.warc.record import Record

HTML = "text/html; charset=utf-8"
PNG = "image/png"
SCREENSHOT = f"{URN}:screenshot:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """What a browser made of a document."""

    document: Capture
    """Of the response that was opened, or of the revisit that stands for it."""
    taken: datetime
    """When the scripts had run; aware."""
    dom: bytes
    """The document tree written out as HTML, in UTF-8."""
    screenshot: bytes | None = None
    """PNG."""


def bundle_rendition(rendition: Rendition, *, new_id: NewId, warcinfo_id: str) -> Bundle:
    """Build and compress the records of a rendition."""
    url = rendition.document.url
    common: Pairs = [("WARC-Date", warc_date(rendition.taken)), ("WARC-Warcinfo-ID", warcinfo_id)]
    dom = _part("conversion", f"{RENDERED}{url}", HTML, rendition.dom, refers_to=rendition.document.record_id)
    shot = rendition.screenshot
    others = [_part("resource", f"{SCREENSHOT}{url}", PNG, shot)] if shot is not None else []
    return pack(dom, others, common, new_id=new_id, size=len(rendition.dom) + len(shot or b""))


def _part(kind: str, target: str, content_type: str, content: bytes, *, refers_to: str | None = None) -> Part:
    digest = sha1(content)
    headers = [
        ("WARC-Type", kind),
        ("WARC-Target-URI", target),
        ("WARC-Block-Digest", digest),
        ("WARC-Payload-Digest", digest),
    ]
    if refers_to:
        headers.append(("WARC-Refers-To", refers_to))
    return Part(headers, content_type, io.BytesIO(content), len(content))


def is_rendition(record: Record) -> bool:
    """Whether a record holds a page as a browser held it, written by us."""
    return record.type == "conversion" and record.target_uri.startswith(RENDERED)


def rendition_in(record: Record, warc: str) -> Capture:
    """The capture that a rendition's record is."""
    date = record.get("WARC-Date") or ""
    return Capture(
        url=record.target_uri.removeprefix(RENDERED),
        surt=surt(record.target_uri),
        timestamp=timestamp_of(date),
        date=date,
        warc=warc,
        offset=record.offset,
        length=record.length,
        record_id=record.record_id,
        payload_digest=Digest(record.get("WARC-Payload-Digest") or sha1(record.content())),
        status=200,
        mime="text/html",
        kind="rendition",
        refers_to=record.get("WARC-Refers-To"),
    )


def rendition_captured(rendition: Rendition, packed: Bundle, warc: str, offset: int) -> Capture:
    """The capture that a rendition is, once its records stand at an offset."""
    date = warc_date(rendition.taken)
    return Capture(
        url=rendition.document.url,
        surt=surt(f"{RENDERED}{rendition.document.url}"),
        timestamp=timestamp_of(date),
        date=date,
        warc=warc,
        offset=offset,
        length=packed.length,
        record_id=packed.record_id,
        payload_digest=sha1(rendition.dom),
        status=200,
        mime="text/html",
        kind="rendition",
        refers_to=rendition.document.record_id,
    )


def as_message(record: Record) -> BinaryIO:
    """A rendition under the head with which its document could have been sent, for those who read messages."""
    content = record.content()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {HTML}\r\nContent-Length: {len(content)}\r\n\r\n"
    return io.BytesIO(head.encode() + content)
