"""`newswarc report`: what a run asked for, and what came."""

from typing import Any

import click

from archives.layout import Layout
from archives.run_report import text_reports
from archives.runs import current_report, runs
from crawler.cli.options import as_json, collection_path, counted, print_json


@click.command()
@click.argument("collection")
@click.argument("run", required=False)
@click.option("--runs", "list_runs", is_flag=True, help="List the runs of the collection instead.")
@as_json
def report(collection: str, run: str | None, *, list_runs: bool, as_json: bool) -> None:
    """Report on a run, if not named on the last one: hosts, media types, status codes, seeds, and what became of URLs.

    The same is in the collection's reports folder, a folder for each run, beside its crawl log: one line an exchange,
    in the columns of Heritrix. While a crawl is at work, and after one that died, the report goes as far as the log.

    \b
    Examples:
      newswarc report newsroom
      newswarc report newsroom --runs
      newswarc report newsroom 20240611T100000Z --json
    """
    layout = Layout(collection_path(collection))
    layout.require()
    known = {one.job: told for _, one, told in runs(layout)}
    if list_runs:
        show_runs(list(known.values()), as_json=as_json)
        return
    wanted = run or next(reversed(known), None)
    found = current_report(layout, wanted) if wanted else None
    if found is None:
        what = f"no run {run}" if run else "no run has left a report yet"
        raise click.UsageError(f"{layout.root}: {what}; see 'newswarc report {collection} --runs', or crawl first")
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(text for _, text in text_reports(found)), nl=False)


def show_runs(reports: list[dict[str, Any]], *, as_json: bool) -> None:
    """One line a run: its name, its sites, how it ended, how many exchanges there were."""
    rows = [
        {
            "job": one["job"],
            "sites": {site["name"]: site["finish_reason"] for site in one["sites"]},
            "exchanges": one["exchanges"],
        }
        for one in reports
    ]
    if as_json:
        print_json(rows)
    for row in () if as_json else rows:
        sites = ", ".join(f"{name} ({reason or 'going on, or died'})" for name, reason in row["sites"].items())
        click.echo(f"{row['job']}  {counted(row['exchanges'], 'exchange')}  {sites}")
