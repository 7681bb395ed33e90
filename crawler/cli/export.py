"""`newswarc export`: articles of a collection as files for others."""

import sys
from pathlib import Path
from typing import get_args

import click

from archives.collection import Collection
from archives.handover import sites_of
from archives.store import Store, is_address
from archives.warc_export import export_warc
from crawler.cli.options import (
    as_json,
    collection_path,
    counted,
    open_collection,
    print_json,
    progress_bar,
    store,
)
from crawler.cli.outputs import output_file, spare_collections
from crawler.export.compression import Compression, compression_of
from crawler.jobs.handover import FOLDERS, Form, HandedOver, Wanted, hand_over

FORMS = (*get_args(Form), "warc")


def cursor(_: click.Context, option: click.Parameter, text: str) -> int:
    """Callback of an option that names how far an earlier export came."""
    if not (text.isdecimal() and text.isascii() and len(text) < 19):
        what = f"{text!r} is no cursor; give the one that the last export printed"
        raise click.BadParameter(what, param=option)
    return int(text)


def destination(ctx: click.Context, option: click.Parameter, place: str | None) -> str | None:
    """Callback of -o: a file, or, where the format has many, a folder; or the address of one or the other.

    None is standard output, or the place in the store for what is many files.
    """
    form = ctx.params["form"]
    if place is None:
        if form in FOLDERS and store() is None:
            raise click.UsageError(f"{form} is many files; name their folder with -o, or a store in NEWSWARC_STORE")
    elif is_address(place):
        if form == "warc":
            raise click.BadParameter("a WARC file is written on this machine; copy it from there", param=option)
    elif form not in FOLDERS:
        output_file(ctx, option, Path(place))
    elif Path(place).exists() and not Path(place).is_dir():
        raise click.BadParameter(f"{place} is a file; name a folder", param=option)
    else:
        spare_collections(option, Path(place))
    return place


@click.command()
@click.argument("collection")
@click.option("--format", "form", type=click.Choice(FORMS), default="jsonl", show_default=True, is_eager=True)
@click.option(
    "-o",
    "--output",
    callback=destination,
    metavar="PLACE",
    help="File, or folder for parquet and markdown; or an address, as s3://bucket/key.  [default: stdout; of those"
    " two COLLECTION/exports in NEWSWARC_STORE]",
)
@click.option("--since", default="0", callback=cursor, help="Only what came behind the cursor of an earlier export.")
@click.option("--site", help="Only articles of this site.")
@click.option("--revisions", is_flag=True, help="All revisions of each article, not only the latest.")
@click.option("--zstd", is_flag=True, help="Compress; a name that ends in .zst or .gz asks for it, too.")
@click.option("--full", is_flag=True, help="Of warc: each revisit as the full response that it stands for.")
@as_json
def export(
    collection: str,
    *,
    form: str,
    output: str | None,
    since: int,
    site: str | None,
    revisions: bool,
    zstd: bool,
    full: bool,
    as_json: bool,
) -> None:
    """Write the articles of a collection: as JSON lines, CSV, Parquet, JSON-LD, or Markdown.

    Parquet is a folder with a file for each site and month of capture, Markdown a folder with a file for each article,
    named by date and slug. The cursor that is printed in the end takes the next export on from there: --since it, new
    articles come, and those that changed.

    Or write the captures as one WARC file: the records as they are, or with --full each revisit as a full response,
    with its own head (after a 304, the original's) and the payload that it refers to.

    \b
    Examples:
      newswarc export newsroom --format jsonl -o newsroom.jsonl.zst
      newswarc export newsroom --format parquet -o s3://papers/newsroom --since 4711 --revisions
      NEWSWARC_STORE=s3://papers/kept newswarc export newsroom --format parquet
      newswarc export newsroom --format warc --full -o newsroom.warc.gz
    """
    if output is None and form in FOLDERS and (kept := store()):
        output = Store(kept).inner(f"{collection_path(collection).name}/exports/{form}").address
    wanted = Wanted(since=since, site=site, revisions=revisions)
    refuse_mixture(form, wanted, zstd=zstd, full=full)
    if as_json and output is None:
        raise click.UsageError("--json tells of what was written; name a file for it with -o")
    with open_collection(collection_path(collection)) as opened:
        if form == "warc":
            counts = written_as_warc(opened, output, full=full)
            said = ", ".join(counted(count, what) for what, count in counts.items())
            facts: dict[str, object] = {f"{what.replace(' ', '_')}s": count for what, count in counts.items()}
        else:
            how = "zstd" if zstd else compression_of(output or "")
            done = written_articles(opened, output, form, wanted, how)  # type: ignore[arg-type]  # Choice of FORMS
            where = f" in {output}" if output and is_address(output) else ""
            said = f"{counted(done.articles, 'article')}{where}; the next export goes on with --since {done.cursor}"
            facts = {"articles": done.articles, "cursor": str(done.cursor)}
    if as_json:
        print_json(facts | {"output": output})
    else:
        click.echo(said, err=True)


def written_articles(
    collection: Collection, output: str | None, form: Form, wanted: Wanted, compression: Compression | None
) -> HandedOver:
    """Write articles to a file, a folder of files, or standard output; UsageError, if the site has none."""
    if wanted.site is not None and wanted.site not in (there := sites_of(collection.catalog)):
        advice = f"there are articles of {', '.join(there)}" if there else "no article in it has a site"
        raise click.BadParameter(f"no article of the site {wanted.site!r}; {advice}", param_hint="--site")
    to = sys.stdout.buffer if output is None else output
    with progress_bar() as bar:
        task = bar.add_task("writing", total=None)

        def advance(count: int) -> None:
            bar.update(task, advance=count)

        return hand_over(collection, to, form, wanted, compression=compression, progress=advance)


def refuse_mixture(form: str, wanted: Wanted, *, zstd: bool, full: bool) -> None:
    """UsageError, if options are named that are of another format."""
    if form == "warc" and wanted != Wanted():
        raise click.UsageError("--since, --site and --revisions choose articles; a WARC file has all captures")
    if form != "warc" and full:
        raise click.UsageError("--full is of WARC files; add --format warc")
    if zstd and form in (*FOLDERS, "warc"):
        raise click.UsageError("--zstd is of jsonl, csv and jsonld; Parquet and WARC files are compressed anyway")


def written_as_warc(collection: Collection, output: str | None, *, full: bool) -> dict[str, int]:
    """Write the captures to a file; returns how many of what."""
    if output is None or not output.endswith(".warc.gz"):
        raise click.UsageError("name a file that ends in .warc.gz with -o")
    with progress_bar() as bar:
        task = bar.add_task("writing", total=None)
        path = Path(output)
        done = export_warc(collection, path, full=full, progress=lambda count: bar.update(task, advance=count))
    return {"record": done.records, **({"filled revisit": done.filled} if full else {})}
