"""`newswarc jobs`: the runs of the scheduler, and what somebody may ask of it."""

import socket
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from crawler.cli.help import Group
from crawler.cli.options import as_json, home, open_runs, print_json, tell_without_scheduler, usable_sites
from crawler.cli.tables import figure, minute, print_text
from crawler.jobs.folder import children_in
from crawler.jobs.runs import Run
from crawler.jobs.summary import NOTHING_DUE, is_whole
from crawler.sites import Site, require_start

STARTS = "'newswarc schedule run' starts it, if it is not at work already"


@click.group(cls=Group)
def jobs() -> None:
    """Show crawls, whoever started them; ask the scheduler for one, pause a site's.

    \b
    Examples:
      newswarc jobs list
      newswarc jobs run newsroom
      newswarc jobs log 12
    """


@jobs.command("list")
@click.option("--site", help="Only this site's.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="The newest so many.")
@as_json
def listed(*, site: str | None, limit: int, as_json: bool) -> None:
    """List the newest runs: queued, running, done or failed; those by hand, once they have ended.

    \b
    Example:
      newswarc jobs list --site newsroom --json
    """
    runs = open_runs(write=False)
    found = runs.recent(site=site, limit=limit)
    if site and not found:
        configured([site])  # a site whose file is gone may have runs, a name that is mistyped has none
    if as_json:
        print_json([asdict(run) for run in found])
    elif found:
        print_text(listing(found))
        for run in filter(lambda run: run.problem, found):
            click.echo(f"run {run.id}: {run.problem}")
        if runs.waiting() or runs.timetable.due():
            tell_without_scheduler(runs)
    else:
        of = f" of {site}" if site else ""
        click.echo(f"No runs{of} yet; 'newswarc crawl SITE' makes one, and 'newswarc schedule run' when it is due.")


def listing(found: list[Run]) -> Table:
    """One line a run."""
    table = Table("run", "site", "cause", "state", "due (UTC)", "articles", "new", "changed", "captures", box=None)
    for run in found:
        said = run.summary or {}
        figures = (figure(said.get(key), whole=is_whole(said)) for key in ("articles", "new", "changed", "captures"))
        table.add_row(str(run.id), run.site, run.cause, run.state, minute(run.due), *figures)
    return table


@jobs.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """Show all that is known of a run, as JSON.

    \b
    Example:
      newswarc jobs show 12
    """
    print_json(asdict(found(number)))


@jobs.command()
@click.argument("sites", nargs=-1, required=True)
def run(sites: tuple[str, ...]) -> None:
    """Ask for a run of each site as soon as the scheduler can start it.

    It asks all sources of the site, as 'newswarc crawl SITE' does, and not only what is due as the runs of its schedule
    do; the schedule's max_pages, max_bytes and max_minutes bound it, too.

    \b
    Example:
      newswarc jobs run newsroom bbc
    """
    runs = open_runs()
    for site in map(require_start, configured(sites)):
        number = runs.queue(site.name, site.collection, cause="asked")
        queued = f"queued as run {number}; {STARTS}" if number else "a run is queued or under way"
        click.echo(f"{site.name}: {queued}")


@jobs.command()
@click.argument("sites", nargs=-1, required=True)
def pause(sites: tuple[str, ...]) -> None:
    """Let the schedule start no further runs of these sites; one that is under way goes on.

    \b
    Example:
      newswarc jobs pause newsroom
    """
    timetable = open_runs().timetable
    for site in configured(sites):
        timetable.pause(site.name)
        click.echo(f"{site.name}: paused; no run starts by itself until 'newswarc jobs resume {site.name}'")


@jobs.command()
@click.argument("sites", nargs=-1, required=True)
def resume(sites: tuple[str, ...]) -> None:
    """Let the schedule start runs of these sites again; what was missed meanwhile is one run, at once.

    \b
    Example:
      newswarc jobs resume newsroom
    """
    timetable = open_runs().timetable
    paused = timetable.paused()
    for site in configured(sites):
        timetable.resume(site.name)
        before = "resumed" if site.name in paused else "was not paused"
        now = "its schedule starts runs" if site.schedule else "its site file has no [schedule]: none starts by itself"
        click.echo(f"{site.name}: {before}; {now}")


@jobs.command()
@click.argument("number", type=int)
def log(number: int) -> None:
    """Print the log of a run's crawl, or what its last attempt complained of.

    \b
    Example:
      newswarc jobs log 12
    """
    one = found(number)
    logged = (one.summary or {}).get("log") if one.ended else None  # before, the summary is of what was interrupted
    written = Path(logged or children_in(home()).complaints(one))
    if not written.is_file() or not written.stat().st_size:
        click.echo(instead_of_log(one))
        return
    with written.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            click.echo(line, nl=False)


def instead_of_log(run: Run) -> str:
    """What a run without a log here complained of; ClickException says why it has none, if it did not complain."""
    here, place = f"{socket.gethostname()}:{home().resolve()}", (run.place or "").partition("#")[0]
    yet = "" if run.ended else " yet"
    if place not in ("", here):
        advice = f"it was begun in {place}, look there"
    elif not run.ended:
        advice = "try again later"
    elif run.problem:
        return run.problem
    elif (run.summary or {}).get("finish_reason") == NOTHING_DUE:
        advice = "nothing was due, so no crawl was begun"
    else:
        advice = f"'newswarc jobs show {run.id}' shows what is known of it"
    raise click.ClickException(f"run {run.id} is {run.state} and has written no log here{yet}; {advice}")


def found(number: int) -> Run:
    """The run with that number, or a line that says that there is none."""
    run = open_runs(write=False).of(number)
    if run is None:
        raise click.BadParameter(f"no run {number} in {home()}; see 'newswarc jobs list'", param_hint="NUMBER")
    return run


def configured(names: Sequence[str]) -> list[Site]:
    """The sites of these names, or a line that says that there is none; files that are broken are told."""
    known = usable_sites(names)
    for name in names:
        if name not in known:
            raise click.BadParameter(f"no site {name!r}; there are {', '.join(known)}", param_hint="SITES")
    return [known[name] for name in names]
