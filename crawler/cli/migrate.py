"""`newswarc migrate`: a collection to a database server and a store, and back."""

from dataclasses import asdict

import click

from archives.collection import Collection
from archives.store import Store
from archives.stored import bring_back, send_all
from crawler.cli.options import as_json, collection_path, counted, database, print_json, progress_bar, store
from crawler.jobs.migrate import Migrated
from crawler.jobs.migrate import migrate as migrate_catalog


@click.command()
@click.argument("collection")
@click.option("--back", is_flag=True, help="From there into the collection's folder.")
@as_json
def migrate(collection: str, *, back: bool, as_json: bool) -> None:
    """Move a collection to where NEWSWARC_DATABASE and NEWSWARC_STORE say, whichever are set, or back from there.

    The catalog and the ledger go to the database, all rows in one transaction, and are compared; what they were copied
    from is set aside under another name. WARC files go to the store as with 'newswarc store'. With --back both come
    into the collection's folder; then unset the variables. Refused while a crawl is at work.

    \b
    Examples:
      NEWSWARC_DATABASE=postgresql+psycopg://news@db.example/news newswarc migrate newsroom
      NEWSWARC_DATABASE=postgresql+psycopg://news@db.example/news newswarc migrate newsroom --back
    """
    if not (database() or store()):
        raise click.UsageError("neither NEWSWARC_DATABASE nor NEWSWARC_STORE is set; they say where to, or where from")
    path = collection_path(collection)
    moved: Migrated | None = None
    with progress_bar() as bar:
        task = bar.add_task("", total=None)
        if url := database():
            show = lambda table: bar.update(task, description=table, advance=1)  # noqa: E731  # one line is enough
            moved = migrate_catalog(path, url, back=back, progress=show)
        files = 0
        with Collection.open(path, write=True, create=False, database=None if back else database()) as opened:
            place = store()
            if back:
                files = sum(1 for _ in bring_back(opened.layout, opened.catalog))
            elif place:
                inner = Store(place).inner(opened.layout.name)
                files = sum(1 for _ in send_all(inner, opened.layout, opened.catalog))
    if as_json:
        print_json({"collection": str(path), "catalog": asdict(moved) if moved else None, "files": files})
        return
    if moved:
        rows = ", ".join(f"{count:,} {table}" for table, count in moved.rows.items() if count)
        click.echo(f"{path}: {rows or 'no rows'} moved and compared; before, they were in {moved.set_aside}", err=True)
    if files or store():
        click.echo(f"{path}: {counted(files, 'WARC file')} {'brought back' if back else 'sent'}", err=True)
