"""Takedowns in the files of `items/`: lines go out of them, come back, and follow records that moved."""

import json
import os
import re
from collections.abc import Callable, Set
from pathlib import Path

from archives.catalog import Catalog
from archives.errors import StorageFailed
from archives.layout import Layout, sync_folder
from archives.takedown.withheld import REVISION, forget_kept, keep_aside, kept_aside, reference, transaction

_RECORD_ID = re.compile(rb'"record_id": ?"([^"]+)"')
_WARC = re.compile(rb'"warc": ?"([^"]+)"')

Change = Callable[[bytes], bytes | None]
"""A line → what stands in its place; None: nothing."""


def take_lines_out(layout: Layout, catalog: Catalog, gone: Set[str], *, keep: bool) -> None:
    """Take the lines of captures out of all files; with `keep` they can be put back."""
    for path in _files(layout):
        if keep:
            with path.open("rb") as lines:
                found = [(name, line) for line in lines if (name := _record_id(line)) in gone]
            with transaction(catalog) as connection:
                keep_aside(connection, [(name, path.name, line.decode()) for name, line in found])
        _rewrite(path, lambda line: None if _record_id(line) in gone else line)


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
        _rewrite(path, lambda line: None if _record_id(line) in back else line, more=lines)
    with transaction(catalog) as connection:
        forget_kept(connection, back)


def follow(layout: Layout, catalog: Catalog, warcs: Set[str]) -> None:
    """Have the lines of captures in rewritten WARC files say where their records are now."""
    names = {name.encode() for name in warcs}

    def followed(line: bytes) -> bytes:
        if not ((match := _WARC.search(line)) and match[1] in names):
            return line
        with catalog.engine.connect() as connection:
            now = reference(connection, _record_id(line))
        item = json.loads(line)
        if now is None or item["capture"] == now:
            return line
        return json.dumps({**item, "capture": now}, ensure_ascii=False).encode() + b"\n"

    for path in _files(layout) if names else ():
        _rewrite(path, followed)


def remove_drafts(layout: Layout) -> None:
    """Remove what a dead writer left of a file that it was writing."""
    for draft in layout.items.glob(".*.takedown"):
        draft.unlink()


def _files(layout: Layout) -> list[Path]:
    return sorted(layout.items.glob("*.jsonl"))


def _record_id(line: bytes) -> str:
    match = _RECORD_ID.search(line)
    return match[1].decode() if match else ""


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
