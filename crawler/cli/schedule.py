"""`newswarc schedule`: crawls that start by themselves."""

import contextlib
import logging
import os
import sys
from datetime import UTC, datetime, timedelta

import click
from rich.table import Table

from crawler.cli.alerts import configured
from crawler.cli.help import Group
from crawler.cli.options import (
    as_json,
    at_once,
    counted,
    database,
    home,
    known_sites,
    open_incidents,
    open_runs,
    print_json,
    sites_for,
    usable_sites,
)
from crawler.cli.tables import minute, print_text
from crawler.jobs.alerts.watch import Watch
from crawler.jobs.due import anything_due
from crawler.jobs.folder import SchedulerAtWork, only_scheduler, worker_in
from crawler.jobs.metrics import Figures, serve_metrics
from crawler.jobs.scheduler import KEEP, Scheduler
from crawler.jobs.site_files import SiteFiles
from crawler.jobs.units import cron_line, secrets_in, systemd_unit
from crawler.sites import Site
from crawler.sites.schedule import size_of

NO_SCHEDULE = "No site has a [schedule] in its site file; 'newswarc schedule --help' shows one."
NOBODY_TOLD = "NEWSWARC_ALERTS is not set: nobody is told what goes wrong, 'newswarc alerts list' shows it."
_LONGEST_KEPT = 36_500
"""Days."""


@click.group(cls=Group)
def schedule() -> None:
    """Crawl sites when the [schedule] in their site files says so.

    \b
    A site file says, for example:
      [schedule]
      every = "15 min"            # or cron = "*/15 6-22 * * *"
      quiet = "01:00-05:00"
      max_pages = 500
    \b
    Examples:
      newswarc schedule run
      newswarc schedule show
      newswarc schedule install --systemd
    """


@schedule.command()
@click.option(
    "--at-once",
    type=click.IntRange(0),
    default=2,
    show_default=True,
    help="Crawls at one time, of different sites; with 0 it leaves them to workers.",
)
@click.option(
    "--metrics", type=click.IntRange(0, 65535), metavar="PORT", help="Answer Prometheus at this port; 0: any."
)
@click.option("--metrics-host", default="127.0.0.1", show_default=True, help="Address to answer at; 0.0.0.0: at all.")
@click.option("--unless-running", is_flag=True, help="Where one is at work, end with status 0 and no word: for cron.")
def run(*, at_once: int, metrics: int | None, metrics_host: str, unless_running: bool) -> None:
    """Start crawls as they are due, until Ctrl-C or SIGTERM, which interrupt the crawls too: they are gone on with.

    What is wrong with a site is told as NEWSWARC_ALERTS says; see 'newswarc alerts'.

    Killed in any other way, it leaves the crawls running, and the next scheduler finds them. With NEWSWARC_DATABASE,
    any number of 'newswarc worker' on other machines share the work.

    \b
    Example:
      newswarc schedule run --at-once 4
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    runs, incidents = open_runs(), open_incidents()
    if not at_once and not runs.is_shared:
        raise click.BadParameter("0 starts nothing, as workers need NEWSWARC_DATABASE", param_hint="'--at-once'")
    send = configured()
    try:
        with only_scheduler(home(), runs) as make_sure, contextlib.suppress(KeyboardInterrupt):
            sites = SiteFiles(known_sites)
            worker = worker_in(home(), runs, sites, at_once=at_once)
            watch = Watch(
                runs,
                incidents,
                home(),
                sites=sites,
                database=database(),
                place=worker.place,
                send=send,
                room=smallest_room(),
            )
            scheduler = Scheduler(
                runs, worker, sites, has_work=has_work, look=watch.look, make_sure=make_sure, keep=kept()
            )
            if metrics is not None:
                serve_figures(Figures(runs, incidents, home()), metrics_host, metrics)
            greet(is_told=send is not None)
            scheduler.run()
    except SchedulerAtWork:
        if not unless_running:
            raise


def greet(*, is_told: bool) -> None:
    """Say what is begun, and what is missing."""
    scheduled = sum(site.schedule is not None for site in sites_for(()).values())
    click.echo(f"{counted(scheduled, 'scheduled site')}, collections in {home()}; Ctrl-C stops.", err=True)
    if not scheduled:
        click.echo(NO_SCHEDULE, err=True)
    if not is_told:
        click.echo(NOBODY_TOLD, err=True)


def serve_figures(figures: Figures, host: str, port: int) -> None:
    """Answer Prometheus from now on; a line that says why, if nobody can listen there."""
    try:
        opened = serve_metrics(figures, host, port)
    except OSError as exc:
        reason = f"{host}, port {port}: {exc.strerror}; give an address of this machine, and a free port"
        raise click.BadParameter(reason, param_hint="'--metrics'") from exc
    click.echo(f"Metrics at http://{host}:{opened}/metrics", err=True)


def smallest_room() -> int:
    """Bytes that have to be free, by NEWSWARC_ENOUGH_ROOM."""
    try:
        return size_of(os.environ.get("NEWSWARC_ENOUGH_ROOM") or "2 GB")
    except ValueError as exc:
        raise click.UsageError(f"NEWSWARC_ENOUGH_ROOM: {exc}; write it as 5GB") from exc


def kept() -> timedelta:
    """How long runs are in the history, by NEWSWARC_KEEP_RUNS."""
    days = os.environ.get("NEWSWARC_KEEP_RUNS") or str(KEEP.days)
    if not (days.isascii() and days.isdecimal() and 0 < int(days[:6]) <= _LONGEST_KEPT):
        raise click.UsageError(f"NEWSWARC_KEEP_RUNS: {days} is no number of days from 1 to {_LONGEST_KEPT}; write 365")
    return timedelta(days=int(days))


def has_work(site: Site, collection: str) -> bool:
    """Whether a run of the site would ask for anything now."""
    return anything_due(home() / collection, [site], database=database())


@schedule.command()
@as_json
def show(*, as_json: bool) -> None:
    """Show which sites are scheduled, and when each is due.

    \b
    Example:
      newswarc schedule show --json
    """
    runs, now = open_runs(write=False), datetime.now(UTC)
    due, paused = runs.timetable.due(), runs.timetable.paused()
    rows = [
        {
            "site": name,
            "schedule": dict(site.schedule.written),
            "next_due": (due.get(name) or site.schedule.next_after(now, site=name)).isoformat(timespec="seconds"),
            "paused": name in paused,
        }
        for name, site in usable_sites().items()
        if site.schedule is not None
    ]
    if as_json:
        print_json(rows)
    elif rows:
        print_text(listing(rows))
    else:
        click.echo(NO_SCHEDULE)


def listing(rows: list[dict[str, object]]) -> Table:
    """One line a site."""
    table = Table("site", "next due (UTC)", "schedule", box=None)
    for row in rows:
        written = ", ".join(f"{key} {value}" for key, value in dict(row["schedule"]).items())  # type: ignore[call-overload]  # JSON values
        table.add_row(str(row["site"]), "paused" if row["paused"] else minute(str(row["next_due"])), written)
    return table


@schedule.command()
@click.option("--systemd", "form", flag_value="systemd", help="A unit file for systemd.")
@click.option("--cron", "form", flag_value="cron", help="A line for crontab.")
@at_once
def install(*, form: str | None, at_once: int) -> None:
    """Print what keeps the scheduler running on this machine, in this folder and with these settings.

    A user's unit is started with 'systemctl --user enable --now newswarc', and at boot once 'loginctl enable-linger'
    allows it.

    \b
    Examples:
      newswarc schedule install --systemd > ~/.config/systemd/user/newswarc.service
      (crontab -l; newswarc schedule install --cron) | crontab
    """
    if form is None:
        raise click.UsageError("say what it is for: --systemd or --cron")
    for name in secrets_in():
        what = f"newswarc: {name} holds a password or key and is left out; give it to the service yourself"
        click.echo(f"{what} (systemd: EnvironmentFile=, cron: a line before)", err=True)
    click.echo(systemd_unit(at_once) if form == "systemd" else cron_line(at_once), nl=False)
