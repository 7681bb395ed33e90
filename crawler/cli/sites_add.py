"""`newswarc sites add`: a site file from what is found at an address."""

import os
import shlex
import sys
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from archives.output import written_whole
from crawler.cli.options import as_json, print_json
from crawler.cli.progress import watched_crawl
from crawler.cli.tables import print_text
from crawler.discovery.url import clean_url, fault
from crawler.jobs.proposal import Proposal, propose
from crawler.jobs.trial import Trial
from crawler.sites import Site, SiteError, read_site, site_at
from crawler.sites.reader import NAME

_FOUND_BAD = 1


@click.command()
@click.argument("url")
@click.option("--name", help="Name of the site, and of its file.  [default: after its host]")
@click.option("--folder", type=click.Path(path_type=Path), help="Folder of site files.  [default: NEWSWARC_SITES]")
@click.option("--pages", type=click.IntRange(1), default=6, show_default=True, help="Articles to show as a sample.")
@click.option("--yes", is_flag=True, help="Write the file without asking.")
@click.option("--allow-private", is_flag=True, help="Also servers at loopback and private addresses.")
@as_json
def add(
    url: str, *, name: str | None, folder: Path | None, pages: int, yes: bool, allow_private: bool, as_json: bool
) -> None:
    """Look at a site's front page, robots.txt, feeds and sitemaps, and propose a site file for it.

    The proposal is shown with the sources that it comes from and with some articles as they would be read, and is
    written once you accept it. Without a terminal, and without --yes, it is only shown. Exit status 1 if nothing was
    found that could be proposed.

    \b
    Examples:
      newswarc sites add https://news.example/
      newswarc sites add https://news.example/ --name example --folder sites --yes
    """
    site = site_to_try(url, name)
    path = file_of(site.name, folder)
    if yes and path is None:
        raise click.UsageError("no folder of site files; make one, and name it in NEWSWARC_SITES or with --folder")
    from crawler.jobs.trial import try_out  # Scrapy is slow to import

    with watched_crawl() as show:
        (trial,) = try_out([site], pages=pages, allow_private=allow_private, progress=show)
    proposal = propose(trial, allow_private=allow_private)
    if proposal is None:
        nothing = f"{url}: no source of articles was found; give the address of a feed or a section"
        click.echo(f"newswarc: {trial.problem or nothing}", err=True)
        sys.exit(_FOUND_BAD)
    read_site(proposal.toml.encode(), f"{site.name}.toml")
    if as_json:
        print_json(as_row(proposal, trial))
    else:
        show_proposal(proposal, trial)
    if path is None:
        click.echo("nothing was written: name a folder of site files in NEWSWARC_SITES or with --folder", err=True)
    elif not (yes or sys.stdin.isatty()):
        click.echo(f"nothing was written: with --yes it is written to {path}", err=True)
    elif yes or click.confirm(f"Write {path}?", err=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as out:
            out.write(proposal.toml.encode())
        where = "" if folder is None or _is_searched(folder) else f"NEWSWARC_SITES={shlex.quote(str(folder))} "
        click.echo(f"{path}: written; try '{where}newswarc sites check {site.name}'", err=True)


def site_to_try(url: str, name: str | None) -> Site:
    """The site at an address, as if nobody had configured it; SiteError, if there can be none."""
    cleaned = clean_url(url) if "://" in url else None
    if cleaned is None:
        raise SiteError(f"{url}: {fault(url) or 'malformed URL'}; give the address of the front page, with https://")
    if name is not None and not NAME.fullmatch(name):
        raise SiteError(f"{name!r} cannot be used as a name; use lower-case letters, digits, - and _")
    return site_at(cleaned, name=name)


def file_of(name: str, folder: Path | None) -> Path | None:
    """Where the site's file would be; None without a folder. SiteError, if it is there already."""
    own = folder or (Path(os.environ["NEWSWARC_SITES"]) if os.environ.get("NEWSWARC_SITES") else None)
    if own is None:
        return None
    path = own / f"{name}.toml"
    if path.exists():
        raise SiteError(f"{path}: is there already; choose another --name, or remove it first")
    return path


def _is_searched(folder: Path) -> bool:
    """Whether sites of the folder are found by their names."""
    own = os.environ.get("NEWSWARC_SITES")
    return own is not None and Path(own).resolve() == folder.resolve()


def as_row(proposal: Proposal, trial: Trial) -> dict[str, object]:
    """The proposal as plain JSON values."""
    return {
        "name": proposal.name,
        "toml": proposal.toml,
        "sources": [
            {"kind": source.kind, "url": source.url, "announced": source.announced}
            for source in (*proposal.feeds, *proposal.sitemaps, *proposal.sections)
        ],
        "sample": list(trial.items),
    }


def show_proposal(proposal: Proposal, trial: Trial) -> None:
    """What was found, a sample of articles, and the file."""
    sources = Table("source", "announces", "address", title="Found", title_justify="left", box=None)
    for source in (*proposal.feeds, *proposal.sitemaps, *proposal.sections):
        sources.add_row(source.kind.replace("_", " "), f"{source.announced:,}", Text(source.url))
    print_text(sources)
    sample = Table("title", "byline", "date", "words", title="\nArticles", title_justify="left", box=None)
    for item in trial.items:
        words = f"{len(item['body'].split()):,}"
        sample.add_row(Text(item["title"] or "-"), Text(item["byline"] or "-"), item["date_published"] or "-", words)
    print_text(sample)
    click.echo(f"\n{proposal.name}.toml\n\n{proposal.toml}")
