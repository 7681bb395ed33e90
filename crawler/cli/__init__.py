"""The `newswarc` command: parses, calls, prints; nothing is decided here."""

import difflib
import importlib
import os
import signal
import sys

import click

from archives.errors import (
    ArchiveError,
    ArgumentUnusable,
    CollectionLocked,
    CollectionMissing,
    ReplayUnavailable,
    SigningKeyUnusable,
    remedy,
)
from crawler import __version__
from crawler.cli.help import Group
from crawler.sites import SiteError

COMMANDS = (
    "demo",
    "newsroom",
    "crawl",
    "extract",
    "explain",
    "export",
    "pack",
    "verify",
    "recover",
    "store",
    "migrate",
    "takedown",
    "replay",
    "serve",
    "sites",
    "status",
    "search",
    "ledger",
    "report",
    "schedule",
    "worker",
    "jobs",
    "alerts",
    "revisions",
    "diff",
    "changes",
)
USAGE_FAULTS = (
    ArgumentUnusable,
    CollectionLocked,
    CollectionMissing,
    ReplayUnavailable,
    SigningKeyUnusable,
    SiteError,
    click.UsageError,
)
FOUND_BAD, USAGE, INTERRUPTED, READER_LEFT = 1, 2, 130, 141
"""The last is what a shell says of a program that SIGPIPE has ended."""
HELP = "see 'newswarc --help'"
DEBUG = click.Option(["--debug"], is_flag=True, expose_value=False, help="Show the traceback of a failure.")
"""Before the command and after it."""


class Commands(Group):
    """Commands in the order one meets them, each imported only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 — click's signature
        """Names for `--help`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 — click's signature
        """The command of that name: the function of the same name in the module of the same name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"crawler.cli.{cmd_name}"), cmd_name)
        if DEBUG not in command.params:
            command.params.append(DEBUG)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; one that is none is told with the likeliest."""
        if args[0] not in COMMANDS:
            likely = difflib.get_close_matches(args[0], COMMANDS, n=1)
            advice = f"did you mean '{likely[0]}'?" if likely else HELP
            raise click.UsageError(f"No such command '{args[0]}'; {advice}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; whoever reads its output may go away, as `head` does."""
        try:
            return super().invoke(ctx)
        except (BrokenPipeError, SystemExit) as end:
            if isinstance(end, SystemExit) and not isinstance(end.__context__, BrokenPipeError):
                raise
            raise click.exceptions.Exit(READER_LEFT) from end  # click and Rich would end with 1, as if it was bad


@click.command(cls=Commands, params=[DEBUG], context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newswarc")
def newswarc() -> None:
    """Crawl news sites, keep every response byte for byte in WARC, and turn each article into a JSON line.

    Collections live under ./collections, or in the folder that NEWSWARC_HOME names. Exit status: 0 done, 1 something
    was found bad, 2 the command cannot be carried out as given, 130 interrupted by Ctrl-C or SIGTERM (newsroom,
    replay, serve, schedule run and worker, which are meant to be stopped so, end with 0), 141 nobody reads the output
    any more.
    """


def main() -> None:
    """Run the command; a fault is one line on standard error and an exit status, a traceback only with --debug."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)  # ends as Ctrl-C does: what was begun is cleared away
    try:
        sys.exit(run())
    except Exception as fault:
        if "--debug" in sys.argv[1:] and not isinstance(fault, click.Abort):
            raise
        sys.exit(complain(fault))


def run() -> str | int | None:
    """Run the command and write out what it printed; returns the exit status."""
    try:
        status: str | int | None = newswarc(standalone_mode=False, prog_name="newswarc")
    except SystemExit as end:
        status = end.code
    try:
        sys.stdout.flush()
    except OSError as fault:
        # What Python could not write it tries again when it ends, and complains about in its own words.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(fault, BrokenPipeError):
            return READER_LEFT
        raise
    return status


def complain(fault: Exception) -> int:
    """Say in one line what went wrong; returns the exit status."""
    if isinstance(fault, click.Abort):
        click.echo("newswarc: interrupted", err=True)
        return INTERRUPTED
    if isinstance(fault, click.exceptions.NoArgsIsHelpError):
        fault.show()
        return USAGE
    if isinstance(fault, click.ClickException):
        what = with_advice(fault)
    elif isinstance(fault, ArchiveError | SiteError):
        what = str(fault)
    elif isinstance(fault, OSError):
        place, why = fault.filename or "standard output", fault.strerror or str(fault)
        what = f"{place}: {why}; {remedy(fault)} or choose another place"
    else:
        what = f"{type(fault).__name__}: {fault}; this is a fault in newswarc, --debug shows where"
    click.echo(f"newswarc: {' '.join(what.split())}", err=True)
    return USAGE if isinstance(fault, USAGE_FAULTS) else FOUND_BAD


def with_advice(fault: click.ClickException) -> str:
    """Its message; where that does not say what next, the help does."""
    what = fault.format_message().rstrip(".")
    context = getattr(fault, "ctx", None)
    return what if ";" in what or context is None else f"{what}; see '{context.command_path} --help'"
