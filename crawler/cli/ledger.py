"""`newswarc ledger`: what became of every story that was announced."""

import json
from datetime import UTC, datetime
from typing import Any, cast, get_args

import click
from rich.table import Table
from rich.text import Text

from crawler.cli.options import (
    as_json,
    collection_path,
    counted,
    is_collection,
    open_collection,
    print_json,
    usable_sites,
)
from crawler.cli.tables import minute, print_text
from crawler.frontier import State
from crawler.frontier.source import Source
from crawler.jobs.ledger import SiteLedger, Sums


@click.command()
@click.argument("site")
@click.option("--collection", help="Collection that has it: a name, or with a slash a folder.  [default: the site's]")
@click.option("--state", type=click.Choice(get_args(State)), help="List the stories in this state.")
@click.option("--urls", is_flag=True, help="List all stories by their URLs; with --json, a line of JSON each.")
@click.option("--sources", is_flag=True, help="List its feeds, sitemaps and sections, and when each is polled again.")
@as_json
def ledger(site: str, *, collection: str | None, state: str | None, urls: bool, sources: bool, as_json: bool) -> None:
    """Show what became of every story that a site ever announced: each is in exactly one state, with its reason.

    captured and unchanged: archived, and when it is looked at again; skipped: not wanted, and why not; failed: will be
    asked for again; gone: was not there any more; pending: not asked for yet. The states add up to what was announced.

    A story has one row. Its further addresses (tracked, AMP and print forms, what redirected to it when it was
    captured, or names it as its canonical address) are listed behind it.

    \b
    Examples:
      newswarc ledger newsroom
      newswarc ledger newsroom --state failed
      newswarc ledger newsroom --sources
      newswarc ledger newsroom --collection paper --urls --json
    """
    with open_collection(collection_path(collection or default_collection(site))) as opened:
        found = SiteLedger(opened.catalog.engine, site)
        if sources:
            rows = found.sources()
            print_json([row.as_row() for row in rows]) if as_json else print_text(sheet_of(rows))
        elif urls or state:
            for row in found.urls(cast("State | None", state)):
                click.echo(json.dumps(row, ensure_ascii=False) if as_json else line_of(row))
        else:
            sums = found.sums(datetime.now(UTC).isoformat(timespec="microseconds"))
            print_json(sums.as_json()) if as_json else show(sums)


def default_collection(site: str) -> str:
    """The collection that its file has the site's runs archive into; if there is none, the one of its name."""
    configured = usable_sites([site]).get(site)
    named = configured.collection if configured else site
    return named if is_collection(collection_path(named)) or not is_collection(collection_path(site)) else site


def line_of(row: dict[str, Any]) -> str:
    """State, address, reason and further addresses of a story, with tabs between."""
    also = f"also {' '.join(row['variants'])}" if row["variants"] else None
    return "\t".join(filter(None, (row["state"], row["url"], row["reason"], also)))


def sheet_of(sources: list[Source]) -> Table:
    """One line a source."""
    table = Table("source", "kind", "known of announced", "every", "next poll (UTC)", "what was bad", box=None)
    for source in sources:
        dead = f"gone since {source.dead[:10]}" if source.dead else source.problem
        rolled = f"{source.overflows} overflows, last {minute(source.overflowed)}" if source.overflows else None
        every = f"{source.interval / 60:,.0f} min" if source.interval else ""
        bad = "; ".join(filter(None, (dead, rolled)))
        overlap = f"{source.known:,} of {source.announced:,}"
        table.add_row(Text(source.url), source.kind, overlap, every, minute(source.next_poll), bad)
    return table


def show(sums: Sums) -> None:
    """The states with their reasons, and what they add up to."""
    table = Table(box=None, show_header=False)
    table.add_column(justify="right")
    table.add_column()
    for state, count in sums.states.items():
        table.add_row(f"{count:,}", state)
        for reason, times in sums.reasons.get(state, {}).items():
            table.add_row("", f"  {times:,} {reason}")
    table.add_row(
        f"{sums.announced:,}", f"stories announced under {counted(sums.addresses, 'URL')}, {sums.due:,} of them due"
    )
    print_text(table)
