"""`newswarc store`: a collection's WARC files in an object store."""

from dataclasses import asdict
from pathlib import Path

import click

from archives.collection import Collection
from archives.store import EXAMPLE, Store
from archives.stored import send_all
from crawler.cli.options import as_json, collection_path, counted, database, print_json, progress_bar
from crawler.cli.options import store as named_store


@click.command()
@click.argument("collection")
@as_json
def store(collection: str, *, as_json: bool) -> None:
    """Send sealed WARC files to the object store that NEWSWARC_STORE names, as crawls do when they seal one.

    Each goes there with its index, and is held against what the store has: by size and digest. What is there already
    is not sent again. Refused while a crawl is at work.

    \b
    Examples:
      NEWSWARC_STORE=s3://bucket/prefix newswarc store newsroom
    """
    address = named_store()
    if address is None:
        raise click.UsageError(f"NEWSWARC_STORE names no store; set it to an address such as {EXAMPLE}")
    path = collection_path(collection)
    place = Store(address).inner(path.resolve().name)
    with Collection.open(path, write=True, create=False, database=database()) as opened, progress_bar() as bar:
        task = bar.add_task("sending", total=None)

        def show(file: Path) -> None:
            bar.update(task, description=file.name, advance=1)

        sent = list(send_all(place, opened.layout, opened.catalog, show))
    if as_json:
        print_json({"collection": str(path), "store": place.address, "sent": [asdict(one) for one in sent]})
        return
    size = sum(one.size for one in sent)
    click.echo(f"{path}: {counted(len(sent), 'WARC file')} sent to {place.address}, {size:,} bytes", err=True)
