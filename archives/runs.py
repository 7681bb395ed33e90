"""The runs of a collection: each has a folder in `reports/`, with its crawl log and what is counted in it.

A run begins with a `report.json` that names its sites and seeds, and ends with all its reports. What a crawl that died
has left unfinished is completed by the next one: the crawl log from the WARC files, the reports from the log.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from archives.catalog import Catalog
from archives.counted import counted
from archives.crawl_log import NAME, Fetch, fetch_of, format_fetch, read_log
from archives.errors import MalformedRecord, StorageFailed
from archives.http import head_size
from archives.in_place import replaced
from archives.layout import LATELY, Layout, begun_at, warc_name
from archives.run_report import DIED, Run, SiteRun, read_run, report_of, write_report, write_reports
from archives.torn import cut_torn_line
from archives.warc.bundle import warc_date
from archives.warc.groups import Group, capture_of, completed, groups
from archives.warc.reader import read_records
from archives.warc.segment import SOFTWARE

FoundBy = Callable[[str], Mapping[str, Any]]
"""URL → `path`, `via` and `source` of the fetch, as far as they are known."""

RECOVERED = "recovered"
"""The annotation of a line that was written from the archive, after a crawl had died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCompleted:
    """What was put right in the reports of a run that died."""

    job: str
    written: int
    """Lines of exchanges that were archived and not in the crawl log."""
    removed: int
    """Lines of exchanges that never reached the disk."""

    def __str__(self) -> str:
        done = f"reports/{self.job}: completed after a crash; "
        done += f"{counted(self.written, 'missing line')} of the crawl log written"
        return done + (f", {counted(self.removed, 'line')} without records removed" if self.removed else "")


def runs(layout: Layout, *, newest_first: bool = False) -> Iterator[tuple[Path, Run, dict[str, Any]]]:
    """Folder, run and report as it was written, of each run, the oldest first unless said otherwise, as asked for."""
    jobs = layout.jobs()
    for folder in map(layout.run_reports, reversed(jobs) if newest_first else jobs):
        if (found := read_run(folder)) is not None:
            yield folder, *found


def begin_site(layout: Layout, job: str, site: SiteRun, *, now: datetime) -> Path:
    """Note that a run is at a site, its first or one more; returns the folder for the crawl log."""
    folder = layout.run_reports(job)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as exc:
        raise StorageFailed(f"{folder}: {exc.strerror}; make room, or make the folder writable") from exc
    earlier = read_run(folder)
    run = earlier[0] if earlier else Run(job=job, began=warc_date(now), collection=layout.name, software=SOFTWARE)
    others = tuple(one for one in run.sites if one.name != site.name)
    write_report(folder, report_of(replace(run, sites=(*others, site)), ()))
    return folder


def end_site(layout: Layout, job: str, site: SiteRun) -> None:
    """Note how the crawl of a site ended, and write the run's reports."""
    folder = layout.run_reports(job)
    if (found := read_run(folder)) is None:
        raise StorageFailed(f"{folder}: the run's report is gone; the crawl log and the WARC files have what it had")
    sites = tuple(site if one.name == site.name else one for one in found[0].sites)
    write_reports(folder, report_of(replace(found[0], sites=sites), read_log(folder / NAME)))


def complete_runs(
    layout: Layout, catalog: Catalog, *, found_by: FoundBy, states_of: Callable[[str], Mapping[str, int]]
) -> Iterator[RunCompleted]:
    """Complete the crawl logs and reports of runs that died lately; only for who holds the writer's lock."""
    lately = list(islice(runs(layout, newest_first=True), LATELY))
    for folder, run in ((folder, run) for folder, run, _ in reversed(lately) if not run.finished):
        try:
            removed = _cut_log(layout, catalog, folder / NAME)
            written = _complete_log(layout, catalog, folder / NAME, run.began, found_by)
        except OSError as exc:
            raise StorageFailed(f"{folder / NAME}: {exc.strerror}; make room and try again") from exc
        sites = tuple(_died(site, states_of) for site in run.sites)
        write_reports(folder, report_of(replace(run, sites=sites), read_log(folder / NAME)))
        yield RunCompleted(job=run.job, written=written, removed=removed)


def _died(site: SiteRun, states_of: Callable[[str], Mapping[str, int]]) -> SiteRun:
    return site if site.finish_reason else replace(site, finish_reason=DIED, states=states_of(site.name))


def _cut_log(layout: Layout, catalog: Catalog, log: Path) -> int:
    """Take off a torn last line, and lines whose records never reached the disk; returns how many those are."""
    if not log.exists():
        return 0
    cut_torn_line(log)
    sizes = {warc_name(path): path.stat().st_size for path in layout.warcs()}

    def is_lost(fetch: Fetch) -> bool:
        beyond = fetch.warc is not None and (fetch.offset or 0) >= sizes.get(fetch.warc, 0)
        return beyond and catalog.by_record_id(fetch.record_id) is None

    lost = sum(map(is_lost, read_log(log)))
    if lost:
        with replaced(log) as kept:
            kept.writelines(f"{format_fetch(fetch)}\n".encode() for fetch in read_log(log) if not is_lost(fetch))
    return lost


def _complete_log(layout: Layout, catalog: Catalog, log: Path, began: str, found_by: FoundBy) -> int:
    """Write a line for each exchange of the run that was archived behind the last one that has a line."""
    last: Fetch | None = None
    for fetch in read_log(log):
        last = fetch if fetch.warc else last
    written = 0
    with log.open("a", encoding="utf-8") as out:
        for path in _files_since(layout, began, last):
            for group in _groups_behind(path, last):
                missing = _recovered(group, catalog, warc_name(path), found_by)
                if missing is not None and (group[0].get("WARC-Date") or "") >= began:
                    out.write(f"{format_fetch(missing)}\n")
                    written += 1
        out.flush()
        os.fsync(out.fileno())
    return written


def _files_since(layout: Layout, began: str, last: Fetch | None) -> list[Path]:
    """The WARC files since the run began, by their names to the second, from the one on that the log names last."""
    second = began[:19]
    files = [path for path in layout.warcs() if (begun := begun_at(path.name)) is not None and begun >= second]
    return [path for path in files if last is None or warc_name(path) >= (last.warc or "")]


def _groups_behind(path: Path, last: Fetch | None) -> Iterator[Group]:
    """The groups of a file that is whole, those left out that come before the last one that is logged, and that too."""
    if last is None or warc_name(path) != last.warc:
        yield from groups(read_records(path, on_fault=_ignore))
        return
    found = False
    for group in groups(read_records(path, start=_start(path, last), on_fault=_ignore)):
        if found:
            yield group
        found = found or any(record.record_id == last.record_id for record in group)


def _start(path: Path, last: Fetch) -> int:
    """Where the last logged record is; the file's beginning, if a takedown has moved it."""
    try:
        record = next(read_records(path, start=last.offset or 0), None)
    except MalformedRecord:
        return 0
    return (last.offset or 0) if record is not None and record.record_id == last.record_id else 0


def _ignore(fault: MalformedRecord) -> None:
    """What is damaged has no line; `verify` says so."""


def _recovered(group: Group, catalog: Catalog, warc: str, found_by: FoundBy) -> Fetch | None:
    capture = capture_of(group, warc)
    if capture is None or capture.kind == "rendition":
        return None
    capture = completed(capture, catalog.by_record_id)
    block = group[0].block
    size = block.seek(0, 2) - head_size(block) if capture.kind == "response" else None
    moment = datetime.fromisoformat(capture.date)
    return fetch_of(capture, logged=moment, size=size, annotations=(RECOVERED,), **found_by(capture.url))


def current_report(layout: Layout, job: str) -> dict[str, Any] | None:
    """The report of a run; of one that goes on, or died, what its log tells so far. None, if there is no such run."""
    folder = layout.run_reports(job)
    if job not in layout.jobs() or (found := read_run(folder)) is None:
        return None
    run, report = found
    return report if run.finished else report_of(run, read_log(folder / NAME))
