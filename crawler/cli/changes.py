"""`newswarc changes`: what changed in a collection's articles, as JSON lines."""

import json

import click

from archives.history import Cursor
from crawler.changes import KINDS
from crawler.cli.options import collection_path, open_collection
from crawler.jobs.changes import changes as changes_of


def cursor(_: click.Context, option: click.Parameter, text: str) -> Cursor:
    """Callback of an option that names how far the feed was read."""
    try:
        return Cursor.parse(text)
    except ValueError:
        what = f"{text!r} is no cursor; give the 'cursor' of the last line that you have read"
        raise click.BadParameter(what, param=option) from None


@click.command()
@click.argument("collection")
@click.option("--since", default="0.0", callback=cursor, help="The cursor of the last line that was read.")
@click.option("--site", help="Only this site's articles.")
@click.option(
    "--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this kind; may be given repeatedly."
)
@click.option("--json", is_flag=True, expose_value=False, help="JSON lines, which they are anyway.")
def changes(collection: str, *, since: Cursor, site: str | None, kinds: tuple[str, ...]) -> None:
    """Print what changed in a collection's articles, one line of JSON a change, oldest first.

    Each line has a `cursor`: with --since it, the next call goes on behind that line and gives nothing twice. Kinds are
    those of 'newswarc revisions'; `fields` holds what each changed field was and is.

    \b
    Examples:
      newswarc changes paper
      newswarc changes paper --since 42.3 --kind silent_edit --kind headline
    """
    with open_collection(collection_path(collection)) as opened:
        for line in changes_of(opened, since, site=site, kinds=kinds):  # type: ignore[arg-type]  # Choice of KINDS
            click.echo(json.dumps(line, ensure_ascii=False))
