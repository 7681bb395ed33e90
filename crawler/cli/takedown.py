"""`newswarc takedown`: captures that may not be shown, asked for, or kept any more."""

import getpass
import sys
from dataclasses import asdict
from typing import cast

import click

from archives.notices import Action
from archives.takedown.order import Order, Taken
from crawler.cli.options import as_json, collection_path, counted, database, print_json, sites_of
from crawler.jobs.takedown import carry_out

DONE = {"hide": "hidden", "block": "hidden", "purge": "purged", "undo": "brought back"}


@click.command()
@click.argument("collection")
@click.argument("target", metavar="URL|RECORD-ID")
@click.option("--level", type=click.Choice(["hide", "block", "purge"]), help="How far to go.")
@click.option("--undo", is_flag=True, help="Bring back what is hidden, let crawls ask again for what is blocked.")
@click.option("--payload", is_flag=True, help="Also all captures of other URLs that have the same payload.")
@click.option("--reason", default="", help="Why, for the log.")
@click.option("--who", help="Who wants it, for the log.  [default: the user]")
@as_json
def takedown(
    collection: str,
    target: str,
    *,
    level: str | None,
    undo: bool,
    payload: bool,
    reason: str,
    who: str | None,
    as_json: bool,
) -> None:
    """Take all captures of a URL down, or the one of a record.

    hide: out of replay, index, items, exports and packages; the bytes are kept, and --undo brings all of it back.
    block: the same, and later crawls of this collection do not ask for the URL. purge: the same, and the bytes are
    gone from the WARC files; neighbouring records keep theirs. Captures of other URLs with the same payload stay, and
    get it moved to them, unless --payload names them too. What was ordered is written to takedowns.jsonl in the
    collection. A takedown that is cut off is finished by the next crawl or by 'newswarc recover'.

    Exit status 1 if nothing was there to take down, or if damaged places in WARC files may still hold some of it.

    \b
    Examples:
      newswarc takedown newsroom https://news.example/story --level hide --reason "court order"
      newswarc takedown newsroom https://news.example/story --undo
      newswarc takedown newsroom https://news.example/story --level purge --payload --json
    """
    if undo == bool(level):
        raise click.UsageError("say either how far to go, with --level, or --undo")
    order = Order(
        target=target,
        action=cast("Action", level or "undo"),
        payload=payload,
        reason=reason,
        who=who or getpass.getuser(),
    )
    if order.record_id is None and "://" not in target:
        raise click.BadParameter(f"{target!r} is neither a URL nor a record id", param_hint="URL|RECORD-ID")
    if level == "block" and order.record_id:
        raise click.UsageError("a block is of a URL: name that, or hide the record")
    path = collection_path(collection)
    taken = carry_out(path, order, sites_of(path), database=database())
    if as_json:
        print_json({**asdict(taken), "done": taken.done})
    else:
        for line in lines_of(order, taken):
            click.echo(line)
    for line in faults_of(order, taken):
        click.echo(f"newswarc: {line}", err=True)
    sys.exit(0 if taken.done and not taken.damage else 1)


def lines_of(order: Order, taken: Taken) -> list[str]:
    """What was done, for a person."""
    lines = [f"{capture.url}: {capture.record_id} {DONE[order.action]}" for capture in taken.notice.captures]
    free = "may be asked for again" if order.action == "undo" else "will not be asked for again"
    if order.action == "purge" and not lines:
        lines = [f"{order.target}: nothing of it was in this collection"]
    lines += [f"{url}: {free}" for url in taken.notice.blocks]
    if taken.filled or taken.referred:
        revisits = counted(taken.filled + taken.referred, "revisit")
        lines.append(f"{revisits} of the same payload kept: it was moved to {taken.filled} of them")
    lines += [f"{url}: another address of it, and still there; name it too if it is meant" for url in taken.alike]
    return lines


def faults_of(order: Order, taken: Taken) -> list[str]:
    """What was found bad, one line each."""
    what = f"nothing of it to be {DONE[order.action]} in this collection; 'newswarc ledger' lists the addresses"
    nothing = [] if taken.done else [f"{taken.notice.target}: {what}"]
    return nothing + [f"{fault}; nobody knows whether it belongs to what was taken down" for fault in taken.damage]
