"""`newswarc replay`: pywb over collections, until stopped."""

import contextlib
from collections import deque
from pathlib import Path
from typing import Any

import click

from archives.cdxj import timestamp_of
from archives.collection import Collection
from archives.errors import ReplayUnavailable
from archives.replay import replay as running_replay
from crawler.cli.options import collection_path


@click.command()
@click.argument("collections", nargs=-1, required=True, metavar="COLLECTION…")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
def replay(collections: tuple[str, ...], port: int) -> None:
    """Browse what was archived, each page at its own time.

    pywb runs as a process of its own on loopback, until Ctrl-C.

    \b
    Example:
      newswarc replay newsroom --port 8080
    """
    paths = [collection_path(name) for name in collections]
    articles = [newest_article(path) for path in paths]
    with running_replay(paths, port=port) as server, contextlib.suppress(KeyboardInterrupt):
        for path, article in zip(paths, articles, strict=True):
            click.echo(f"{server.url}/{path.name}/")
            if article is not None:
                moment = timestamp_of(article["capture"]["date"])
                click.echo(server.page(path.name, moment, article["url"], modifier=""))
        click.echo("A collection's own address looks up any capture by its URL; the other is an article.", err=True)
        click.echo("Ctrl-C stops it.", err=True)
        status = server.process.wait()
        raise ReplayUnavailable(f"pywb ended by itself with status {status}; run it again")


def newest_article(path: Path) -> dict[str, Any] | None:
    """The article that came last into a collection; None if there is none."""
    with Collection.open(path) as collection:
        return next(iter(deque(collection.catalog.articles(), maxlen=1)), None)
