"""`newswarc replay`: pywb over collections, until stopped."""

import contextlib
import json
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import click

from archives.cdxj import timestamp_of
from archives.errors import ReplayUnavailable
from archives.replay import LOOPBACK, Replay
from archives.replay import replay as running_replay
from archives.wacz.mapped import mapped, newest_page
from archives.wacz.reader import SUFFIX, is_wacz
from crawler.cli.options import as_json, collection_path, database, open_collection

LOOK_EVERY = 0.2


@click.command()
@click.argument("collections", nargs=-1, required=True, metavar="COLLECTION|WACZ…")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
@click.option(
    "--host",
    default=LOOPBACK,
    show_default=True,
    help="Address to listen at. pywb asks nobody for a token: have a proxy do that, where others can reach it.",
)
@as_json
def replay(collections: tuple[str, ...], port: int, host: str, *, as_json: bool) -> None:
    """Browse what was archived, in collections or anyone's WACZ files, each page at its own time.

    pywb runs as a process of its own, on loopback unless --host says otherwise, until Ctrl-C.

    \b
    Examples:
      newswarc replay newsroom --port 8080
      newswarc replay newsroom.wacz
    """
    with contextlib.ExitStack() as opened, contextlib.suppress(KeyboardInterrupt):
        shelves = [opened.enter_context(shelf(named)) for named in collections]
        paths = [path for path, _ in shelves]
        server = opened.enter_context(running_replay(paths, host=host, port=port, database=database()))
        addresses = [addresses_of(server, path, page) for path, page in shelves]
        if as_json:
            click.echo(json.dumps(addresses))
        for address in addresses if not as_json else ():
            click.echo("\n".join(filter(None, address.values())))
        click.echo("A collection's own address looks up any capture by its URL; the other is an article.", err=True)
        click.echo("Ctrl-C stops it.", err=True)
        while (status := server.process.poll()) is None:
            time.sleep(LOOK_EVERY)  # a signal that comes right before a wait without end is heard only after it
        raise ReplayUnavailable(f"pywb ended by itself with status {status}; run it again")


Page = tuple[str, str]
"""URL and date of a capture."""


def addresses_of(server: Replay, path: Path, page: Page | None) -> dict[str, str | None]:
    """Where a collection is replayed, and its newest article."""
    newest = server.page(path.name, timestamp_of(page[1]), page[0], modifier="") if page else None
    return {"collection": f"{server.url}/{path.name}/", "article": newest}


@contextlib.contextmanager
def shelf(named: str) -> Iterator[tuple[Path, Page | None]]:
    """The folder that pywb is to read, and a page in it; of a WACZ it is gone when the block ends."""
    if is_wacz(Path(named)) or named.endswith(SUFFIX):
        with mapped(Path(named)) as folder:
            yield folder, newest_page(Path(named))
    elif Path(named).is_file():
        raise click.UsageError(f"{named}: neither a collection nor a WACZ; those can be replayed, WARC files extracted")
    else:
        yield collection_path(named), newest_article(collection_path(named))


def newest_article(path: Path) -> Page | None:
    """The article that came last into a collection; None if there is none."""
    with open_collection(path) as collection:
        article = next(iter(deque(collection.catalog.articles(), maxlen=1)), None)
    return (article["url"], article["capture"]["date"]) if article else None
