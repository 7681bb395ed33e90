"""`newswarc export`: articles of a collection as files for others."""

import sys
from pathlib import Path

import click

from archives.collection import Collection
from crawler.cli.options import collection_path, counted
from crawler.export import replacing, write_json_lines, write_markdown


@click.command()
@click.argument("collection")
@click.option("--format", "form", type=click.Choice(["jsonl", "markdown"]), default="jsonl", show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File (jsonl) or folder (markdown).  [default: stdout, or .]",
)
@click.option("--site", help="Only articles of this site.")
@click.option("--revisions", is_flag=True, help="All revisions of each article, not only the latest.")
def export(collection: str, *, form: str, output: Path | None, site: str | None, revisions: bool) -> None:
    """Write the articles of a collection as JSON lines, or as Markdown, one file each, named by date and slug.

    \b
    Examples:
      newswarc export newsroom --format jsonl -o newsroom.jsonl
      newswarc export newsroom --format markdown -o articles
    """
    with Collection.open(collection_path(collection)) as opened:
        items = opened.catalog.articles(site, latest=not revisions)
        if form == "markdown":
            count = write_markdown(items, output or Path())
        elif output is None:
            count = write_json_lines(items, sys.stdout)
        else:
            with replacing(output) as out:
                count = write_json_lines(items, out)
    click.echo(counted(count, "article"), err=True)
