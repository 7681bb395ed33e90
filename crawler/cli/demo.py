"""`newswarc demo`: the main job on the built-in newspaper."""

import sys
from typing import Any

import click
from rich.table import Table

from crawler.cli.options import as_json, counted, home, print_json, progress_bar, usable_sites
from crawler.cli.serve import serve_collections
from crawler.cli.tables import print_text
from crawler.jobs.demo import Demo
from crawler.jobs.demo import demo as run_demo
from crawler.jobs.progress import Progress
from crawler.jobs.summary import as_row as run_as_row


@click.command()
@click.option("--serve", is_flag=True, help="Open the reading room over the collection afterwards, until Ctrl-C.")
@as_json
def demo(*, serve: bool, as_json: bool) -> None:
    """Crawl the built-in newspaper, archive it, extract, export, verify, and replay it after the newspaper is stopped.

    The collection is ./collections/demo; a second run adds to it and finds what has not changed. Exit status 1 if
    anything is wrong.

    \b
    Examples:
      newswarc demo --json
      newswarc demo --serve
    """
    with progress_bar() as bar:
        task = bar.add_task("newsroom", total=None)

        def show(progress: Progress) -> None:
            bar.update(task, total=progress.asked, completed=progress.settled)

        report = run_demo(
            home(),
            sites=list(usable_sites().values()),
            progress=show,
            say=lambda line: click.echo(line, err=True),
        )
    if as_json:
        print_json(as_row(report))
    else:
        print_text(sheet(report))
        click.echo(f" read it     newswarc serve {report.collection}")  # in one line, to be copied
    for problem in report.problems:
        click.echo(f"newswarc: {problem}", err=True)
    if serve:
        serve_collections([report.collection], as_json=as_json)
    sys.exit(0 if report.verified and report.replay_checked and not report.problems else 1)


def as_row(report: Demo) -> dict[str, Any]:
    """The report as plain JSON values."""
    return {
        "collection": str(report.collection),
        "captures": report.captures,
        "articles": report.articles,
        "warc_bytes": report.warc_bytes,
        "verified": report.verified,
        "replay_checked": report.replay_checked,
        "problems": list(report.problems),
        "json_lines": str(report.json_lines),
        "markdown": str(report.markdown),
        "run": run_as_row(report.run),
    }


def sheet(report: Demo) -> Table:
    """The report for a person."""
    table = Table(box=None, show_header=False)
    table.add_row(
        "this run",
        f"{counted(report.run.pages, 'page')}, {counted(report.run.articles, 'article')}, "
        f"{counted(report.run.revisits, 'revisit')}",
    )
    table.add_row(
        "collection",
        f"{report.collection}: {counted(report.captures, 'capture')}, {counted(report.articles, 'article')}",
    )
    table.add_row("WARC", f"{report.warc_bytes:,} bytes, {'verified' if report.verified else 'NOT VERIFIED'}")
    table.add_row("replay", "every article reads as archived" if report.replay_checked else "NOT CHECKED")
    table.add_row("articles", f"{report.json_lines}, {report.markdown}/")
    return table
