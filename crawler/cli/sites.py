"""`newswarc sites`: the configured outlets."""

from dataclasses import asdict
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from crawler.cli.help import Group
from crawler.cli.options import as_json, print_json, usable_sites
from crawler.cli.sites_add import add
from crawler.cli.sites_check import check
from crawler.cli.tables import print_text
from crawler.sites import Site
from crawler.sites.schedule import length_text


class Named(Group):
    """A group in which what is no command is the name of a site, to be shown."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put in the command that is meant."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Named)
def sites() -> None:
    """List the configured sites, show one, add one, check them.

    Sites are TOML files. A folder of your own, named by NEWSWARC_SITES, comes before the built-in ones.

    \b
    Examples:
      newswarc sites
      newswarc sites themoscowtimes --json
      newswarc sites add https://news.example/
      newswarc sites check themoscowtimes
    """


@sites.command()
@click.argument("name", required=False)
@as_json
def show(name: str | None, *, as_json: bool) -> None:
    """List the configured sites, or show one; what 'newswarc sites [NAME]' does.

    \b
    Example:
      newswarc sites show themoscowtimes --json
    """
    known = usable_sites([name] if name else [])
    if name is not None and name not in known:
        raise click.BadParameter(f"no site {name!r}; there are {', '.join(known)}", param_hint="NAME")
    chosen = [known[name]] if name else list(known.values())
    if as_json:
        rows = [as_row(site) for site in chosen]
        print_json(rows[0] if name else rows)
    elif name:
        print_text(sheet(chosen[0]))
    else:
        print_text(listing(chosen))


sites.add_command(add)
sites.add_command(check)


def as_row(site: Site) -> dict[str, Any]:
    """The site's facts as plain JSON values, patterns as its file has them."""
    row = asdict(site)
    row["articles"] = [pattern.text for pattern in site.articles]
    row["reject"] = [pattern.text for pattern in site.reject]
    bounds = {kind: getattr(site.polling, kind) for kind in ("feeds", "sitemaps", "sections")}
    row["polling"] = {kind: [length_text(one.soonest), length_text(one.latest)] for kind, one in bounds.items()}
    after = site.politeness.recheck_after
    row["politeness"]["recheck_after"] = after and [length_text(one) for one in after.after]
    row["schedule"] = site.schedule and site.schedule.written
    row["variants"] = [
        {"valid_until": variant.valid_until and variant.valid_until.isoformat(), "selectors": variant.selectors}
        for variant in site.variants
    ]
    return row


def listing(chosen: list[Site]) -> Table:
    """One line a site."""
    table = Table("name", "title", "domains", "feeds", "sitemaps", "sections", box=None)
    for site in chosen:
        counts = (str(len(part)) for part in (site.feeds, site.sitemaps, site.sections))
        table.add_row(site.name, Text(site.title), ", ".join(site.domains), *counts)
    return table


def sheet(site: Site) -> Table:
    """One line a fact, named as in a site file; what the file does not say is left out."""
    table = Table("fact", "value", box=None, show_header=False)
    row = as_row(site)
    for variant in row.pop("variants"):
        until = variant["valid_until"]
        row[f"selectors until {until}" if until else "selectors"] = variant["selectors"]
    for fact, value in row.items():
        parts = {f"{fact}.{key}": part for key, part in value.items()} if isinstance(value, dict) else {fact: value}
        for name, part in parts.items():
            lines = part if isinstance(part, list | tuple) else [] if part in (None, "") else [part]
            if lines:
                table.add_row(name, Text("\n".join(shown(line) for line in lines)))
    return table


def shown(value: object) -> str:
    """A value as a site file has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
