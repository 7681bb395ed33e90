"""Archived pages, not yet understood, and those of anyone's WARC files, in the order of the input."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from archives.cdxj import Capture
from archives.errors import ArchiveError, MalformedMessage, MalformedRecord
from archives.http import DECODED_LIMIT, parse
from archives.warc.groups import capture_of, groups, message_in
from archives.warc.reader import read_records
from crawler.capture import capture_ref
from crawler.extraction import extract
from crawler.items import Article, CaptureRef, Rejected, SiteRules
from crawler.jobs.filters import is_page
from crawler.sites import Site, site_for_url

LARGEST = DECODED_LIMIT
"""Bytes of a response that is still read into memory."""

OnFault = Callable[[ArchiveError], None]
Wanted = Callable[[Capture], bool]
"""Whether the page of a capture is to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPage:
    """An HTML response as archived, not yet decoded."""

    url: str
    message: bytes
    """Head and body as received; a lone HTML file has no head."""
    capture: CaptureRef | None = None
    truncated: bool = False
    """Whether the archive holds only a part of it."""
    site: str | None = None
    """Name of the site that it was crawled for, where its article in the catalog tells it."""

    def article(self, sites: Sequence[Site] = ()) -> Article | Rejected:
        """What the page says, by the rules that its site had on the day of the capture.

        ArchiveError, if the message cannot be read.
        """
        content, content_type = self.content()
        found = extract(content, self.url, content_type, rules=self.rules(sites))
        return replace(found, capture=self.capture) if isinstance(found, Article) else found

    def rules(self, sites: Sequence[Site]) -> SiteRules | None:
        """The rules that the page's site had on the day of the capture; None if no site is known."""
        site = site_named(self.site, sites) if self.site else site_for_url(sites, self.url)
        return site.rules(_day(self.capture.date) if self.capture else None) if site else None

    def content(self) -> tuple[bytes, str | None]:
        """The decoded page and its Content-Type; ArchiveError, if the message cannot be read."""
        if self.capture is None:
            return self.message, None
        try:
            urlsplit(self.url)
        except ValueError as exc:
            raise MalformedMessage(f"no address ({exc}); the page is left out") from exc
        response = parse(self.message)
        return response.body, response.head.text(b"content-type")


def _day(moment: str) -> date | None:
    """The day of a capture; None, if somebody wrote down a moment that is none."""
    try:
        return date.fromisoformat(moment[:10])
    except ValueError:
        return None


def site_named(name: str, sites: Iterable[Site]) -> Site:
    """The site of that name; one without rules, if it was crawled by its address, without a site file."""
    return next((site for site in sites if site.name == name), None) or Site(name=name)


def pages_of_warc(
    source: Path | BinaryIO, name: str, on_fault: OnFault, wanted: Wanted = is_page
) -> Iterator[ArchivedPage]:
    """HTML responses of a WARC file, whoever wrote it, that are wanted; `name` stands in their `capture`.

    What cannot be read is told to `on_fault`, and reading goes on behind it.
    """
    for group in groups(read_records(source, on_fault=on_fault)):
        capture = capture_of(group, name)
        if capture and capture.kind in {"response", "rendition"} and wanted(capture):
            response = next(record for record in group if record.record_id == capture.record_id)
            if size_of(response.block) > LARGEST:
                what = f"a page of more than {LARGEST >> 20} MB is left out; news pages are shorter"
                on_fault(MalformedRecord(name, what, capture.offset))
                continue
            yield page_of(capture, message_in(response).read())


def size_of(stream: BinaryIO) -> int:
    """Bytes of a record's block, which is then at its start."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return size


def page_of(capture: Capture, message: bytes) -> ArchivedPage:
    """The page of a capture, with the response message read back."""
    ref, truncated = capture_ref(capture), capture.truncated is not None
    return ArchivedPage(url=capture.url, message=message, capture=ref, truncated=truncated)
