"""`newswarc sites`: the configured outlets."""

from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from crawler.cli.options import as_json, known_sites, print_json
from crawler.sites import Site


@click.command()
@click.argument("name", required=False)
@as_json
def sites(name: str | None, *, as_json: bool) -> None:
    """List the configured sites, or show one.

    Sites are TOML files. A folder of your own, named by NEWSWARC_SITES, comes before the built-in ones.

    \b
    Examples:
      newswarc sites
      newswarc sites themoscowtimes --json
    """
    known = known_sites()
    if name is not None and name not in known:
        raise click.BadParameter(f"no site {name!r}; there are {', '.join(known)}", param_hint="NAME")
    chosen = [known[name]] if name else list(known.values())
    if as_json:
        rows = [as_row(site) for site in chosen]
        print_json(rows[0] if name else rows)
    elif name:
        Console().print(sheet(chosen[0]))
    else:
        Console().print(listing(chosen))


def as_row(site: Site) -> dict[str, object]:
    """The site's facts as plain JSON values."""
    row = asdict(site)
    row["articles"] = [str(pattern) for pattern in site.articles]
    row["reject"] = [str(pattern) for pattern in site.reject]
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
        table.add_row(site.name, site.title, ", ".join(site.domains), *counts)
    return table


def sheet(site: Site) -> Table:
    """One line a fact."""
    table = Table("fact", "value", box=None, show_header=False)
    for fact, value in as_row(site).items():
        lines = value if isinstance(value, list | tuple) else [value]
        table.add_row(fact, "\n".join(str(line) for line in lines))
    return table
