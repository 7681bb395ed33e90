"""`newswarc diff`: what differs between two revisions or captures of an article, with the words marked."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from crawler.changes import Change, FieldChange, compare, paragraphs, word_changes
from crawler.cli.options import as_json, counted, known_sites, print_json
from crawler.cli.revisions import of_collection, timeline_of
from crawler.cli.words import NEW, OLD, assembled, marked_value
from crawler.export.explained import printable
from crawler.jobs.history import Item, NotFound, Timeline


@click.command()
@click.argument("url")
@click.argument("a", required=False)
@click.argument("b", required=False)
@of_collection
@as_json
def diff(url: str, a: str | None, b: str | None, *, named: str, as_json: bool) -> None:
    """Show what differs between two revisions or captures of an article, word by word.

    A and B are numbers of revisions, or times of captures as 'newswarc revisions' shows them, or the beginning of one.
    Without B, A is compared with the latest revision; without both, the last two revisions are. Changed
    words are coloured on a terminal, and stand in [-…-] and {+…+} elsewhere.

    \b
    Examples:
      newswarc diff https://news.example/2031/03/02/a-story --collection paper
      newswarc diff https://news.example/2031/03/02/a-story 1 3 --collection paper
      newswarc diff https://news.example/2031/03/02/a-story 2031-03-02T08 2 --collection paper --json
    """
    with timeline_of(url, named) as timeline:
        if a is None and len(timeline.revisions) == 1 and not as_json:
            click.echo(printable(f"{timeline.article.url} has only one revision so far"))
            return
        old, new = pair_of(timeline, a, b)
    change = compare(old, new)
    if as_json:
        print_json(report(timeline, old, new, change))
        return
    console = Console()
    for line in lines(old, new, change, marks=not console.is_terminal):
        console.print(line, soft_wrap=True)


def pair_of(timeline: Timeline, a: str | None, b: str | None) -> tuple[Item, Item]:
    """The two items that are to be compared; UsageError, if there is no such revision or capture."""
    before, *_ = sorted(timeline.revisions)[-2:]
    sites = known_sites()
    try:
        return timeline.item(a or str(before), sites), timeline.item(b, sites) if b else timeline.latest
    except NotFound as fault:
        raise click.UsageError(str(fault)) from fault


def report(timeline: Timeline, old: Item, new: Item, change: Change) -> dict[str, Any]:
    """The difference as plain JSON values; `words` are the parts of a text: kept '=', taken out '-', put in '+'."""
    told = change.as_json()
    for field in told["fields"]:
        if isinstance(field["old"], str) and isinstance(field["new"], str):
            field["words"] = words(field["old"], field["new"])
    return {"url": timeline.article.url, "old": side(old), "new": side(new), **told}


def words(old: str, new: str) -> list[tuple[str, str]]:
    """The parts of a text with their signs."""
    signed = (
        (("=", part.new),) if part.kept else (("-", part.old), ("+", part.new)) for part in word_changes(old, new)
    )
    return [(sign, text) for row in signed for sign, text in row if text]


def side(item: Item) -> dict[str, Any]:
    """Which revision and capture an item is of."""
    capture = item.get("capture") or {}
    return {"revision": item.get("revision"), "date": capture.get("date"), "record_id": capture.get("record_id")}


def lines(old: Item, new: Item, change: Change, *, marks: bool) -> Iterator[Text]:
    """The difference for a terminal, or, with marks around changed words, for what is none."""
    yield Text(printable(new["title"] or "(no title)"), style="bold")
    yield Text(
        f"{printable(new['url'])}\n{name_of(old)} → {name_of(new)}: {', '.join(change.kinds) or 'no difference'}"
    )
    for field in change.fields:
        yield Text(f"\n{field.field}", style="bold")
        yield from field_lines(field, marks=marks)


def name_of(item: Item) -> str:
    """'revision 2 (2024-06-11T10:00:00Z)'."""
    told = side(item)
    return f"revision {told['revision']} ({told['date']})"


def field_lines(field: FieldChange, *, marks: bool) -> Iterator[Text]:
    """One field: a text word by word, its unchanged paragraphs counted; a list entry by entry; else both values."""
    if isinstance(field.old, list) or isinstance(field.new, list):
        yield from list_lines(field.old or [], field.new or [], marks=marks)
    elif field.field != "body":
        yield marked_value(field, marks=marks)
    else:
        rows = paragraphs(word_changes(field.old, field.new))
        for same, group in groupby(rows, key=lambda row: all(part.kept for part in row)):
            shown = list(group)
            if same:
                yield Text(f"… {counted(len(shown), 'paragraph')} unchanged", style="dim")
            else:
                yield from (assembled(row, marks=marks) for row in shown)


def list_lines(old: list[Any], new: list[Any], *, marks: bool) -> Iterator[Text]:
    """Entries that were taken out and put in."""
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    for sign, entries, style in (("-", gone, OLD), ("+", come, NEW)):
        for entry in entries:
            yield Text(printable(f"{sign} {label_of(entry)}"), style="" if marks else style)


def label_of(entry: object) -> str:
    """An author, a picture or a tag on one line."""
    if not isinstance(entry, dict):
        return str(entry)
    return ", ".join(str(value) for value in entry.values() if value) or json.dumps(entry)
