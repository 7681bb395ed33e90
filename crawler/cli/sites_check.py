"""`newswarc sites check`: whether sources and selectors of site files still work."""

import sys
from dataclasses import asdict

import click
from rich.table import Table
from rich.text import Text

from crawler.cli.options import as_json, print_json, usable_sites
from crawler.cli.progress import watched_crawl
from crawler.cli.tables import print_text
from crawler.jobs.inspection import Verdict, verdicts
from crawler.sites import SiteError, require_start

_FOUND_BAD = 1


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="SITE…")
@click.option("--pages", type=click.IntRange(1), default=5, show_default=True, help="Articles of each to try on.")
@click.option("--allow-private", is_flag=True, help="Also servers at loopback and private addresses.")
@as_json
def check(names: tuple[str, ...], *, pages: int, allow_private: bool, as_json: bool) -> None:
    """Try every source that the site files name, and every selector on some articles; exit status 1 if any is broken.

    What is fetched is archived nowhere.

    \b
    Example:
      newswarc sites check themoscowtimes --json
    """
    known = usable_sites(names)
    for name in names:
        if name not in known:
            raise SiteError(f"{name}: no site has this name; there are {', '.join(known)}")
    from crawler.jobs.trial import try_out  # Scrapy is slow to import

    chosen = [require_start(known[name]) for name in names]
    with watched_crawl() as show:
        trials = try_out(chosen, pages=pages, allow_private=allow_private, progress=show)
    found = [verdict for trial in trials for verdict in verdicts(trial)]
    if as_json:
        print_json([asdict(verdict) for verdict in found])
    else:
        print_text(listing(found))
    sys.exit(0 if all(verdict.good for verdict in found) else _FOUND_BAD)


def listing(found: list[Verdict]) -> Table:
    """One line a verdict."""
    table = Table("site", "part", "", "what", "found", box=None)
    for one in found:
        told, subject = Text(one.told), Text(one.subject)
        table.add_row(one.site, one.part, "ok" if one.good else "BROKEN", subject, told)
    return table
