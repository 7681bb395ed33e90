"""Takedowns in the files of `items/`: lines go out of them, come back, and follow records that moved."""

import json
import os
import re
from collections.abc import Callable, Set
from pathlib import Path
from typing import Any

from archives.catalog import Catalog
from archives.errors import StorageFailed
from archives.item_lines import record_id_in
from archives.layout import Layout, sync_folder
from archives.revisions import record_id_of
from archives.takedown.withheld import REVISION, forget_kept, keep_aside, kept_aside, reference, transaction
from archives.tracking import untracked

_URL = re.compile(rb'\{"url": ?("[^"]+")')
_WARC = re.compile(rb'"warc": ?"([^"]+)"')

Change = Callable[[bytes], bytes | None]
"""A line → what stands in its place; None: nothing."""


def take_lines_out(layout: Layout, catalog: Catalog, gone: Set[str], *, keep: bool) -> None:
    """Take the lines of captures out of all files; with `keep` they can be put back."""
    for path in _files(layout):
        if keep:
            with path.open("rb") as lines:
                found = [(name, line) for line in lines if (name := record_id_in(line)) in gone]
            with transaction(catalog) as connection:
                keep_aside(connection, [(name, path.name, line.decode()) for name, line in found])
        _rewrite(path, lambda line: None if record_id_in(line) in gone else line)


def put_lines_back(layout: Layout, catalog: Catalog, back: Set[str]) -> None:
    """Append the lines that were taken out to the files they were in."""
    with transaction(catalog) as connection:
        kept = [one for one in kept_aside(connection, back) if one[1] != REVISION]
    by_file: dict[str, list[bytes]] = {}
    for _, place, content in kept:
        by_file.setdefault(place, []).append(content.encode())
    for name, lines in by_file.items():
        path = layout.items / name
        path.touch()
        _rewrite(path, lambda line: None if record_id_in(line) in back else line, more=lines)
    with transaction(catalog) as connection:
        forget_kept(connection, back)


def follow(layout: Layout, catalog: Catalog, warcs: Set[str], articles: Set[str]) -> None:
    """Have the lines of captures in rewritten WARC files say where their records are now.

    Those of `articles`, by their keys, say also which revision their captures show now, and all of a revision that was
    handed on to them.
    """
    names = {name.encode() for name in warcs}

    def followed(line: bytes) -> bytes:
        concerned = (match := _URL.match(line)) and untracked(json.loads(match[1])) in articles
        if not concerned and not ((match := _WARC.search(line)) and match[1] in names):
            return line
        item = json.loads(line)
        now = _as_committed(catalog, item)
        return line if now == item else json.dumps(now, ensure_ascii=False).encode() + b"\n"

    for path in _files(layout) if names or articles else ():
        _rewrite(path, followed)


def _as_committed(catalog: Catalog, item: dict[str, Any]) -> dict[str, Any]:
    """The item of a line as it stands in the catalog since; as it is, if it does not."""
    record_id = record_id_of(item)
    committed = catalog.item_of(record_id)
    with catalog.engine.connect() as connection:
        now = reference(connection, record_id)
    if now is None:
        return item
    if committed is None:
        return {**item, "capture": now}
    if record_id_of(committed) == record_id:
        return committed
    return {**item, "capture": now, "revision": committed["revision"]}


def remove_drafts(layout: Layout) -> None:
    """Remove what a dead writer left of a file that it was writing."""
    for draft in layout.items.glob(".*.takedown"):
        draft.unlink()


def _files(layout: Layout) -> list[Path]:
    return sorted(layout.items.glob("*.jsonl"))


def _rewrite(path: Path, change: Change, *, more: list[bytes] | None = None) -> None:
    """Put a file with changed lines in place by rename, if any is."""
    draft = path.with_name(f".{path.name}.takedown")
    changed = bool(more)
    try:
        with path.open("rb") as lines, draft.open("wb") as out:
            for line in lines:
                now = change(line)
                changed = changed or now != line
                out.write(now or b"")
            out.writelines(more or ())
            out.flush()
            os.fsync(out.fileno())
        if changed:
            draft.replace(path)
            sync_folder(path.parent)
        else:
            draft.unlink()
    except OSError as exc:
        draft.unlink(missing_ok=True)
        raise StorageFailed(f"{path}: {exc.strerror}; make room, and the next writer goes on") from exc
