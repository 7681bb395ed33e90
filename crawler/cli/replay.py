"""`newswarc replay`: pywb over collections, until stopped."""

import contextlib

import click

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
    for path in paths:
        Collection.open(path).close()
    with running_replay(paths, port=port) as server, contextlib.suppress(KeyboardInterrupt):
        for path in paths:
            click.echo(f"{server.url}/{path.name}/")
        click.echo("Ctrl-C stops it.", err=True)
        status = server.process.wait()
        raise ReplayUnavailable(f"pywb ended by itself with status {status}; run it again")
