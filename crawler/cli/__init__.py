"""The `newswarc` command: parses, calls, prints; nothing is decided here."""

import importlib
import os
import sys

import click

from archives.errors import ArchiveError, CollectionLocked, CollectionMissing, ReplayUnavailable
from crawler import __version__
from crawler.sites import SiteError

COMMANDS = ("demo", "newsroom", "crawl", "extract", "export", "verify", "replay", "sites", "status")
USAGE_FAULTS = (CollectionLocked, CollectionMissing, ReplayUnavailable, SiteError, click.UsageError)
FOUND_BAD, USAGE, INTERRUPTED = 1, 2, 130


class Commands(click.Group):
    """Commands in the order one meets them, each imported only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 — click's signature
        """Names for `--help`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 — click's signature
        """The command of that name: the function of the same name in the module of the same name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"crawler.cli.{cmd_name}"), cmd_name)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newswarc")
@click.option("--debug", is_flag=True, help="Show the traceback of a failure.")
def newswarc(*, debug: bool) -> None:
    """Crawl news sites, keep every response byte for byte in WARC, and turn each article into a JSON line.

    Collections live under ./collections, or in the folder that NEWSWARC_HOME names. Exit status: 0 done, 1 something
    was found bad, 2 the command cannot be carried out as given.
    """


def main() -> None:
    """Run the command; a fault is one line on standard error and an exit status, a traceback only with --debug."""
    try:
        sys.exit(run())
    except Exception as fault:
        if "--debug" in sys.argv[1:]:
            raise
        sys.exit(complain(fault))


def run() -> str | int | None:
    """Run the command and write out what it printed; returns the exit status."""
    try:
        status: str | int | None = newswarc(standalone_mode=False)
    except SystemExit as end:
        status = end.code
    try:
        sys.stdout.flush()
    except OSError:
        # What Python could not write it tries again when it ends, and complains about in its own words.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
    return status


def complain(fault: Exception) -> int:
    """Say in one line what went wrong; returns the exit status."""
    if isinstance(fault, click.Abort):
        return INTERRUPTED
    if isinstance(fault, click.ClickException):
        what = fault.format_message()
    elif isinstance(fault, ArchiveError | SiteError):
        what = str(fault)
    elif isinstance(fault, OSError):
        place, why = fault.filename or "standard output", fault.strerror or str(fault)
        what = f"{place}: {why}; make room there or choose another place"
    else:
        what = f"{type(fault).__name__}: {fault}; this is a fault in newswarc, --debug shows where"
    click.echo(f"newswarc: {' '.join(what.split())}", err=True)
    return USAGE if isinstance(fault, USAGE_FAULTS) else FOUND_BAD
