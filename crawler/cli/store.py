"""`newswarc store`: a collection's WARC files in an object store."""

from collections.abc import Iterator
from dataclasses import asdict

import click

from archives.collection import Collection
from archives.store import EXAMPLE, Store
from archives.stored import Stored, bring_back, remove_sent, send_all
from crawler.cli.options import as_json, collection_path, counted, database, print_json, progress_bar, sites_of
from crawler.cli.options import store as named_store
from crawler.jobs.recover import recover


@click.command()
@click.argument("collection")
@click.option("--remove", is_flag=True, help="Then remove from the disk what is in the store, held against it anew.")
@click.option("--back", is_flag=True, help="Have everything on the disk again; it stays in the store, too.")
@as_json
def store(collection: str, *, remove: bool, back: bool, as_json: bool) -> None:
    """Send sealed WARC files to the object store that NEWSWARC_STORE names, as crawls do when they seal one.

    Each goes there with its index, and is held against what the store has: by size and digest. What is there already
    is not sent again. What is removed from the disk is read from the store by ranges: pages, articles, replay and
    verification are as before. Refused while a crawl is at work.

    \b
    Examples:
      NEWSWARC_STORE=s3://bucket/prefix newswarc store newsroom
      NEWSWARC_STORE=s3://bucket/prefix newswarc store newsroom --remove
      newswarc store newsroom --back
    """
    if remove and back:
        raise click.UsageError("--remove and --back: one or the other")
    address = named_store()
    if address is None and not back:
        raise click.UsageError(f"NEWSWARC_STORE names no store; set it to an address such as {EXAMPLE}")
    path = collection_path(collection)
    place = None if back or address is None else Store(address)
    if place:
        place.require()
    if remove:
        recover(path, sites_of(path), database=database())
    done: dict[str, list[Stored]] = {}
    with Collection.open(path, write=True, create=False, database=database()) as opened, progress_bar() as bar:
        task = bar.add_task("", total=None)
        for what, file in _work(opened, place, remove=remove):
            bar.update(task, description=f"{what} {file.name}", advance=1)
            done.setdefault(what, []).append(file)
    if as_json:
        print_json({"collection": str(path), **{what: [asdict(one) for one in files] for what, files in done.items()}})
        return
    for what, files in done.items():
        size = sum(one.size for one in files)
        click.echo(f"{path}: {counted(len(files), 'WARC file')} {what}, {size:,} bytes", err=True)
    if not done:
        click.echo(f"{path}: nothing to do", err=True)


def _work(collection: Collection, store: Store | None, *, remove: bool) -> Iterator[tuple[str, Stored]]:
    """What is done, and with which file, as soon as it is."""
    layout, catalog = collection.layout, collection.catalog
    if store is None:
        yield from (("brought back", file) for file in bring_back(layout, catalog))
        return
    yield from (("sent", file) for file in send_all(store.inner(layout.name), layout, catalog))
    if remove:
        yield from (("removed", file) for file in remove_sent(layout, catalog))
