"""`newswarc revisions`: an article over time."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.text import Text

from crawler.cli.options import (
    as_json,
    collection_path,
    counted,
    home,
    is_collection,
    open_collection,
    print_json,
)
from crawler.cli.words import marked_value
from crawler.export.explained import printable
from crawler.frontier import Entry
from crawler.jobs.history import Look, NotFound, Timeline

of_collection = click.option(
    "--collection",
    "named",
    help="Collection that has it: a name, or with a slash a folder.  [default: the first that has]",
)


@click.command()
@click.argument("url")
@of_collection
@as_json
def revisions(url: str, *, named: str, as_json: bool) -> None:
    """Show each capture of an article, which revision it showed, and what had changed.

    URL is any address of the story that the ledger knows: with marks of tracking, short, or canonical. What changed is
    named: headline; correction_note (a paragraph that says so was added); silent_edit (the body is another, and neither
    a note nor the date of modification says so), update (the date says so), body (the page states no such date); cut;
    paywalled; removed, restored; metadata (only other fields); reading (the same bytes, read by newer rules).

    \b
    Examples:
      newswarc revisions https://news.example/2031/03/02/a-story --collection paper
      newswarc revisions https://news.example/2031/03/02/a-story --collection paper --json
    """
    with timeline_of(url, named) as timeline:
        looks = list(timeline.looks())
    if as_json:
        print_json(report(timeline, looks))
        return
    console = Console()
    for line in lines(timeline, looks, marks=not console.is_terminal):
        console.print(line, soft_wrap=True)


@contextmanager
def timeline_of(url: str, named: str | None) -> Iterator[Timeline]:
    """The article of an address, in a collection or in the first that has one; UsageError, if none has."""
    faults = []
    for path in [collection_path(named)] if named else sorted(filter(is_collection, home().glob("*"))):
        with open_collection(path) as opened:
            try:
                timeline = Timeline(opened, url)
            except NotFound as fault:
                faults.append(str(fault))
                continue
            yield timeline
            return
    nowhere = f"{url}: no collection in {home()} has an article of this address; crawl it, or name its --collection"
    raise click.UsageError(faults[0] if named else nowhere)


def report(timeline: Timeline, looks: list[Look]) -> dict[str, object]:
    """The timeline as plain JSON values."""
    entry = timeline.entry
    return {
        "url": timeline.article.url,
        "addresses": timeline.addresses,
        "site": timeline.article.site,
        "title": timeline.latest["title"],
        "state": entry and entry.state,
        "reason": entry and entry.reason,
        "next_look": entry and entry.next_look,
        "revisions": len(timeline.revisions),
        "captures": [look.as_json() for look in looks],
    }


def lines(timeline: Timeline, looks: list[Look], *, marks: bool) -> Iterator[Text]:
    """The timeline for a terminal, or, with marks around changed words, for what is none."""
    yield Text(printable(timeline.latest["title"] or "(no title)"), style="bold")
    yield Text(printable(timeline.article.url))
    counts = f"{counted(len(looks), 'capture')}, {counted(len(timeline.revisions), 'revision')}"
    yield Text(f"{counts}{state_of(timeline.entry)}")
    for look in looks:
        capture = look.capture
        revision = "" if capture.revision is None else f"revision {capture.revision}"
        style = "dim" if look.change is None else ""
        yield Text(f"\n{capture.date}  {capture.status}  {revision:12}  {printable(look.what)}".rstrip(), style=style)
        for field in look.change.fields if look.change else ():
            if field.field == "body" or isinstance(field.new, list):
                yield Text(f"    {field.field}")
            else:
                yield Text.assemble(f"    {field.field}: ", marked_value(field, marks=marks))


def state_of(entry: Entry | None) -> str:
    """What the ledger says: '; captured, looked at again after 2024-06-11T10:00:00'."""
    if entry is None:
        return ""
    again = f"looked at again after {entry.next_look[:19]}Z" if entry.next_look else "not looked at again"
    return f"; {entry.state}, {again}"
