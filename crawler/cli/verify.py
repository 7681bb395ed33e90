"""`newswarc verify`: does an archive agree with itself?"""

import sys
from dataclasses import asdict

import click

from archives.verify import Checked
from archives.verify import verify as findings_of
from crawler.cli.options import as_json, counted, known_sites, print_json, progress_bar, source_of
from crawler.jobs.extract import re_extractor


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="COLLECTION|WARC…")
@click.option("--deep", is_flag=True, help="Also extract every item anew from its bytes and compare.")
@as_json
def verify(paths: tuple[str, ...], *, deep: bool, as_json: bool) -> None:
    """Check digests, members and headers; the index against the records, and the items against the records.

    WARC files may be anyone's. Each fault is a line: file, offset, what, what next. Exit status 1 if there is any.

    \b
    Examples:
      newswarc verify newsroom --deep
      newswarc verify crawl.warc.gz --json
    """
    sources = [source_of(named) for named in paths]
    extract = re_extractor(list(known_sites().values())) if deep else None
    checked = Checked()
    findings = []
    with progress_bar() as bar:
        task = bar.add_task("verifying", total=None)
        for finding in findings_of(*sources, extract=extract, checked=checked):
            bar.update(task, completed=checked.records)
            findings.append(finding)
            if not as_json:
                click.echo(str(finding))
    if as_json:
        print_json({"verified": not findings, **asdict(checked), "findings": [asdict(one) for one in findings]})
    else:
        verdict = counted(len(findings), "fault") if findings else "all of it holds"
        click.echo(
            f"{counted(checked.files, 'file')}, {counted(checked.records, 'record')}, "
            f"{counted(checked.captures, 'capture')}, {counted(checked.items, 'item')}: {verdict}",
            err=True,
        )
    sys.exit(1 if findings else 0)
