"""`newswarc crawl`: archive sites and extract their articles."""

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from rich.table import Table

from crawler.cli.grouped import grouped
from crawler.cli.options import (
    SIZE,
    as_json,
    collection_path,
    database,
    home,
    open_runs,
    print_json,
    sites_for,
)
from crawler.cli.outputs import output_file
from crawler.cli.progress import watched_crawl
from crawler.cli.tables import print_text
from crawler.jobs.due import anything_due
from crawler.jobs.folder import require_jobs
from crawler.jobs.lease import Lease
from crawler.jobs.summary import BYTES_UP, INTERRUPTED, NOTHING_DUE, TIME_UP, RunSummary, as_row, nothing_due
from crawler.jobs.targets import shown as shown_target
from crawler.jobs.targets import site_of
from crawler.sites import Site

TOLD_ELSEWHERE = ("sources_unusable", "fruitless", "unsent", "problem")
"""Facts that have lines of their own."""
ENDED_EARLY = {INTERRUPTED: "interrupted", TIME_UP: "the time was up", BYTES_UP: "the bytes were used up"}
NO_CONTACT = "publishers cannot see who crawls; set NEWSWARC_CONTACT to a URL or mail address that you answer"


class _Lease(click.ParamType[tuple[int, int, float]]):
    name = "LEASE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int, float]:
        try:
            number, attempt, seconds = str(value).split(":")
            return int(number), int(attempt), float(seconds)
        except ValueError:
            self.fail(f"{value!r} is no lease; it is for crawls that a worker starts", param, ctx)


LEASE = _Lease()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far a crawl goes at most; None is without end."""

    max_pages: int | None
    max_time: float | None
    max_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """Who started the crawl, if it was no person: a scheduler or worker, who notes its end."""

    run: int | None
    """The number that the run has in the queue."""
    so_far: Path | None
    """Where to keep account of what is done, for whoever finds it killed."""
    lease: tuple[int, int, float] | None

    def held(self) -> AbstractContextManager[Lease | None]:
        """The worker's lease, as long as the block goes on."""
        return nullcontext() if self.lease is None else Lease(open_runs(), *self.lease)


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="SITE|URL…")
@click.option(
    "--collection",
    help="Collection to archive into: a name, or with a slash a folder.  [default: the name of the first site]",
)
@grouped(
    "bounds",
    Bounds,
    click.option(
        "--max-pages", type=click.IntRange(0), help="Articles to ask each site for at most; 0: none, only its sources."
    ),
    click.option("--max-time", type=click.FloatRange(min=0, min_open=True), help="Seconds after which the crawl ends."),
    click.option("--max-bytes", type=SIZE, help="Bytes after which the crawl ends, e.g. 200MB."),
)
@click.option("--due", is_flag=True, help="Only what is due by itself, as in the runs of a schedule.")
@click.option("--allow-private", is_flag=True, help="Also servers at loopback and private addresses.")
@click.option(
    "--requisites",
    type=click.Choice(["all", "images", "none"]),
    help="What to archive of what articles need to look right.  [default: as the site file says, else all]",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), callback=output_file, help="Also write the articles here."
)
@grouped(
    "employer",
    Employer,
    click.option("--run", type=int, hidden=True, help="The number of a scheduler's or worker's run."),
    click.option("--so-far", type=click.Path(path_type=Path), hidden=True, help="File for what is done so far."),
    click.option("--lease", type=LEASE, hidden=True, help="The worker's, as RUN:ATTEMPT:SECONDS."),
)
@as_json
def crawl(
    targets: tuple[str, ...],
    *,
    collection: str | None,
    bounds: Bounds,
    due: bool,
    allow_private: bool,
    requisites: str | None,
    output: Path | None,
    employer: Employer,
    as_json: bool,
) -> None:
    """Crawl configured sites, or any address: its feeds and sitemaps are found.

    Every response is archived byte for byte before it is read; articles go to the collection's items folder and
    catalog. What a site, its robots.txt or Retry-After does not ask for otherwise: half a second between two requests
    to a host. With --due, each feed, sitemap and section is polled in its own rhythm, and where nothing is due, nothing
    is begun (status 0, finish_reason "nothing due"). What was crawled is among the runs of 'newswarc jobs list'.

    Exit status 1 if no article is to be found, a named source cannot be had or is none, or the crawl broke
    off; 130 if it was interrupted, and then the same command goes on.

    \b
    Examples:
      newswarc crawl newsroom --max-pages 20
      newswarc crawl https://news.example/ --collection example --json
    """
    known = sites_for(targets, tell=employer.run is None)
    sites = [site_of(target, known) for target in targets]
    into = collection_path(sites[0].name if collection is None else collection)
    is_noted = employer.run is None and into.absolute().parent == home().absolute()
    if is_noted:
        require_jobs(home(), database())
    if due and not anything_due(into, sites, database=database()):
        show_result(nothing_due(into, sites), as_json=as_json)
        return
    from crawler.jobs.run import crawl as run_crawl  # Scrapy is slow to import, and often not needed

    warn_without_contact(sites)
    started = datetime.now(UTC)
    with employer.held() as lease, watched_crawl() as show:
        summary = run_crawl(
            sites,
            collection=into,
            **asdict(bounds),
            due_only=due,
            allow_private=allow_private,
            items=output,
            settings={"NEWSWARC_REQUISITES": requisites} if requisites else {},
            progress=show,
            so_far=employer.so_far,
            lease=lease,
        )
    show_result(summary, as_json=as_json)
    status, told = verdict(summary)
    for line in told:
        click.echo(f"newswarc: {line}", err=True)
    if is_noted and summary.collection is not None:
        named = [noted_as(*crawled, known) for crawled in zip(targets, sites, strict=True)]
        note(summary, named, into.name, started=started, status=status, problem=told[-1] if status else None)
    sys.exit(status)


def noted_as(target: str, site: Site, known: Mapping[str, Site]) -> str:
    """Whose run it is: the site's, or, of a lone address of a configured site, that of nobody but the address."""
    return site.name if site == known.get(site.name, site) else shown_target(target)


def note(
    summary: RunSummary,
    named: Iterable[str],
    collection: str,
    **ending: Any,  # noqa: ANN401  # columns of the runs
) -> None:
    """Have the crawl among the runs of 'newswarc jobs list'."""
    open_runs().note(", ".join(named), collection, summary=as_row(summary), **ending)


def show_result(summary: RunSummary, *, as_json: bool) -> None:
    """Print the summary."""
    if as_json:
        print_json(as_row(summary))
    elif summary.finish_reason == NOTHING_DUE:
        click.echo(f"{', '.join(summary.sites)}: nothing is due.")
    else:
        print_text(sheet(summary))


def warn_without_contact(sites: Iterable[Site]) -> None:
    """Say so, if publishers will not see who crawls."""
    if not os.environ.get("NEWSWARC_CONTACT") and any(map(is_anothers, sites)):
        click.echo(f"newswarc: {NO_CONTACT}", err=True)


def is_anothers(site: Site) -> bool:
    """Whether the site's publisher sees a User-Agent that names nobody, and may want to know who crawls."""
    from crawler.capture.addresses import is_public  # likewise

    host = urlsplit(site.origin).hostname or ""
    try:
        public = is_public(host)
    except ValueError:  # a name
        public = host != "localhost"
    return public and not (site.allow_private or site.politeness.contact or site.politeness.user_agent)


def verdict(summary: RunSummary) -> tuple[int, list[str]]:
    """The exit status, and what is to be said on standard error: what was found bad, and why it ended early."""
    told = [summary.unsent] if summary.unsent else []
    faults = faults_of(summary)
    status = 130 if summary.finish_reason == INTERRUPTED else 1 if faults else 0
    if ended := ENDED_EARLY.get(summary.finish_reason):
        pending = summary.ledger.get("pending", 0)
        left = f", {pending:,} pending; the same command goes on with them" if pending else "; the same command goes on"
        faults.append(f"{ended}{left}")
    return status, [*told, *faults]


def faults_of(summary: RunSummary) -> list[str]:
    """What was found bad, one line each."""
    lines = [*summary.sources_unusable, *summary.fruitless, *([summary.problem] if summary.problem else [])]
    if not lines and summary.requests and not summary.captures and summary.finish_reason != INTERRUPTED:
        lines = [f"nothing could be captured; {summary.log} tells why"]
    return list(dict.fromkeys(lines))


def sheet(summary: RunSummary) -> Table:
    """The summary for a person, one line a fact; what did not happen is left out, and what has a line of its own."""
    table = Table(box=None, show_header=False)
    for fact, value in as_row(summary).items():
        if (value and fact not in TOLD_ELSEWHERE) or fact in ("pages", "articles"):
            table.add_row(fact.replace("_", " "), shown(value))
    return table


def shown(value: object) -> str:
    """A fact as a person reads it."""
    if isinstance(value, dict):
        return ", ".join(f"{count:,} {what}" for what, count in value.items())
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:,}" if isinstance(value, int | float) else str(value)
