"""What several commands share: where collections and sites live, how results and progress are printed."""

import json
import os
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from crawler.sites import Site, load_sites

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text.")


def home() -> Path:
    """The folder that holds the collections: NEWSWARC_HOME, else ./collections."""
    return Path(os.environ.get("NEWSWARC_HOME") or "collections")


def collection_path(named: str) -> Path:
    """A collection by its folder, or by its name under `home()`."""
    return Path(named) if os.sep in named or is_collection(Path(named)) else home() / named


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
    raise click.UsageError(f"{named}: no such file or collection; see 'newswarc status' for the collections")


def known_sites() -> dict[str, Site]:
    """Sites by name: those in the folder that NEWSWARC_SITES names before the built-in ones."""
    return load_sites(os.environ.get("NEWSWARC_SITES"))


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def progress_bar() -> Progress:
    """A progress bar on standard error, silent when that is no terminal."""
    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
