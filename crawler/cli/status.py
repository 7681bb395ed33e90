"""`newswarc status`: what is in a collection."""

import click
from rich.console import Console
from rich.table import Table

from crawler.cli.options import as_json, collection_path, database, home, is_collection, print_json
from crawler.jobs.status import Status, status_of


@click.command()
@click.argument("collections", nargs=-1, metavar="[COLLECTION…]")
@as_json
def status(collections: tuple[str, ...], *, as_json: bool) -> None:
    """Show what collections hold: captures, articles, files, and the state of every announced URL.

    Without a name, all collections.

    \b
    Example:
      newswarc status newsroom --json
    """
    paths = [collection_path(name) for name in collections]
    found = [status_of(path, database()) for path in paths or sorted(filter(is_collection, home().glob("*")))]
    if as_json:
        print_json([one.as_json() for one in found])
    elif found:
        Console().print(listing(found))
    else:
        click.echo(f"No collections in {home()}; 'newswarc crawl SITE' makes one.")


def listing(found: list[Status]) -> Table:
    """One line a collection."""
    table = Table("collection", "captures", "articles", "files", "bytes", "announced URLs", box=None)
    for one in found:
        ledger = ", ".join(f"{count:,} {state}" for state, count in one.ledger.items())
        table.add_row(
            one.collection, f"{one.captures:,}", f"{one.articles:,}", f"{one.files:,}", f"{one.warc_bytes:,}", ledger
        )
    return table
