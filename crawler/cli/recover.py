"""`newswarc recover`: put a collection right whose crawl died."""

from dataclasses import asdict
from pathlib import Path

import click

from crawler.cli.options import as_json, collection_path, database, print_json, progress_bar, sites_of, store
from crawler.jobs.recover import recover as recover_collection


@click.command()
@click.argument("collection")
@click.option("--reindex", is_flag=True, help="Make index and catalog rows anew wherever the records differ from them.")
@click.option("--gone", metavar="MARK", help="Give up another folder of the collection, whose disk is gone.")
@as_json
def recover(collection: str, *, reindex: bool, gone: str | None, as_json: bool) -> None:
    """Put a collection right after a crash, a power cut or a full disk, as each crawl does when it begins.

    Torn tails are cut at the last whole exchange, whole records are indexed, archived articles extracted, half a line
    is removed, the file is sealed. With --reindex all WARC files are read, and index and catalog made to say what the
    records say; captures whose WARC file is gone are forgotten, and the next crawl asks for their articles again.
    Prints what was done. Refused while a crawl is at work.

    Of a collection on several disks each is put right where it is. What was on one that is gone is forgotten with
    --gone and the mark of its folder, which 'newswarc status' tells.

    \b
    Examples:
      newswarc recover newsroom
      newswarc recover newsroom --reindex --json
      newswarc recover newsroom --gone 5e11a7
    """
    path = collection_path(collection)
    with progress_bar() as bar:
        task = bar.add_task("recovering", total=None)

        def show(file: Path) -> None:
            bar.update(task, description=file.name, advance=1)

        done = recover_collection(
            path, sites_of(path), reindex=reindex, gone=gone, database=database(), store=store(), progress=show
        )
    if as_json:
        rows = [{"what": type(one).__name__, "line": str(one), **asdict(one)} for one in done]
        print_json({"collection": str(path), "done": rows})
        return
    for one in done:
        click.echo(str(one))
    if not done:
        click.echo(f"{path}: nothing to put right", err=True)
