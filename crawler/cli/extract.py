"""`newswarc extract`: articles from WARC files, collections and HTML files, as JSON lines."""

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import click

from crawler.cli.bulk import Queue, extract_queue, queue_options
from crawler.cli.comparison import comparison_with, show
from crawler.cli.options import as_json, counted, database, progress_bar, source_of, tell_elsewhere
from crawler.cli.outputs import output_file, spare_collections, spare_inputs
from crawler.cli.pages import Reading, complain, filter_options, left_out, reading_options
from crawler.discovery.url import clean_url, fault
from crawler.export import replacing
from crawler.jobs.bulk.inputs import read_list
from crawler.jobs.compare import Comparison
from crawler.jobs.extract import Extracted, Outcome, Revisions, Tally, Unread, extract_pages
from crawler.jobs.filters import PageFilter
from crawler.jobs.pages import ArchivedPage
from crawler.jobs.processes import settle_in
from crawler.jobs.sources import is_archive, is_markup, pages_of


def output_of(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """Callback of -o: the folder of a queue, or a file that can be written."""
    if not context.params.get("listed"):
        return output_file(context, option, path)
    if path is not None:
        if path.exists() and not path.is_dir():
            raise click.BadParameter(f"{path} is a file; with --queue name a folder", param=option)
        spare_collections(option, path)
    return path


@click.command()
@click.argument("inputs", nargs=-1, metavar="INPUT…")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=output_of,
    help="File to write, compressed if it ends in .gz or .zst; with --queue the folder.  [default: stdout]",
)
@queue_options
@filter_options
@click.option("--url", help="Where a lone HTML file came from.")
@reading_options
@click.option("--quiet", is_flag=True, help="Do not sum up at the end.")
@click.option(
    "--compare",
    metavar="OLD.jsonl",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Print what changed against earlier articles; the new ones are written only where -o says.",
)
@as_json
def extract(
    inputs: tuple[str, ...],
    *,
    output: Path | None,
    queue: Queue,
    filters: PageFilter,
    url: str | None,
    reading: Reading,
    quiet: bool,
    compare: Path | None,
    as_json: bool,
) -> None:
    """Extract articles from what is archived already, as JSON lines in the order of the input.

    INPUT is a WARC or WACZ file of anyone (gzipped or not; - is standard input), a collection, or, with --url, an HTML
    file. An article that was captured again is a further line, and the next revision, only where a reader would see a
    difference; of a collection the lines are those of 'newswarc export --revisions'. Exit status 1 if a part of the
    input could not be read, or if --compare found that anything changed: a field of an article, an article that is new
    or one that is gone.

    With --queue, each file of a list is one task: its articles are in a file of their own in the folder's results/,
    whole or not at all, and what became of it is in manifest.jsonl. The same command again goes on where the last one
    ended.

    \b
    Examples:
      newswarc extract crawl.warc.gz -o articles.jsonl --jobs 2
      newswarc extract --queue warc.paths.gz -o 2031-03 --format parquet --language en --jobs 8
      newswarc extract newsroom
      newswarc extract page.html --url https://news.example/2031/03/02/a-story
    """
    if queue.listed is not None:
        if output is None or inputs or url or compare:
            raise click.UsageError("--queue needs -o, a folder, and neither INPUT nor --url nor --compare")
        files = read_list(queue.listed)
        sys.exit(extract_queue(files, queue, output, filters, reading, quiet=quiet, as_json=as_json))
    if not inputs or queue.again or queue.form != "jsonl":
        what = "--again and --format go with --queue" if inputs else "Missing argument 'INPUT…'; name files, or --queue"
        raise click.UsageError(what)
    sources = [source_of(named) for named in inputs]
    check(sources, url)
    spare_inputs(output, sources, hint="--output")
    comparison = comparison_with(compare, as_json=as_json)
    if reading.jobs == 1:
        settle_in()
    tally = Tally()
    pages = chosen_pages(sources, tally, filters, reading, url=url)
    with destination(output, silent=compare is not None) as out, progress_bar() as progress:
        outcomes = map(Revisions().of, extract_pages(pages, sites=reading.sites(), jobs=reading.jobs, filters=filters))
        write(progress.track(outcomes, description="extracting"), out, tally, comparison)
        if output and tally.is_hopeless:
            raise click.ClickException(f"{output}: nothing was written; name sources that can be read")
    if not quiet and (tally.articles or tally.rejected or not tally.faults):
        click.echo(summary(tally), err=True)
    for source in filter(Path.is_dir, sources if database() and not quiet else ()):
        tell_elsewhere(source, "extracted")
    if comparison:
        show(comparison, as_json=as_json)
    sys.exit(1 if tally.faults or (comparison and not comparison.is_same) else 0)


def chosen_pages(
    sources: Iterable[Path], tally: Tally, filters: PageFilter, reading: Reading, *, url: str | None
) -> Iterator[ArchivedPage]:
    """The pages that are to be extracted; what cannot be read is complained of and counted."""
    tell, wanted, where = tally.tell(complain), tally.wanted(filters.wants), database()
    for source in sources:
        for page in pages_of(source, on_fault=tell, url=url, database=where, wanted=wanted):
            yield replace(page, truncated=False) if reading.truncated else page


def write(outcomes: Iterable[Outcome], out: TextIO, tally: Tally, comparison: Comparison | None) -> None:
    """Write and compare the articles, and complain of what could not be read; all is counted."""
    for outcome in outcomes:
        tally.count(outcome)
        if isinstance(outcome, Unread):
            complain(outcome.line)
        elif isinstance(outcome, Extracted):
            out.write(f"{outcome.line}\n")
            if comparison:
                comparison.look(json.loads(outcome.line))


def check(sources: list[Path], url: str | None) -> None:
    """UsageError, if --url does not fit the input: an HTML file needs it, anything else must not have it."""
    if url is not None and clean_url(url) is None:
        what = f"{fault(url) or 'malformed URL'}; give an address as the browser shows it"
        raise click.BadParameter(what, param_hint="--url")
    if url is not None and len(sources) > 1:
        raise click.BadParameter(
            "it is the address of one HTML file; extract the others by themselves", param_hint="--url"
        )
    for source in sources:
        if url is not None and is_archive(source):
            what = f"{source} is no HTML file, and knows its addresses; leave --url out"
            raise click.BadParameter(what, param_hint="--url")
        if url is None and is_markup(source):
            raise click.UsageError(
                f"{source}: not a WARC file but HTML, by its beginning; add --url, where it came from"
            )


@contextlib.contextmanager
def destination(output: Path | None, *, silent: bool) -> Iterator[TextIO]:
    """The file to write, or standard output, or nowhere."""
    if output:
        with replacing(output) as out:
            yield out
    elif silent:
        with Path(os.devnull).open("w", encoding="utf-8") as out:
            yield out
    else:
        yield sys.stdout


def summary(tally: Tally) -> str:
    """One line for a person."""
    return "; ".join(filter(None, (counted(tally.articles, "article"), left_out(tally.rejected))))
