"""Articles from what is archived already: anyone's WARC files, collections, lone HTML files; in input order."""

import io
import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from archives.cdxj import Capture
from archives.collection import Collection
from archives.digests import Digest
from archives.errors import ArchiveError, MalformedMessage, MalformedRecord
from archives.folders import elsewhere
from archives.http import DECODED_LIMIT, parse
from archives.seen import seen_digest
from archives.tracking import untracked
from archives.warc.groups import capture_of, groups, message_in
from archives.warc.reader import read_records
from crawler.capture import capture_ref
from crawler.extraction import extract
from crawler.items import Article, CaptureRef, Rejected, SiteRules, as_item
from crawler.jobs.filters import ANY_PAGE, PageFilter, is_page
from crawler.sites import Site, site_for_url

NOT_MODIFIED = 304
BATCH = 8
"""Pages that go to a worker at once: fewer and the hand-over costs, more and memory does."""
WAITING = 4
"""Batches per worker that may wait for their turn in the output."""

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
        captured = date.fromisoformat(self.capture.date[:10]) if self.capture else None
        return site.rules(captured) if site else None

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


def site_named(name: str, sites: Iterable[Site]) -> Site:
    """The site of that name; one without rules, if it was crawled by its address, without a site file."""
    return next((site for site in sites if site.name == name), None) or Site(name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A page whose archived message cannot be read."""

    line: str
    """Where, what, what next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A page's article."""

    line: str
    """JSON, without line end."""
    key: str
    """By what the article is known, whatever capture it is from."""
    digest: Digest
    """Of what a reader sees of it."""


Outcome = Extracted | Rejected | Unread
"""A page's article, or why it has none."""

TRUNCATED, UNCHANGED, OTHER_LANGUAGE = "truncated", "unchanged", "another language"
"""Reasons for which a page is left out although it holds an article."""


@dataclass(slots=True)
class Tally:
    """What became of the pages so far."""

    articles: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    """Reason → how many."""
    faults: int = 0
    """Places in the input that could not be read."""

    def count(self, outcome: Outcome) -> None:
        """Take note of one page."""
        if isinstance(outcome, Rejected):
            self.rejected[outcome.reason] += 1
        elif isinstance(outcome, Unread):
            self.faults += 1
        else:
            self.articles += 1

    @property
    def is_hopeless(self) -> bool:
        """Whether there were faults, and not one page that could be read."""
        return self.faults > 0 and not self.articles and not self.rejected

    def tell(self, complain: Callable[[ArchiveError], None]) -> OnFault:
        """Tells a fault of the input, and counts it."""

        def told(fault: ArchiveError) -> None:
            self.faults += 1
            complain(fault)

        return told


class Revisions:
    """Numbers what differs from the article's last capture, and leaves out what does not."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, Digest]] = {}

    def of(self, outcome: Outcome) -> Outcome:
        """The outcome with the revision that it turns out to be; rejected as unchanged if it is none."""
        if not isinstance(outcome, Extracted):
            return outcome
        revision, digest = self._last.get(outcome.key, (0, ""))
        if digest == outcome.digest:
            return Rejected(url=outcome.key, reason=UNCHANGED)
        self._last[outcome.key] = (revision + 1, outcome.digest)
        if revision == 0:
            return outcome
        item = json.loads(outcome.line) | {"revision": revision + 1}
        return replace(outcome, line=json.dumps(item, ensure_ascii=False))


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


def pages_of_collection(
    path: Path, on_fault: OnFault, database: str | None = None, wanted: Wanted = is_page
) -> Iterator[ArchivedPage]:
    """HTML captures of a collection that are wanted, in the order of its index.

    A 304 is no new page, a repeated payload is one. Of a document that a browser rendered, the rendition is the page.
    What is in another folder of the collection is left to who extracts there.
    """
    with Collection.open(path, database=database) as collection:
        rendered = collection.catalog.rendered()
        is_shared = bool(elsewhere(collection.catalog, collection.layout))
        for capture in collection.captures():
            if not wanted(capture) or capture.status == NOT_MODIFIED or capture.record_id in rendered:
                continue
            if is_shared and not collection.holds(capture):
                continue
            try:
                page = page_in(collection, capture)
            except MalformedRecord as fault:
                on_fault(fault)
                continue
            yield page


def page_in(collection: Collection, capture: Capture) -> ArchivedPage:
    """The page of a capture, read back from the collection, with the site that it was crawled for."""
    page = page_of(capture, collection.exchange(capture).response_bytes())
    item = collection.catalog.item_of(capture.record_id)
    return replace(page, site=item["site"] if item else None)


def page_of(capture: Capture, message: bytes) -> ArchivedPage:
    """The page of a capture, with the response message read back."""
    ref, truncated = capture_ref(capture), capture.truncated is not None
    return ArchivedPage(url=capture.url, message=message, capture=ref, truncated=truncated)


def extract_pages(
    pages: Iterable[ArchivedPage], *, sites: Sequence[Site] = (), jobs: int = 1, filters: PageFilter = ANY_PAGE
) -> Iterator[Outcome]:
    """What becomes of each page, in the order of the pages."""
    if jobs == 1:
        yield from (outcome(page, sites, filters) for page in pages)
        return
    import crawler.jobs.loaded  # noqa: F401  # for all workers, who are forked

    pages = iter(pages)
    with ProcessPoolExecutor(jobs) as workers:
        waiting: deque[Future[list[Outcome]]] = deque()
        while batch := list(islice(pages, BATCH)):
            waiting.append(workers.submit(outcomes, batch, sites, filters))
            if len(waiting) > WAITING * jobs:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def outcomes(pages: Sequence[ArchivedPage], sites: Sequence[Site], filters: PageFilter) -> list[Outcome]:
    """`outcome` of each page of a batch."""
    return [outcome(page, sites, filters) for page in pages]


def outcome(page: ArchivedPage, sites: Sequence[Site], filters: PageFilter = ANY_PAGE) -> Outcome:
    """What becomes of one page."""
    if page.capture and not filters.may_want(page.message):
        return Rejected(url=page.url, reason=OTHER_LANGUAGE)
    if page.truncated:
        return Rejected(url=page.url, reason=TRUNCATED)
    place = f"{page.capture.warc} at {page.capture.offset}, {page.url}" if page.capture else page.url
    try:
        found = page.article(sites)
    except ArchiveError as fault:
        return Unread(line=f"{place}: {fault}")
    except Exception as fault:  # noqa: BLE001  # one page among thousands must not cost the others
        return Unread(line=f"{place}: {type(fault).__name__}: {fault}; this is a fault in newswarc, please report it")
    if isinstance(found, Rejected):
        return found
    if not filters.wants_language(found.language):
        return Rejected(url=page.url, reason=OTHER_LANGUAGE)
    item = as_item(found)
    line = json.dumps(item, ensure_ascii=False)
    return Extracted(line=line, key=untracked(found.url), digest=seen_digest(item))


@dataclass(frozen=True, slots=True)
class ReExtractor:
    """Extracts anew for those who check items against their bytes; {} where there is no article.

    Given an item, it goes by the rules that the site which the item names had on the day of its capture.
    """

    sites: tuple[Site, ...]

    def __call__(
        self, payload: bytes, url: str, content_type: str | None, item: Mapping[str, Any] | None = None, /
    ) -> dict[str, Any]:
        """The item of a page as plain data."""
        found = extract(payload, url, content_type, rules=self._rules_of(item) if item else self._rules(url))
        return as_item(found) if isinstance(found, Article) else {}

    def _rules(self, url: str) -> SiteRules | None:
        site = site_for_url(self.sites, url)
        return site.rules() if site else None

    def _rules_of(self, item: Mapping[str, Any]) -> SiteRules | None:
        if not (name := item.get("site")):
            return None
        return site_named(name, self.sites).rules(date.fromisoformat(item["capture"]["date"][:10]))


def re_extractor(sites: Sequence[Site]) -> ReExtractor:
    """The extractor of those who check items, with the sites that are configured."""
    return ReExtractor(tuple(sites))
