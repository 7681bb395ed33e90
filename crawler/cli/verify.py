"""`newswarc verify`: does an archive agree with itself?"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from archives.verify import Extract
from archives.verify import verify as findings_of
from archives.verify.findings import Checked, Finding
from archives.wacz.reader import is_wacz
from archives.wacz.verify import signature_of, verify_wacz
from crawler.cli.options import as_json, counted, database, print_json, progress_bar, sites_of, source_of
from crawler.jobs.re_extractor import re_extractor

SHOWN = 3
"""Findings of one kind in one file that are shown each."""
NOT_DEEP = "--deep is of collections, whose articles it extracts anew; files are verified without it"
UNFINISHED = "A crawl is at work: what it is writing does not hold together yet; verify again when it has ended"
ELSEWHERE = "in other folders of the collection, to be verified there; 'newswarc status COLLECTION' names them"
LONGEST = 400
"""Characters of a line; what it quotes may be longer."""


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="COLLECTION|WARC|WACZ…")
@click.option("--deep", is_flag=True, help="Of collections: also extract every article anew and compare.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes to verify with.")
@as_json
def verify(paths: tuple[str, ...], *, deep: bool, jobs: int, as_json: bool) -> None:
    """Check digests, members and headers; the index against the records, and the items against the records.

    WARC and WACZ files may be anyone's; of a WACZ also its manifest, index and signature are checked. Each fault is a
    line: file, offset, what, what next; those of whole files come first, as they explain others, and many of one kind
    are told by the first of them. Exit status 1 if there is any.

    \b
    Examples:
      newswarc verify newsroom --deep
      newswarc verify crawl.warc.gz --json
    """
    sources = [source_of(named) for named in paths]
    folders = [source for source in sources if source.is_dir()]
    if deep and not folders:
        click.echo(f"newswarc: {NOT_DEEP}", err=True)
    extract = re_extractor(list(sites_of(*folders).values())) if deep else None
    checked = Checked()
    findings: list[Finding] = []
    try:
        with progress_bar(lambda: checked.records + checked.items) as bar:
            bar.add_task("verifying", total=None)
            findings += findings_in(sources, extract, checked, jobs)
    finally:  # also when it is interrupted
        for line in [] if as_json else lines_of(findings):
            click.echo(line)
    signatures = {str(path): signature for path in sources if is_wacz(path) and (signature := signature_of(path))}
    if as_json:
        signed = {name: asdict(signature) for name, signature in signatures.items()}
        found = [asdict(one) for one in findings]
        print_json({"verified": not findings, **asdict(checked), "signatures": signed, "findings": found})
    else:
        for name, signature in signatures.items():
            click.echo(f"{name}: signed by {signature.signer}, as of {signature.created}", err=True)
        click.echo(verdict(checked, len(findings), with_items=bool(folders)), err=True)
        if checked.elsewhere:
            click.echo(f"{counted(checked.elsewhere, 'file')} {ELSEWHERE}", err=True)
        if checked.unfinished:
            click.echo(UNFINISHED, err=True)
    sys.exit(1 if findings else 0)


def verdict(checked: Checked, faults: int, *, with_items: bool) -> str:
    """The last line: what was looked at, and what came of it."""
    looked_at = [counted(checked.files, "file"), counted(checked.records, "record")]
    looked_at += [counted(checked.captures, "capture")] if with_items or checked.captures else []
    looked_at += [counted(checked.items, "item")] if with_items else []
    return f"{', '.join(looked_at)}: {counted(faults, 'fault') if faults else 'all of it holds'}"


def findings_in(sources: Sequence[Path], extract: Extract | None, checked: Checked, jobs: int = 1) -> Iterator[Finding]:
    """What does not hold in any of the sources."""
    packages = [source for source in sources if is_wacz(source)]
    for package in packages:
        yield from verify_wacz(package, checked)
    others = [source for source in sources if source not in packages]
    yield from findings_of(*others, extract=extract, checked=checked, database=database(), jobs=jobs)


def lines_of(findings: Sequence[Finding]) -> Iterator[str]:
    """The findings for a person: whole files first, then places in them; of many alike the first, and how many more."""
    kinds: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=lambda one: one.offset is not None):
        kinds[finding.file, kind_of(finding)].append(finding)
    for (file, _), alike in kinds.items():
        shown = alike if len(alike) <= SHOWN + 1 else alike[:SHOWN]
        yield from (clipped(str(finding)) for finding in shown)
        if len(alike) > len(shown):
            yield f"{file}: {len(alike) - len(shown):,} more of this kind; --json lists each"


def kind_of(finding: Finding) -> str:
    """What is said, without what it is said of: names, numbers, and all that is quoted."""
    what = re.sub(r"<urn:[^>]*>|https?://\S+|\b[0-9A-Za-z]+:[0-9A-Z]{16,}|\d+", "…", finding.what)
    return what.partition(": ")[0]


def clipped(line: str) -> str:
    """The line, or its two ends if it is long."""
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} … {line[-LONGEST // 2 :]}"
