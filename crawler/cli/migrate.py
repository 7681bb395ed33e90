"""`newswarc migrate`: a collection to a database server and a store, and back."""

from dataclasses import asdict
from pathlib import Path

import click

from archives.collection import Collection
from archives.store import Store
from archives.stored import bring_back, send_all
from archives.transfer import OnTable
from crawler.cli.options import as_json, collection_path, counted, database, home, print_json, progress_bar, store
from crawler.jobs.folder import jobs_file
from crawler.jobs.migrate import Migrated
from crawler.jobs.migrate import migrate as migrate_catalog
from crawler.jobs.migrate_queue import migrate_queue


@click.command()
@click.argument("collection", required=False)
@click.option("--queue", is_flag=True, help="Also, or alone, the queue and history of runs of NEWSWARC_HOME.")
@click.option("--back", is_flag=True, help="From there into the collection's folder.")
@as_json
def migrate(collection: str | None, *, queue: bool, back: bool, as_json: bool) -> None:
    """Move a collection to where NEWSWARC_DATABASE and NEWSWARC_STORE say, whichever are set, or back from there.

    The catalog and the ledger go to the database, all rows in one transaction, and are compared; what they were copied
    from is set aside under another name. WARC files go to the store as with 'newswarc store'. With --back both come
    into the collection's folder; then unset the variables. Refused while a crawl is at work. The queue of runs, their
    history and the incidents are of all collections, and move with --queue while no scheduler is at work.

    \b
    Examples:
      NEWSWARC_DATABASE=postgresql+psycopg://news@db.example/news newswarc migrate newsroom
      NEWSWARC_DATABASE=postgresql+psycopg://news@db.example/news newswarc migrate --queue
      NEWSWARC_DATABASE=postgresql+psycopg://news@db.example/news newswarc migrate newsroom --back
    """
    if not (collection or queue):
        raise click.UsageError("Missing argument 'COLLECTION'; name a collection, or the --queue")
    if not (database() or store()):
        raise click.UsageError("neither NEWSWARC_DATABASE nor NEWSWARC_STORE is set; they say where to, or where from")
    if queue and not database():
        raise click.UsageError("--queue: NEWSWARC_DATABASE is not set; it says where to, or where from")
    told: dict[str, object] = {}
    with progress_bar() as bar:
        task = bar.add_task("", total=None)
        show = lambda table: bar.update(task, description=table, advance=1)  # noqa: E731  # one line is enough
        if collection:
            told |= moved_collection(collection_path(collection), back=back, show=show, silent=as_json)
        if queue:
            moved = migrate_queue(home(), database() or "", back=back, progress=show)
            told["queue"] = asdict(moved)
            tell(home(), moved, back=back, silent=as_json)
    if as_json:
        print_json(told)
    elif not queue and not back and database() and jobs_file(home()).exists():
        click.echo(
            f"Queue and history of runs are in {jobs_file(home())}; 'newswarc migrate --queue' moves them", err=True
        )


def moved_collection(path: Path, *, back: bool, show: OnTable, silent: bool) -> dict[str, object]:
    """Move one collection, and say so unless `silent`; what was moved, as plain values."""
    if place := store():
        Store(place).require()
    moved = migrate_catalog(path, url, back=back, progress=show) if (url := database()) else None
    files = 0
    with Collection.open(path, write=True, create=False, database=None if back else database()) as opened:
        if back:
            files = sum(1 for _ in bring_back(opened.layout, opened.catalog))
        elif place:
            files = sum(1 for _ in send_all(Store(place).inner(opened.layout.name), opened.layout, opened.catalog))
    if moved:
        tell(path, moved, back=back, silent=silent)
    elif url and not silent:
        click.echo(f"{path}: the catalog was moved before", err=True)
    if (files or place) and not silent:
        click.echo(f"{path}: {counted(files, 'WARC file')} {'brought back' if back else 'sent'}", err=True)
    return {"collection": str(path), "catalog": asdict(moved) if moved else None, "files": files}


def tell(path: Path, moved: Migrated, *, back: bool, silent: bool) -> None:
    """Say which rows were moved, and where they are still, unless `silent`."""
    if not silent:
        rows = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in moved.rows.items() if count)
        aside = f"the schema '{moved.set_aside}' of the database" if back else moved.set_aside
        click.echo(f"{path}: {rows or 'no rows'} moved and compared; before, they were in {aside}", err=True)
