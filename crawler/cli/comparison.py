"""`newswarc extract --compare`: what changed, for people and for programs."""

from dataclasses import asdict
from pathlib import Path

import click

from crawler.cli.options import counted, print_json
from crawler.export.explained import printable
from crawler.jobs.compare import Comparison, NotItems, shortened


def comparison_with(path: Path | None, *, as_json: bool) -> Comparison | None:
    """The comparison that --compare asks for; UsageError, if the file holds no articles."""
    if path is None:
        if as_json:
            raise click.UsageError("--json goes with --compare; articles are JSON lines anyway, leave it out")
        return None
    try:
        comparison = Comparison.with_file(path)
    except NotItems as fault:
        raise click.BadParameter(str(fault), param_hint="--compare") from fault
    click.get_current_context().call_on_close(comparison.close)
    return comparison


def show(comparison: Comparison, *, as_json: bool) -> None:
    """Print it."""
    if as_json:
        print_json(report(comparison))
        return
    for line in lines(comparison):
        click.echo(printable(line))


def report(comparison: Comparison) -> dict[str, object]:
    """The comparison as plain JSON values."""
    return {
        "pages": comparison.pages,
        "changed": len(comparison.by_page()),
        "new": comparison.new,
        "new_revisions": [{"url": url, "revision": number} for url, number in comparison.revisions],
        "gone": comparison.gone,
        "fields": comparison.fields,
        "changes": [asdict(change) for change in comparison.changes],
    }


def lines(comparison: Comparison) -> list[str]:
    """The comparison as lines of text: how often which field changed, then what on which page."""
    pages = comparison.by_page()
    further = f"{len(comparison.new):,} new, {len(comparison.gone):,} gone"
    further += f", {counted(len(comparison.revisions), 'new revision')}" if comparison.revisions else ""
    told = [f"{len(pages):,} of {counted(comparison.pages, 'article')} changed, {further}"]
    told += [f"    {name:16}{count:>7,}" for name, count in comparison.fields.items()]
    for url, changes in pages.items():
        told += ["", url]
        for change in changes:
            old, new = shortened(change.old, change.new)
            told.append(f"    {change.field}: {old} → {new}")
    told += [f"\nnew: {url}" for url in comparison.new]
    told += [f"\nnew: revision {number} of {url}" for url, number in comparison.revisions]
    return told + [f"\ngone: {url}" for url in comparison.gone]
