"""`newswarc extract`: articles from WARC files, collections and HTML files, as JSON lines."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click

from archives.errors import ArchiveError
from crawler.cli.options import known_sites, progress_bar, source_of
from crawler.discovery.url import clean_url, fault
from crawler.export import replacing
from crawler.items import Rejected
from crawler.jobs.extract import ArchivedPage, Tally, Unread, extract_pages, pages_of_collection, pages_of_warc


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT…")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.  [default: stdout]"
)
@click.option("--url", help="Where a lone HTML file came from.")
@click.option("--no-sites", is_flag=True, help="Generic rules only: leave site files aside.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes to extract with.")
@click.option("--quiet", is_flag=True, help="Do not sum up at the end.")
def extract(
    inputs: tuple[str, ...], *, output: Path | None, url: str | None, no_sites: bool, jobs: int, quiet: bool
) -> None:
    """Extract articles from what is archived already, as JSON lines in the order of the input.

    INPUT is a WARC file of anyone (gzipped or not; - is standard input), a collection, or, with --url, an HTML file.
    Exit status 1 if a part of the input could not be read.

    \b
    Examples:
      newswarc extract crawl.warc.gz -o articles.jsonl --jobs 2
      newswarc extract newsroom
      newswarc extract page.html --url https://news.example/2031/03/02/a-story
    """
    if url and clean_url(url) is None:
        what = f"{fault(url) or 'malformed URL'}; give an address as the browser shows it"
        raise click.BadParameter(what, param_hint="--url")
    tally = Tally()
    sites = [] if no_sites else list(known_sites().values())
    sources = [source_of(named) for named in inputs]
    pages = (page for source in sources for page in pages_of(source, url, tally))
    with destination(output) as out, progress_bar() as progress:
        task = progress.add_task("extracting", total=None)
        for outcome in extract_pages(pages, sites=sites, jobs=jobs):
            tally.count(outcome)
            progress.advance(task)
            if isinstance(outcome, Unread):
                click.echo(f"newswarc: {outcome.line}", err=True)
            elif not isinstance(outcome, Rejected):
                out.write(f"{outcome}\n")
    if not quiet:
        click.echo(summary(tally), err=True)
    sys.exit(1 if tally.faults else 0)


def pages_of(source: Path, url: str | None, tally: Tally) -> Iterator[ArchivedPage]:
    """The pages that a source holds; its faults are told on standard error."""

    def tell(found: ArchiveError) -> None:
        tally.faults += 1
        click.echo(f"newswarc: {found}", err=True)

    if url:
        return iter([ArchivedPage(url=url, message=source.read_bytes())])
    if source.is_dir():
        return pages_of_collection(source, tell)
    if str(source) == "-":
        return pages_of_warc(sys.stdin.buffer, "-", tell)
    return pages_of_warc(source, source.name, tell)


@contextlib.contextmanager
def destination(output: Path | None) -> Iterator[TextIO]:
    """The file to write, or standard output."""
    if output:
        with replacing(output) as out:
            yield out
    else:
        yield sys.stdout


def summary(tally: Tally) -> str:
    """One line for a person."""
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in tally.rejected.most_common(5))
    return f"{tally.articles:,} articles" + (f"; left out: {reasons}" if reasons else "")
