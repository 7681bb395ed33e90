"""Articles from archived pages, in the order of the pages; in several processes, if asked to."""

import json
import os
import pickle
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing.resource_sharer import DupFd

from archives.cdxj import Capture
from archives.digests import Digest
from archives.errors import ArchiveError, StorageFailed, in_words
from archives.seen import seen_digest
from archives.tracking import untracked
from crawler.items import Rejected, as_item
from crawler.jobs.filters import ANY_PAGE, PageFilter
from crawler.jobs.pages import ArchivedPage, OnFault, Wanted
from crawler.jobs.processes import end_with_parent, forks, settle_in
from crawler.sites import Site

BATCH = 24
"""Pages that go to a worker at once: fewer and the hand-over costs, more and memory does."""
WAITING = 4
"""Batches per worker that may wait for their turn in the output."""
MEANWHILE = 100
"""Pages that are extracted while the server of the workers starts: it takes as long, and fewer need no worker."""


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


class WorkerKilled(ArchiveError):
    """A process that extracts came to its end before its pages did."""


@dataclass(slots=True)
class Tally:
    """What became of the pages so far."""

    articles: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    """Reason → how many."""
    faults: int = 0
    """Places in the input that could not be read."""
    passed: int = 0
    """Captures that were read, and were no wanted pages."""

    def wanted(self, wanted: Wanted) -> Wanted:
        """Asks whether a capture is wanted, and counts those that are not."""

        def is_wanted(capture: Capture) -> bool:
            found = wanted(capture)
            self.passed += not found
            return found

        return is_wanted

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
        """Whether there were faults, and nothing that could be read."""
        return self.faults > 0 and not (self.articles or self.rejected or self.passed)

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


def extract_pages(
    pages: Iterable[ArchivedPage], *, sites: Sequence[Site] = (), jobs: int = 1, filters: PageFilter = ANY_PAGE
) -> Iterator[Outcome]:
    """What becomes of each page, in the order of the pages.

    WorkerKilled, if one of several processes ends before its time; StorageFailed, if there is no room for what goes to
    them.
    """
    if jobs == 1:
        yield from (outcome(page, sites, filters) for page in pages)
        return
    pages, context = iter(pages), forks()
    yield from (outcome(page, sites, filters) for page in islice(pages, MEANWHILE))
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(sites, filters)) as workers:
        try:
            yield from _in_turn(pages, workers, WAITING * jobs)
        except BrokenProcessPool as exc:
            raise WorkerKilled("a process was killed, for want of memory perhaps; use fewer --jobs") from exc
        finally:
            workers.shutdown(cancel_futures=True)


def _in_turn(pages: Iterator[ArchivedPage], workers: Executor, most: int) -> Iterator[Outcome]:
    """What the workers make of the pages, in their order; `most` batches wait for their turn."""
    waiting: deque[Future[list[Outcome]]] = deque()
    for batch in iter(lambda: list(islice(pages, BATCH)), []):
        waiting.append(workers.submit(_outcomes, _handed_over(batch)))
        if len(waiting) > most:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


_extraction: tuple[Sequence[Site], PageFilter] = (), ANY_PAGE
"""In a worker: by which rules, and what is wanted."""


def _begin(sites: Sequence[Site], filters: PageFilter) -> None:
    global _extraction  # a worker has one job, and its batches bring nothing but pages
    _extraction = sites, filters
    end_with_parent()
    settle_in()


def _handed_over(pages: Sequence[ArchivedPage]) -> DupFd:
    """Pages on their way to a worker: in a file, as a pipe takes 64 KiB, and the worker would wait for each.

    The file has no name, so that nothing is left of it, however the processes end. StorageFailed, if there is no room.
    """
    try:
        with tempfile.TemporaryFile() as file:
            file.write(pickle.dumps(pages, pickle.HIGHEST_PROTOCOL))
            file.flush()
            return DupFd(file.fileno())
    except OSError as exc:
        what = f"no temporary file for pages: {in_words(exc)}; make room, or set TMPDIR"
        raise StorageFailed(f"{tempfile.gettempdir()}: {what}") from exc


def _outcomes(handed_over: DupFd) -> list[Outcome]:
    with os.fdopen(handed_over.detach(), "rb") as file:
        file.seek(0)
        pages: list[ArchivedPage] = pickle.load(file)  # noqa: S301 — written by `extract_pages`
    return [outcome(page, *_extraction) for page in pages]


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
