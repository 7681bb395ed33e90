"""`newswarc explain`: why a page was read as it was."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from urllib.parse import urldefrag

import click
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from archives.cdxj import Capture
from archives.wacz.reader import is_wacz
from crawler.cli.options import (
    as_json,
    collection_path,
    counted,
    database,
    home,
    is_collection,
    known_sites,
    print_json,
    source_of,
)
from crawler.cli.outputs import output_file, spare_inputs
from crawler.cli.tables import print_text
from crawler.discovery.url import clean_url, fault
from crawler.export import replacing
from crawler.export.explained import explained_page, printable
from crawler.extraction import parse
from crawler.extraction.claimed_url import claimed
from crawler.extraction.explain import BlockFact, Explanation, Field
from crawler.extraction.explain import explain as explanation_of
from crawler.extraction.page_kind import is_html
from crawler.jobs.lookup import newest_of
from crawler.jobs.pages import ArchivedPage
from crawler.jobs.sources import is_archive
from crawler.sites import Site

SHORT = 90
"""Characters of a text that a terminal shows."""
TRUNCATED = "truncated: the capture broke off, and extract leaves it out unless --truncated asks for it"
_KINDS = {b"%PDF-": "a PDF", b"{": "JSON", b"[": "JSON", b"\x89PNG": "a picture", b"GIF8": "a picture"}
_KINDS |= {b"\xff\xd8\xff": "a picture", b"RIFF": "a picture", b"PK": "a ZIP file", b"<": "XML"}
"""How files begin that are no pages, and what they are."""


@click.command()
@click.argument("page", metavar="URL|FILE")
@click.option("--collection", "named", help="Collection, WARC or WACZ file that holds URL.  [default: all collections]")
@click.option("--url", help="Where an HTML file came from.  [default: what it says itself]")
@click.option("--no-sites", is_flag=True, help="Generic rules only: leave site files aside.")
@click.option(
    "--html", type=click.Path(path_type=Path), callback=output_file, help="Also write a page with the blocks marked."
)
@as_json
def explain(page: str, *, named: str | None, url: str | None, no_sites: bool, html: Path | None, as_json: bool) -> None:
    """Show why a page was read as it was.

    Of each field: what it could have been, by which rule, and what won. Of each block of the page: the probability that
    it belongs to the story, and the last rule that decided. Of each related link: the rule that found it. URL is looked
    up among what is archived, without its fragment, and the newest page is explained; FILE is an HTML file. A page of
    which only a part was captured is called truncated.

    \b
    Examples:
      newswarc explain https://news.example/2031/03/02/a-story --collection paper
      newswarc explain page.html --url https://news.example/2031/03/02/a-story --html why.html
    """
    sites: list[Site] = [] if no_sites else list(known_sites().values())
    found = archived(page, named, html) if "://" in page else read_file(page, url, html)
    if "://" in page and url:
        raise click.BadParameter("it is the address of an HTML file; leave it out", param_hint="--url")
    content, content_type = found.content()
    explanation = explanation_of(content, found.url, content_type, rules=found.rules(sites))
    said = replace(explanation, verdict=f"{explanation.verdict}, {TRUNCATED}") if found.truncated else explanation
    if html:
        with replacing(html) as out:
            out.write(explained_page(said))
    if as_json:
        capture = asdict(found.capture) if found.capture else None
        print_json({**asdict(explanation), "truncated": found.truncated, "capture": capture})
    else:
        print_text(*report(said))


def archived(url: str, named: str | None, html: Path | None) -> ArchivedPage:
    """The newest page of an address; UsageError, if none is archived, or the file to write would replace it."""
    sources = [source_of(named)] if named else sorted(filter(is_collection, home().glob("*")))
    spare_inputs(html, sources, hint="--html")
    url = urldefrag(url).url
    found = newest_of(url, sources, lambda fault: click.echo(f"newswarc: {fault}", err=True), database())
    if found is None:
        where = ", ".join(map(str, sources)) or f"{home()}, where there are no collections"
        raise click.UsageError(f"{url}: no page of this address in {where}; crawl it, or name another --collection")
    if isinstance(found, Capture):
        raise click.UsageError(f"{url}: captured at {found.date} {no_page(found)}")
    return found


def no_page(capture: Capture) -> str:
    """Why nothing is extracted from a capture."""
    if 300 <= capture.status < 400:
        return f"as a redirect (status {capture.status}); explain the address to which it leads"
    if not 200 <= capture.status < 300:
        return f"with status {capture.status}; only what a server gives with status 200 to 299 is extracted"
    if capture.method != "GET":
        return f"by {capture.method}; only what is asked for by GET is extracted"
    return f"as {printable(capture.mime)}; only HTML is extracted"


def read_file(name: str, url: str | None, html: Path | None) -> ArchivedPage:
    """An HTML file with its address; UsageError, if there is no such file, or no address."""
    content = html_file(name)
    spare_inputs(html, [Path(name)], hint="--html")
    if url is not None and clean_url(url) is None:
        what = f"{fault(url) or 'malformed URL'}; give an address as the browser shows it"
        raise click.BadParameter(what, param_hint="--url")
    address = url or next((said for said, _ in claimed(parse(content, "")) if clean_url(said)), None)
    if address is None:
        raise click.UsageError(f"{name}: the page does not say where it came from; add --url")
    return ArchivedPage(url=address, message=content)


def html_file(name: str) -> bytes:
    """What is in a file that may be a page; UsageError, if there is none, or something else."""
    path = Path(name)
    if not path.exists() and not is_collection(collection_path(name)):
        raise click.UsageError(f"{name}: no such file; give an address with its https://, or an HTML file")
    source = source_of(name)
    if is_archive(source):
        what = "a collection" if source.is_dir() else "a WACZ file" if is_wacz(source) else "a WARC file"
        raise click.UsageError(f"{name}: {what}; give a URL and --collection {name}")
    content = source.read_bytes()
    if not is_html(parse(content, "")):
        kind = next((kind for begin, kind in _KINDS.items() if content.lstrip().startswith(begin)), "a binary file")
        raise click.UsageError(f"{name}: {kind}, not HTML; name a page")
    return content


def report(explanation: Explanation) -> Iterator[RenderableType]:
    """The explanation for a terminal."""
    kept = sum(block.kept for block in explanation.blocks)
    yield Text(f"{printable(explanation.url)}\n{explanation.verdict}, read as {explanation.charset}", style="bold")
    yield fields_table(explanation.fields)
    if explanation.signs:
        yield Text("\nSigns, in hundredths of a logit: " + signs_line(explanation))
    where = f"{counted(kept, 'block')} of {len(explanation.blocks):,} kept, from {explanation.body_source}"
    yield Text(f"\nBlocks: {where}; above {explanation.threshold} the trees keep them", style="bold")
    yield blocks_table(explanation.blocks)
    yield Text(f"\nRelated links: {len(explanation.related)}", style="bold")
    if explanation.related:
        yield related_table(explanation)


def signs_line(explanation: Explanation) -> str:
    """'any page +400, title of a sentence +60, no heading -50: together +410'."""
    shown = ", ".join(f"{sign.name} {sign.weight:+}" for sign in explanation.signs)
    return f"{shown}: together {sum(sign.weight for sign in explanation.signs):+}"


def fields_table(fields: tuple[Field, ...]) -> Table:
    """A line for each candidate, the chosen one marked; a field without candidates is one line."""
    table = Table("field", "", "source", "value", box=None)
    for field in fields:
        rows = [(item.chosen, item.source, item.value) for item in field.candidates]
        if not any(chosen for chosen, _, _ in rows):
            rows.insert(0, (field.value is not None, field.source or "", field.value or "none"))
        for place, (chosen, source, value) in enumerate(rows):
            style = "bold" if chosen else "dim"
            name = field.name if place == 0 else ""
            table.add_row(name, "→" if chosen else "", Text(printable(source)), Text(shortened(value), style=style))
        table.add_row("", "", "", Text(f"chosen: {field.why}", style="dim italic"))
    return table


def blocks_table(blocks: tuple[BlockFact, ...]) -> Table:
    """A line for each block; those in a row that the trees were not asked for are one line."""
    table = Table("block", "", "chance", "rule", "where", "text", box=None)
    passed: list[BlockFact] = []
    for block in blocks:
        if not block.kept and not block.probability and block.rule == "trees":
            passed.append(block)
            continue
        passed_over(table, passed)
        passed = []
        texts = (printable(block.rule), shortened(block.where), shortened(block.text))
        cells = [Text(text, style="bold" if block.kept else "dim") for text in texts]
        table.add_row(str(block.index), "✓" if block.kept else "", f"{block.probability:.3f}", *cells)
    passed_over(table, passed)
    return table


def passed_over(table: Table, passed: list[BlockFact]) -> None:
    """One line for blocks in a row that cannot matter."""
    if passed:
        first, last = passed[0].index, passed[-1].index
        place = str(first) if first == last else f"{first}-{last}"
        table.add_row(place, "", "", "", "", Text(f"far from any paragraph: {shortened(passed[0].text)}", style="dim"))


def related_table(explanation: Explanation) -> Table:
    """A line for each related link."""
    table = Table("block", "rule", "kind", "label", "title", "address", box=None)
    for link in explanation.related:
        texts = (link.rule, link.kind, link.label or "", link.title or "", link.url)
        table.add_row(str(link.block), *(Text(shortened(text)) for text in texts))
    return table


def shortened(text: str) -> str:
    """On one line, without control characters, cut off where a terminal's line would be full."""
    plain = " ".join(printable(text).split())
    return plain if len(plain) <= SHORT else f"{plain[: SHORT - 1]}…"
