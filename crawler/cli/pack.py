"""`newswarc pack`: a collection as one file for others."""

from dataclasses import asdict
from pathlib import Path

import click

from archives.wacz.pack import Packed
from archives.wacz.pack import pack as pack_collection
from archives.wacz.reader import SUFFIX
from archives.wacz.signing import SigningKey
from crawler.cli.options import (
    as_json,
    collection_path,
    counted,
    open_collection,
    print_json,
    progress_bar,
    tell_elsewhere,
)
from crawler.cli.outputs import output_file


@click.command()
@click.argument("collection")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=output_file,
    help="File to write, which must end in .wacz.  [default: the collection's name, here]",
)
@click.option("--title", help="Title of the package.  [default: the collection's]")
@click.option("--revisions", is_flag=True, help="All revisions of each article as pages, not only the latest.")
@click.option(
    "--sign", "key", type=click.Path(path_type=Path), help="Sign with the private key (P-384, PEM) in a file."
)
@as_json
def pack(
    collection: str, *, output: Path | None, title: str | None, revisions: bool, key: Path | None, as_json: bool
) -> None:
    """Pack a collection into a WACZ, which ReplayWeb.page and other tools open.

    In it are the WARC files, an index over all of them, the articles as pages with their text, and the logs. Responses
    that came in chunks go in as copies without the chunks, which ReplayWeb.page cannot undo; the collection stays the
    master. The file is there whole or not at all.

    \b
    Examples:
      newswarc pack newsroom -o newsroom.wacz
      openssl ecparam -name secp384r1 -genkey -noout -out key.pem
      newswarc pack newsroom --sign key.pem --json
    """
    source = collection_path(collection)
    target = output or Path(f"{source.resolve().name}{SUFFIX}")
    if target.suffix != SUFFIX:
        what = f"{target}: the name must end in {SUFFIX}, as WACZ 1.1.1 has it"
        raise click.BadParameter(what, param_hint="--output")
    signer = SigningKey.load(key) if key else None
    with open_collection(source) as opened, progress_bar() as bar:
        total = sum(map(opened.warcs.size, opened.warcs.paths()))
        task = bar.add_task("packing", total=total)
        packed = pack_collection(
            opened,
            target,
            title=title,
            revisions=revisions,
            key=signer,
            progress=lambda size: bar.advance(task, size),
        )
    if as_json:
        print_json(asdict(packed))
    else:
        click.echo(summary(packed), err=True)
        tell_elsewhere(source, "packed")


def summary(packed: Packed) -> str:
    """One line for a person."""
    signed = f", signed by {packed.signed_by}" if packed.signed_by else ""
    what = (
        f"{counted(packed.pages, 'page')}, {counted(packed.captures, 'capture')}, {counted(packed.warcs, 'WARC file')}"
    )
    return f"{packed.file}: {packed.bytes:,} bytes, {what}{signed}"
