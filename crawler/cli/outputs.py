"""Files that a command writes where a person says: refused, before any work, where something would be lost by it."""

import os
from collections.abc import Iterable
from pathlib import Path

import click

from archives.errors import StorageFailed
from archives.layout import Layout, is_warc
from archives.notices import LOG
from archives.output import is_special

STDIN = 0


def output_file(_: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """Callback of an option that names a file to write: what cannot be one is told before any work is done.

    UsageError, if it is named wrongly, or among a collection's own files; StorageFailed, if it may not be written.
    """
    if path is not None:
        if path.is_dir():
            raise click.BadParameter(f"{path} is a folder; name a file", param=option)
        folder = Path(os.path.realpath(path)).parent
        if not is_special(path) and not folder.is_dir():
            what = f"{path}: the folder {folder} is not there; make it, or choose another place"
            raise click.BadParameter(what, param=option)
        if not is_special(path) and not os.access(folder, os.W_OK):
            what = f"the folder {folder} may not be written to; make it writable, or choose another place"
            raise StorageFailed(f"{path}: {what}")
        spare_collections(option, path)
    return path


def spare_collections(option: click.Parameter, path: Path) -> None:
    """UsageError, if a file or folder to write is, or would be, among what a collection keeps for itself."""
    target = Path(os.path.realpath(path))
    for folder in target.parents:
        if _keeps(Layout(folder), target):
            what = f"{path} is among the collection's own files, in {folder}; choose another place"
            raise click.BadParameter(what, param=option)


def _keeps(layout: Layout, target: Path) -> bool:
    """Whether a path is one of a collection's own; any folder may have one named 'archive' in it."""
    if not layout.exists:
        return False
    if target.parent == layout.archive and target.is_file() and is_warc(target):
        return True
    own = (*layout.parts(), *layout.moved, layout.root / LOG)
    made_by_us = layout.indexes.is_dir() or layout.catalog.exists() or layout.metadata.exists()
    return made_by_us and any(target == part or part in target.parents for part in own)


def spare_inputs(output: Path | None, inputs: Iterable[Path], *, hint: str) -> None:
    """UsageError, if a file to write is one that is read, by whatever name; '-' is standard input."""
    if output is None or not output.exists() or is_special(output):
        return
    there = output.stat()
    for source in inputs:
        if os.path.samestat(there, os.fstat(STDIN) if str(source) == "-" else source.stat()):
            raise click.BadParameter(f"{output} is what is read, and would be lost; name another file", param_hint=hint)
