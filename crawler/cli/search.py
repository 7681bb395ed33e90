"""`newswarc search`: articles by their words."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from archives.errors import StorageFailed
from archives.search.marks import BEGIN, END
from archives.search.results import Hit, Results, Search
from archives.search.wanted import Wanted
from crawler.cli.options import DAY, as_json, collection_path, counted, open_collection, print_json
from crawler.export.explained import printable


def day(_: click.Context, __: click.Parameter, moment: datetime | None) -> date | None:
    """Callback of an option that names a day."""
    return moment and moment.date()


ON_DAY: dict[str, Any] = {"type": DAY, "callback": day, "metavar": "DAY"}


@click.command()
@click.argument("collection")
@click.argument("words", nargs=-1)
@click.option("--site", help="Only this site's articles.")
@click.option("--author", help="Only articles by this author.")
@click.option("--section", help="Only articles of this section.")
@click.option("--tag", help="Only articles with this tag.")
@click.option("--language", help="Only articles in this language, e.g. 'en'.")
@click.option("--since", **ON_DAY, help="Only what came out on this day (in UTC) or later, e.g. 2024-06-11.")
@click.option("--until", **ON_DAY, help="Only what came out on this day (in UTC) or before.")
@click.option("--changed-since", **ON_DAY, help="Only what was seen to have changed on this day (in UTC) or later.")
@click.option(
    "--sort", "order", type=click.Choice(["relevance", "date"]), default="relevance", show_default=True, help="Order."
)
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many at most.")
@as_json
def search(collection: str, words: tuple[str, ...], *, order: Any, limit: int, as_json: bool, **filters: Any) -> None:  # noqa: ANN401  # as click gives them
    """Find articles by their words, in whatever language, and by what is known of them.

    All words must be there. "Words in quotes" follow each other, `word*` is the beginning of one, `-word` must not be
    there (write `--` before WORDS then), and `title:`, `author:`, `tag:`, `section:` and `body:` say where.

    \b
    Examples:
      newswarc search paper harbour ferry --since 2024-06-01
      newswarc search paper '"school roofs" title:inspect*' --json
    """
    wanted = Wanted(text=" ".join(words), order=order, **filters)
    path = collection_path(collection)
    with open_collection(path) as opened:
        engine = Search(opened.catalog)
        if not engine.possible:
            raise StorageFailed(f"{path}: its articles are not indexed yet; 'newswarc recover {collection}' does it")
        results = engine.find(wanted, most=limit)
    if as_json:
        print_json(as_rows(results))
        return
    console = Console()
    for hit in results.hits:
        console.print(lines(hit, marks=not console.is_terminal), soft_wrap=True)
    more = "more than " if results.more else ""
    click.echo(f"{more}{counted(results.total, 'article')}, {len(results.hits):,} shown", err=True)


def as_rows(results: Results) -> dict[str, Any]:
    """The results as plain JSON values, without marks."""
    return {"total": results.total, "more": results.more, "hits": [as_row(hit) for hit in results.hits]}


def as_row(hit: Hit) -> dict[str, Any]:
    """One hit."""
    row = asdict(hit)
    return {
        **row.pop("card"),
        **{name: row[name] for name in ("site", "captured", "changed")},
        "snippet": unmarked(hit.snippet) if hit.snippet is not None else None,
    }


def unmarked(text: str) -> str:
    """Without the marks around found words."""
    return text.replace(BEGIN, "").replace(END, "")


def lines(hit: Hit, *, marks: bool) -> Text:
    """One hit for a terminal, or, with found words in brackets, for what is none."""
    title = hit.title or hit.card["title"] or "(no title)"
    facts = " · ".join(filter(None, [hit.moment[:10], hit.site, hit.card["byline"]]))
    snippet = " ".join((hit.snippet or hit.card["lead"] or "").split())
    return Text.assemble(
        *marked(title, "bold", marks=marks), "\n", (printable(facts), "dim"), "\n",
        *marked(snippet, "", marks=marks), "\n", (printable(hit.card["url"]), "dim"), "\n",
    )  # fmt: skip


def marked(text: str, style: str, *, marks: bool) -> list[tuple[str, str]]:
    """Found words apart from the others."""
    pieces: list[tuple[str, str]] = []
    for number, part in enumerate(text.split(BEGIN)):
        found, _, rest = part.rpartition(END) if number else ("", "", part)
        if found:
            pieces.append((f"[{printable(found)}]" if marks else printable(found), f"{style} reverse".strip()))
        pieces.append((printable(rest), style))
    return pieces
