"""`newswarc alerts`: what is wrong with the sites that are crawled by themselves, and who is told."""

import os
import sys
from dataclasses import asdict

import click
from rich.table import Table
from rich.text import Text

from crawler.cli.help import Group
from crawler.cli.options import as_json, counted, open_incidents, print_json
from crawler.cli.tables import minute, print_text
from crawler.jobs.alerts.checks import KINDS
from crawler.jobs.alerts.incidents import Incident
from crawler.jobs.alerts.notifier import AlertsUnusable, Message, Send, notifier

FOUND_BAD = 1
_KINDS = "\n    ".join(f"{kind}: {what}." for kind, what in KINDS.items())


def configured() -> Send | None:
    """Who is told, by NEWSWARC_ALERTS; a line that says why, if that cannot be used."""
    try:
        return notifier(os.environ.get("NEWSWARC_ALERTS"))
    except AlertsUnusable as exc:
        raise click.UsageError(str(exc)) from exc


@click.group(
    cls=Group,
    help=f"""Show what the scheduler found wrong, and try who is told.

    NEWSWARC_ALERTS holds Apprise URLs (https://github.com/caronc/apprise), or names a file with one a line. What is
    wrong is told once when it begins, and once when it is over.

    \b
    {_KINDS}

    \b
    Examples:
      newswarc alerts list
      newswarc alerts test
    """,
)
def alerts() -> None:
    """Its help is above, with the kinds."""


@alerts.command("list")
@click.option("--all", "closed_too", is_flag=True, help="Also those that are over, the newest first.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="With --all, the newest so many.")
@as_json
def listed(*, closed_too: bool, limit: int, as_json: bool) -> None:
    """List what is wrong now; exit status 1 if anything is.

    \b
    Example:
      newswarc alerts list --all --json
    """
    incidents = open_incidents(write=False)
    found = incidents.recent(limit) if closed_too else incidents.open()
    if as_json:
        print_json([asdict(incident) for incident in found])
    elif found:
        print_text(listing(found))
    else:
        click.echo("Nothing is wrong.")
    sys.exit(FOUND_BAD if any(incident.closed is None for incident in found) else 0)


def listing(found: list[Incident]) -> Table:
    """One line an incident."""
    table = Table("since (UTC)", "until (UTC)", "site", "kind", "what is wrong", box=None)
    for one in found:
        what = Text(one.text)
        table.add_row(minute(one.opened), minute(one.closed), one.site or "machines and files", one.kind, what)
    return table


@alerts.command()
@click.argument("sites", nargs=-1, required=True)
def close(sites: tuple[str, ...]) -> None:
    """Close what is open of sites, as of some that are not crawled any more; what is found again, is told again.

    \b
    Example:
      newswarc alerts close newsroom
    """
    incidents = open_incidents()
    found = {site: len(incidents.open(site)) for site in sites}
    for site in (site for site, count in found.items() if not count):
        what = f"no incident of {site!r} is open; 'newswarc alerts list' shows those that are"
        raise click.BadParameter(what, param_hint="SITES")
    for site, count in found.items():
        incidents.update(site, [])
        click.echo(f"{site}: {counted(count, 'incident')} closed")


@alerts.command()
def test() -> None:
    """Send a message to everybody who would be told.

    \b
    Example:
      NEWSWARC_ALERTS=mailto://desk@news.example newswarc alerts test
    """
    send = configured()
    if send is None:
        raise click.UsageError("NEWSWARC_ALERTS is not set; give it Apprise URLs, or a file with one a line")
    sent = send(Message(title="newswarc: a test", text="Alerts arrive here.", kind="info"))
    for address in sent.failed:
        click.echo(f"newswarc: {address} took no message; check it in NEWSWARC_ALERTS", err=True)
    if sent.failed:
        sys.exit(FOUND_BAD)
    click.echo("Sent.")
