"""What several commands share: where collections live, how results and faults are printed."""

import json
import os
from pathlib import Path
from typing import Any

import click
from rich.console import Console

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text.")


def home() -> Path:
    """The folder that holds the collections: NEWSWARC_HOME, else ./collections."""
    return Path(os.environ.get("NEWSWARC_HOME") or "collections")


def collection_path(named: str) -> Path:
    """A collection by its folder, or by its name under `home()`."""
    return Path(named) if "/" in named or (Path(named) / "archive").is_dir() else home() / named


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def progress_console() -> Console:
    """Where progress is drawn: standard error, and nothing at all when that is no terminal."""
    console = Console(stderr=True)
    console.quiet = not console.is_terminal
    return console
