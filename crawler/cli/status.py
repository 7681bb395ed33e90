"""`newswarc status`: what is in a collection."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from archives.errors import ArchiveError
from crawler.cli.options import (
    as_json,
    collection_path,
    counted,
    database,
    home,
    is_collection,
    open_incidents,
    open_runs,
    print_json,
    tell_without_scheduler,
    usable_sites,
)
from crawler.cli.tables import figure, minute, print_text
from crawler.jobs.folder import has_jobs
from crawler.jobs.runs import Runs
from crawler.jobs.service import SiteService, services
from crawler.jobs.status import Status, status_of


@click.command()
@click.argument("collections", nargs=-1, metavar="[COLLECTION…]")
@as_json
def status(collections: tuple[str, ...], *, as_json: bool) -> None:
    """Show what collections hold: captures, articles, files, and the state of every announced story.

    Without a name, all collections, and how the crawls stand that start by themselves: what is running, when each site
    is due, how its last run ended, and what is wrong.

    \b
    Examples:
      newswarc status
      newswarc status newsroom --json
    """
    if collections:
        found = [status_of(collection_path(name), database()) for name in collections]
        print_json([one.as_json() for one in found]) if as_json else show(found)
        return
    runs = open_runs(write=False)
    paths = sorted(filter(is_collection, home().glob("*")))
    found = list(readable(paths))
    served = services(runs, usable_sites(), datetime.now(UTC)) if has_jobs(home(), database()) else []
    wrong = open_incidents(write=False).open()
    if as_json:
        told = {"collections": [one.as_json() for one in found], "sites": [asdict(one) for one in served]}
        print_json({**told, "incidents": [asdict(one) for one in wrong]})
    else:
        if not paths:
            click.echo(f"No collections in {home()}; 'newswarc crawl SITE' makes one.")
        tell(found, runs, served, wrong)
    if len(found) < len(paths):
        sys.exit(1)


def readable(paths: Iterable[Path]) -> Iterator[Status]:
    """Of each collection that can be read; the others are told."""
    for path in paths:
        try:
            yield status_of(path, database())
        except ArchiveError as fault:
            click.echo(f"newswarc: {fault}", err=True)


def tell(found: list[Status], runs: Runs, served: list[SiteService], wrong: Sequence[object]) -> None:
    """What there is and how it stands, for a person."""
    if found:
        show(found)
    if served:
        print_text("", schedule_of(served))
    if any(map(waits_for_scheduler, served)):
        tell_without_scheduler(runs)
    if wrong:
        click.echo(f"\n{counted(len(wrong), 'thing')} wrong; see 'newswarc alerts list'.")


def waits_for_scheduler(one: SiteService) -> bool:
    """Whether something is due, or queued, that a scheduler is to start."""
    is_queued = one.running is not None and one.running["state"] == "queued"
    return is_queued or (one.next_due is not None and not one.paused)


def show(found: list[Status]) -> None:
    """What collections hold, and where those are that are in other folders or in a store."""
    print_text(listing(found))
    for one in found:
        for folder in one.folders:
            click.echo(f"{one.collection}: {counted(folder['files'], 'file')} in {folder['place']} ({folder['mark']})")
            if folder["is_silent"]:
                gone = f"if its disk is gone, 'newswarc recover {one.collection} --gone {folder['mark']}'"
                click.echo(f"  nothing was heard of it since {minute(folder['heard'])} UTC; {gone}")
        if one.store:
            places = " and ".join(one.store["places"]) or "the store"
            told = f"{one.store['alone']:,} there alone, {one.store['unsent']:,} to be sent"
            click.echo(f"{one.collection}: {counted(one.store['files'], 'file')} in {places}, {told}")


def schedule_of(served: list[SiteService]) -> Table:
    """One line a site."""
    table = Table("site", "next due (UTC)", "now", "last run", "new", "changed", "what was bad", box=None)
    for one in served:
        now = f"{one.running['state']} since {minute(one.running['since'])}" if one.running else ""
        last = dict(one.last or {})
        ended = f"{last['state']} {minute(last['ended'])}" if last else ""
        figures = (figure(last.get(key), whole=last.get("whole", True)) for key in ("new", "changed"))
        due = "paused" if one.paused else minute(one.next_due)
        table.add_row(one.site, due, now, ended, *figures, Text(last.get("problem") or ""))
    return table


def listing(found: list[Status]) -> Table:
    """One line a collection."""
    table = Table("collection", "captures", "articles", "files", "bytes", "announced", box=None)
    for one in found:
        ledger = ", ".join(f"{count:,} {state}" for state, count in one.ledger.items())
        table.add_row(
            one.collection, f"{one.captures:,}", f"{one.articles:,}", f"{one.files:,}", f"{one.warc_bytes:,}", ledger
        )
    return table
