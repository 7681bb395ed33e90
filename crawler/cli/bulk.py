"""`newswarc extract --queue`: its options, its progress, and what it says at the end."""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from archives.store import require_fsspec
from crawler.cli.grouped import grouped
from crawler.cli.options import counted, print_json
from crawler.cli.pages import Reading, complain, left_out
from crawler.export.columns import require_pyarrow
from crawler.jobs.bulk.inputs import Input
from crawler.jobs.bulk.manifest import NAME, Manifest, Settled
from crawler.jobs.bulk.one_file import Format, Settings
from crawler.jobs.bulk.run import settle_all
from crawler.jobs.filters import PageFilter

TOLD_EVERY = 60.0
"""Seconds between two lines about the progress where there is no terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A list of files to extract, and how."""

    listed: Path | None
    """The file with the list; None, if there is none."""
    again: bool
    """Whether to try once more what is quarantined."""
    form: Format


queue_options = grouped(
    "queue",
    Queue,
    click.option(
        "--queue",
        "listed",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        is_eager=True,
        metavar="PATHS.txt",
        help="Extract each WARC or WACZ file of this list: paths, https:// and s3:// addresses, paths of Common Crawl.",
    ),
    click.option("--again", is_flag=True, help="With --queue: try what is quarantined once more."),
    click.option(
        "--format",
        "form",
        type=click.Choice(["jsonl", "parquet"]),
        default="jsonl",
        help="With --queue: of the results.",
    ),
)
"""The argument `queue`, a Queue."""


@dataclass(slots=True)
class Sums:
    """What became of all files of a list, in this run or before."""

    files: Counter[str] = field(default_factory=Counter)
    """State → how many; `done_before` are those that an earlier run had settled."""
    articles: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    bytes: int = 0
    quarantined: dict[str, str] = field(default_factory=dict)
    """Address → reason."""

    def count(self, settled: Settled) -> None:
        """Take note of one file."""
        self.files[settled.state] += 1
        self.articles += settled.articles
        self.left_out.update(settled.left_out)
        self.faults += settled.faults
        self.bytes += settled.bytes
        if settled.state == "quarantined":
            self.quarantined[settled.input] = settled.reason or ""

    def as_json(self, seconds: float) -> dict[str, Any]:
        """Plain values; `seconds` are of this run."""
        return {
            "files": dict(self.files),
            "articles": self.articles,
            "left_out": dict(self.left_out.most_common()),
            "faults": self.faults,
            "bytes": self.bytes,
            "quarantined": self.quarantined,
            "seconds": round(seconds, 1),
        }

    def __str__(self) -> str:
        states = ", ".join(f"{count:,} {state}" for state, count in self.files.items())
        parts = (counted(self.articles, "article"), f"files: {states or 'none'}", left_out(self.left_out))
        return "; ".join(filter(None, parts))


def extract_queue(
    inputs: list[Input],
    queue: Queue,
    folder: Path,
    filters: PageFilter,
    reading: Reading,
    *,
    quiet: bool,
    as_json: bool,
) -> int:
    """Extract from all files of a list into a folder, and say how it goes; returns the exit status."""
    if queue.form == "parquet":
        require_pyarrow()
    if any(one.is_remote for one in inputs):
        require_fsspec()
    form, truncated = queue.form, reading.truncated
    settings = Settings(folder=folder, format=form, filters=filters, truncated=truncated, sites=reading.sites())
    manifest, sums, began = Manifest(folder), Sums(), time.monotonic()
    with manifest.opened({"format": form, "truncated": truncated, "sites": not reading.no_sites, **written(filters)}):
        todo = manifest.todo(inputs, again=queue.again)
        with Shown(total=len(inputs), before=len(inputs) - len(todo)) as shown:
            for settled in settle_all(todo, settings, jobs=reading.jobs):
                manifest.note(settled)
                shown.show(settled)
        known = manifest.settled()
    for settled in (known[one.address] for one in inputs if one.address in known):
        sums.count(settled)
    if as_json:
        print_json(sums.as_json(time.monotonic() - began))
    elif not quiet:
        click.echo(f"{sums}; each file's account is in {folder / NAME}", err=True)
    return 1 if sums.faults or sums.files.keys() - {"done"} else 0


def written(filters: PageFilter) -> dict[str, Any]:
    """The filters as a manifest has them."""
    return {
        "mimes": filters.mimes and sorted(filters.mimes),
        "statuses": filters.statuses and sorted(filters.statuses),
        "url": filters.url and filters.url.pattern,
        "languages": filters.languages and sorted(filters.languages),
        "since": filters.since,
        "until": filters.until,
    }


class Shown:
    """Shows how far the work is: a bar in a terminal, else a line a minute; and what is wrong with files."""

    def __init__(self, *, total: int, before: int) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("files"),
            TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn(elapsed_when_finished=False),
            console=self._console, transient=True, disable=not self._console.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task("extracting", total=total, completed=before)
        self._total, self._before, self._settled, self._articles = total, before, 0, 0
        self._began = self._told = time.monotonic()

    def __enter__(self) -> "Shown":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, settled: Settled) -> None:
        """Take note of one file more."""
        self._settled += 1
        self._articles += settled.articles
        self._bar.advance(self._task)
        if settled.state != "done":
            click.echo(f"newswarc: {settled.input}: {settled.state}: {settled.reason}", err=True)
        for line in settled.said:
            complain(line)
        if (untold := settled.faults - len(settled.said)) > 0:
            click.echo(f"newswarc: {settled.input}: {untold:,} more places could not be read", err=True)
        now = time.monotonic()
        if not self._console.is_terminal and now - self._told >= TOLD_EVERY:
            self._told = now
            click.echo(self._line(now - self._began), err=True)

    def _line(self, seconds: float) -> str:
        left = (self._total - self._before - self._settled) * seconds / self._settled
        files = f"{self._before + self._settled:,} of {self._total:,} files"
        return f"{files}, {counted(self._articles, 'article')} in this run; about {left / 60:,.0f} min left"
