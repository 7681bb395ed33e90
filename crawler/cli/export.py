"""`newswarc export`: articles of a collection as files for others."""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import click

from archives.collection import Collection
from archives.warc_export import export_warc
from crawler.cli.options import (
    as_json,
    collection_path,
    counted,
    open_collection,
    output_file,
    print_json,
    progress_bar,
)
from crawler.export import replacing, write_json_lines, write_markdown


@click.command()
@click.argument("collection")
@click.option("--format", "form", type=click.Choice(["jsonl", "markdown", "warc"]), default="jsonl", show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File (jsonl, warc) or folder (markdown); only jsonl can do without.  [default: stdout]",
)
@click.option("--site", help="Only articles of this site.")
@click.option("--revisions", is_flag=True, help="All revisions of each article, not only the latest.")
@click.option("--full", is_flag=True, help="Of warc: each revisit as the full response that it stands for.")
@as_json
@click.pass_context
def export(
    ctx: click.Context,
    collection: str,
    *,
    form: str,
    output: Path | None,
    site: str | None,
    revisions: bool,
    full: bool,
    as_json: bool,
) -> None:
    """Write the articles of a collection as JSON lines, or as Markdown, one file each, named by date and slug.

    Or write its captures as one WARC file: the records as they are, or with --full each revisit as a full response,
    with its own head (after a 304, the original's) and the payload that it refers to.

    \b
    Examples:
      newswarc export newsroom --format jsonl -o newsroom.jsonl
      newswarc export newsroom --format markdown -o articles
      newswarc export newsroom --format warc --full -o newsroom.warc.gz
    """
    refuse_mixture(form, site=site, revisions=revisions, full=full)
    option = next(option for option in ctx.command.params if option.name == "output")
    output = output_folder(option, output) if form == "markdown" else output_file(ctx, option, output)
    if as_json and output is None:
        raise click.UsageError("--json tells of what was written; name a file for it with -o")
    with open_collection(collection_path(collection)) as opened:
        if form == "warc":
            written = written_as_warc(opened, output, full=full)
        else:
            written = {"article": written_articles(articles_of(opened, site, revisions=revisions), form, output)}
    if as_json:
        print_json({f"{what.replace(' ', '_')}s": count for what, count in written.items()} | {"output": str(output)})
    else:
        click.echo(", ".join(counted(count, what) for what, count in written.items()), err=True)


def written_articles(items: Iterable[dict[str, Any]], form: str, output: Path | None) -> int:
    """Write articles to a file, a folder of files, or standard output; returns how many."""
    with progress_bar() as bar:
        items = bar.track(items, description="writing")
        if form == "markdown" and output is not None:
            return write_markdown(items, output)
        if output is None:
            return write_json_lines(items, sys.stdout)
        with replacing(output) as out:
            return write_json_lines(items, out)


def refuse_mixture(form: str, *, site: str | None, revisions: bool, full: bool) -> None:
    """UsageError, if options are named that are of another format."""
    if form == "warc" and (site or revisions):
        raise click.UsageError("--site and --revisions choose articles; a WARC file has all captures")
    if form != "warc" and full:
        raise click.UsageError("--full is of WARC files; add --format warc")


def written_as_warc(collection: Collection, path: Path | None, *, full: bool) -> dict[str, int]:
    """Write the captures to a file; returns how many of what."""
    if path is None or not path.name.endswith(".warc.gz"):
        raise click.UsageError("name a file that ends in .warc.gz with -o")
    with progress_bar() as bar:
        task = bar.add_task("writing", total=None)
        done = export_warc(collection, path, full=full, progress=lambda count: bar.update(task, advance=count))
    return {"record": done.records, **({"filled revisit": done.filled} if full else {})}


def output_folder(option: click.Parameter, path: Path | None) -> Path:
    """The folder to write files to; UsageError, if none is named, or something else stands there."""
    if path is None:
        raise click.UsageError("Markdown is a file for each article; name their folder with -o")
    if path.exists() and not path.is_dir():
        raise click.BadParameter(f"{path} is a file; name a folder", param=option)
    return path


def articles_of(collection: Collection, site: str | None, *, revisions: bool) -> Iterator[dict[str, Any]]:
    """Articles of the collection; UsageError, if a site is named that has none in it."""
    items = collection.catalog.articles(site, latest=not revisions)
    first = next(items, None)
    if first is None and site is not None:
        there = sorted({item["site"] or "" for item in collection.catalog.articles()} - {""})
        advice = f"there are articles of {', '.join(there)}" if there else "no article in it has a site"
        raise click.BadParameter(f"no article of the site {site!r}; {advice}", param_hint="--site")
    return items if first is None else chain([first], items)
