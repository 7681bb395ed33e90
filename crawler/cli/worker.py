"""`newswarc worker`: crawls what a scheduler, on whatever machine, has put into the queue."""

import contextlib
import logging
import sys

import click
from sqlalchemy import make_url

from archives.database import place_of
from crawler.cli.options import at_once, database, home, known_sites, open_runs
from crawler.jobs.folder import worker_in
from crawler.jobs.lease import SECONDS
from crawler.jobs.site_files import SiteFiles

NO_SERVER = "workers share a queue on a server: set NEWSWARC_DATABASE; on one machine 'newswarc schedule run' is enough"


@click.command()
@at_once
@click.option(
    "--lease",
    type=click.FloatRange(2),
    default=SECONDS,
    show_default=True,
    help="Seconds after which a site whose crawl gives no sign of life is another worker's.",
)
def worker(*, at_once: int, lease: float) -> None:
    """Crawl what is queued, beside any number of workers on other machines, until Ctrl-C or SIGTERM.

    One 'newswarc schedule run', or 'newswarc jobs run', fills the queue in the database that NEWSWARC_DATABASE names.
    A site is crawled by one worker at a time. WARC files go to this machine's disk; where they all are, 'newswarc
    status COLLECTION' tells. When it is stopped, its crawls end in order, and other workers go on with them.

    \b
    Examples:
      newswarc worker
      newswarc worker --at-once 8 --lease 120
    """
    runs = open_runs()
    if not runs.is_shared:
        raise click.UsageError(NO_SERVER)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    click.echo(f"Queue in {database_shown()}, collections in {home()}; Ctrl-C stops.", err=True)
    with contextlib.suppress(KeyboardInterrupt):
        worker_in(home(), runs, SiteFiles(known_sites), at_once=at_once, lease=lease).run()


def database_shown() -> str:
    """The address of the database, without its password."""
    return place_of(make_url(database() or ""))
