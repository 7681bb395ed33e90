"""One file of a bulk extraction, from fetching it to its articles."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from archives.errors import ArchiveError, StorageFailed, in_words
from archives.output import written_whole
from crawler.export.parquet import parquet_rows
from crawler.jobs.bulk.fetch import Unreachable, at_hand
from crawler.jobs.bulk.inputs import Input
from crawler.jobs.bulk.manifest import FETCHED, RESULTS, Settled
from crawler.jobs.extract import Extracted, Revisions, Tally, Unread, extract_pages
from crawler.jobs.filters import PageFilter
from crawler.jobs.sources import pages_of
from crawler.sites import Site

Format = Literal["jsonl", "parquet"]
MOST_SAID = 10
"""Faults of a file of which the manifest keeps the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How files are extracted."""

    folder: Path
    format: Format = "jsonl"
    filters: PageFilter = field(default_factory=PageFilter)
    truncated: bool = False
    """Whether captures that broke off are read, too."""
    sites: tuple[Site, ...] = ()


def settle(source: Input, settings: Settings) -> Settled:
    """Extract one file; its result is there, whole, or not at all."""
    began = time.monotonic()
    try:
        with at_hand(source, settings.folder / FETCHED) as path:
            settled = _extracted(path, source, settings)
    except (Unreachable, StorageFailed) as fault:
        settled = Settled(input=source.address, state="failed", reason=str(fault))
    except Exception as fault:  # noqa: BLE001  # one file among thousands must not cost the others
        reason = str(fault) if isinstance(fault, ArchiveError) else in_words(fault)
        settled = Settled(input=source.address, state="quarantined", reason=reason)
    return replace(settled, seconds=round(time.monotonic() - began, 3))


def _extracted(path: Path, source: Input, settings: Settings) -> Settled:
    tally, said = Tally(), list[str]()
    tell = tally.tell(lambda fault: said.append(str(fault)))
    result = settings.folder / RESULTS / f"{source.stem}.{settings.format}"
    with _results(result, settings.format) as write:
        pages = pages_of(path, tell, wanted=tally.wanted(settings.filters.wants))
        wanted = (replace(page, truncated=False) for page in pages) if settings.truncated else pages
        outcomes = extract_pages(wanted, sites=settings.sites, filters=settings.filters)
        for outcome in map(Revisions().of, outcomes):
            tally.count(outcome)
            if isinstance(outcome, Extracted):
                write(outcome.line)
            elif isinstance(outcome, Unread):
                said.append(outcome.line)
        if tally.is_hopeless:
            raise _Poison(said[0])
    if not tally.articles:
        result.unlink()
    return Settled(
        input=source.address,
        state="done",
        result=result.name if tally.articles else None,
        articles=tally.articles,
        left_out=dict(tally.rejected.most_common()),
        faults=tally.faults,
        said=tuple(said[:MOST_SAID]),
        bytes=path.stat().st_size,
    )


class _Poison(ArchiveError):
    """A file of which nothing could be read."""


@contextmanager
def _results(path: Path, form: Format) -> Iterator[Callable[[str], object]]:
    """Takes articles as lines of JSON."""
    with written_whole(path) as out:
        if form == "parquet":
            with parquet_rows(out) as write:
                yield write
        else:
            yield lambda line: out.write(f"{line}\n".encode())
