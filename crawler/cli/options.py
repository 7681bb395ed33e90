"""What several commands share: where collections and sites live, how results and progress are printed."""

import contextlib
import json
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from archives.counted import counted as counted
from archives.errors import ArchiveError
from crawler.sites import BrokenFiles, Site, load_sites
from crawler.sites.schedule import size_of

if TYPE_CHECKING:
    from archives.collection import Collection
    from crawler.jobs.alerts.incidents import Incidents
    from crawler.jobs.runs import Runs

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text.")
at_once = click.option(
    "--at-once", type=click.IntRange(1), default=2, show_default=True, help="Crawls at one time, of different sites."
)

NO_NAMES = ("", ".", "..")
"""They would lead out of the home folder, or to it."""


def home() -> Path:
    """The folder that holds the collections: NEWSWARC_HOME, else ./collections."""
    return Path(os.environ.get("NEWSWARC_HOME") or "collections")


def collection_path(named: str) -> Path:
    """A collection by its folder, or by its name under `home()`; UsageError, if it is neither."""
    path = Path(named)
    if path.is_file():
        raise click.UsageError(f"{named}: a file, and no collection; see 'newswarc status' for the collections")
    if os.sep in named or (is_collection(path) and named not in NO_NAMES):
        return path
    if named in NO_NAMES or not named.isprintable():
        raise click.UsageError(f"{named!r} is no name of a collection; for a folder of any place write it with a slash")
    return home() / named


def is_collection(path: Path) -> bool:
    """Whether a folder looks like a collection."""
    return (path / "archive").is_dir()


def source_of(named: str) -> Path:
    """The collection or file that an argument names."""
    path = Path(named)
    if named == "-" or path.is_file():
        return path
    if is_collection(collection_path(named)):
        return collection_path(named)
    if path.is_dir():
        what = f"{named}: a folder, but no collection: there is no archive/ in it; name one, or the WARC files in it"
        raise click.UsageError(what)
    if path.exists():
        return path
    if _is_on_server(collection_path(named)):
        what = f"nothing of it is on this disk; 'newswarc status {named}' names the folders, or the store"
        raise click.UsageError(f"{named}: {what}")
    raise click.UsageError(f"{named}: no such file or collection; see 'newswarc status' for the collections")


def _is_on_server(path: Path) -> bool:
    """Whether the server that NEWSWARC_DATABASE names has a collection of the name, as far as it can be asked."""
    from archives.collection import is_known
    from archives.layout import Layout

    server = database()
    with contextlib.suppress(ArchiveError):
        return server is not None and is_known(Layout(path), server)
    return False


def database() -> str | None:
    """The SQLAlchemy URL in NEWSWARC_DATABASE: where catalog and ledger are, if not in the collection's folder."""
    return os.environ.get("NEWSWARC_DATABASE") or None


def store() -> str | None:
    """The address in NEWSWARC_STORE: where sealed WARC files are sent, if anywhere."""
    return os.environ.get("NEWSWARC_STORE") or None


def open_collection(path: Path) -> "Collection":
    """A collection for reading; CollectionMissing, if there is none in that folder."""
    from archives.collection import Collection

    return Collection.open(path, database=database())


def tell_elsewhere(collection: Path, done: str) -> None:
    """A line, if files of a collection are in other folders, and so to be `done` there."""
    from archives.folders import elsewhere

    with open_collection(collection) as opened:
        files = len(elsewhere(opened.catalog, opened.layout))
    if files:
        what = f"to be {done} there; 'newswarc status {collection}' names them"
        click.echo(f"{collection}: {counted(files, 'file')} in other folders of the collection, {what}", err=True)


def open_runs(*, write: bool = True) -> "Runs":
    """The scheduler's queue and history, for as long as the command goes on."""
    from crawler.jobs.folder import runs_in

    runs = runs_in(home(), database(), write=write)
    click.get_current_context().call_on_close(runs.close)
    return runs


def tell_without_scheduler(runs: "Runs") -> None:
    """A line, if nobody starts what is due or queued."""
    from crawler.jobs.folder import has_scheduler

    if not has_scheduler(home(), runs):
        click.echo("\nNo scheduler is at work; 'newswarc schedule run' is one.")


def open_incidents(*, write: bool = True) -> "Incidents":
    """What is or was wrong, for as long as the command goes on."""
    from crawler.jobs.folder import incidents_in

    incidents = incidents_in(home(), database(), write=write)
    click.get_current_context().call_on_close(incidents.close)
    return incidents


def known_sites() -> dict[str, Site]:
    """Sites by name: those in the folder that NEWSWARC_SITES names before the built-in ones."""
    return load_sites(os.environ.get("NEWSWARC_SITES"))


def sites_for(targets: Iterable[str], *, tell: bool = False) -> dict[str, Site]:
    """As `known_sites`; files that are broken are told if asked, and left out; SiteError, if one of these is meant.

    Targets are names of sites, and addresses.
    """
    try:
        return known_sites()
    except BrokenFiles as broken:
        if needed := broken.keep_from(targets):
            raise needed from broken
        for fault in broken.faults.values() if tell else ():
            click.echo(f"newswarc: {fault}", err=True)
        return dict(broken.others)


def usable_sites(names: Iterable[str] = ()) -> dict[str, Site]:
    """As `known_sites`, but files that are broken are told, and left out; SiteError, if one is of a site so named."""
    return sites_for(names, tell=True)


def sites_of(*paths: Path) -> dict[str, Site]:
    """As `usable_sites`; SiteError, if a file is broken that is of a site in one of these collections, or may be."""
    try:
        return known_sites()
    except BrokenFiles as broken:
        from crawler.jobs.ledger import site_names

        try:
            names = {name for path in paths for name in site_names(path, database())}
        except ArchiveError:  # a catalog that is lost tells no names
            names = set(broken.faults)
        return usable_sites(sorted(names))


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def progress_bar(so_far: Callable[[], int] | None = None) -> Progress:
    """A progress bar on standard error, silent when that is no terminal.

    It shows what its task has completed, or `so_far` where the work keeps count itself.
    """
    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}") if so_far is None else _Count(so_far),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


class _Size(click.ParamType[int]):
    name = "SIZE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return value if isinstance(value, int) else size_of(str(value))
        except ValueError as exc:
            self.fail(f"{exc}; write it as 200MB", param, ctx)


SIZE = _Size()
"""Type of an option that takes a number of bytes."""


class _Day(click.DateTime):
    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no day; write it as YYYY-MM-DD", param, ctx)


DAY = _Day(["%Y-%m-%d"])
"""Type of an option that takes a day."""


class _Count(ProgressColumn):
    """A figure that is asked for whenever the bar is drawn."""

    def __init__(self, so_far: Callable[[], int]) -> None:
        super().__init__()
        self._so_far = so_far

    def render(self, task: Task) -> Text:  # noqa: ARG002  # rich's signature
        """The figure now."""
        return Text(f"{self._so_far():,}")
