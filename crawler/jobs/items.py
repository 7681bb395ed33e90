"""The items' file of a job, `items/<job>.jsonl`: begun with the crawl, whole when it ends, completed if the crawl died.

While the crawl is at work, `items/<job>.open` stands beside it and says when it began. A crawl that died leaves it
behind, and the next start writes the lines that are missing. `newswarc recover --reindex` does so for all.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from archives.cdxj import Capture
from archives.collection import WritableCollection
from archives.counted import counted
from archives.errors import StorageFailed
from archives.item_lines import unwritten, written_in
from archives.layout import OPEN, Layout, sync_folder
from archives.revisions import record_id_of
from archives.schema import articles_table, captures_table, revisions_table, sightings_table
from archives.warc.bundle import warc_date
from crawler.capture import capture_ref
from crawler.export import replacing
from crawler.export.jsonl import to_line

_WHOLE_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

_AT_ONCE = 500
"""Captures that are named in one query."""

ItemOf = Callable[[Capture, str], dict[str, Any] | None]
"""(capture, name of the site) → its item, made anew from its bytes; None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsCompleted:
    """What was put right in the items' file of a crawl that died."""

    file: str
    written: int
    """Lines of articles that were committed and not written."""
    removed: int
    """Lines that nothing was committed of: their captures never reached the disk, or another worker has captured their
    pages anew before this crawl's were found."""

    def __str__(self) -> str:
        done = f"{self.file}: {counted(self.written, 'missing line')} written"
        lost = f", {counted(self.removed, 'line')} of nothing that was committed removed"
        return done + (lost if self.removed else "")


def begin_items(layout: Layout, job: str) -> None:
    """Note that a crawl is at work, from now on."""
    try:
        with (layout.items / f"{job}{OPEN}").open("w", encoding="ascii") as begun:
            begun.write(warc_date(datetime.now(UTC)))
            begun.flush()
            os.fsync(begun.fileno())
        sync_folder(layout.items)
    except OSError as exc:
        raise StorageFailed(f"{layout.items}: {exc.strerror}; make room, or make the folder writable") from exc


def end_items(layout: Layout, job: str) -> None:
    """Note that a crawl has written all its items, once the disk has them."""
    with suppress(FileNotFoundError):
        _sync(layout.items / f"{job}.jsonl")
    (layout.items / f"{job}{OPEN}").unlink(missing_ok=True)


def complete_items(collection: WritableCollection, item_of: ItemOf) -> Iterator[ItemsCompleted]:
    """Complete the items' files of crawls that died: each article that was committed has its line, once."""
    items = collection.layout.items
    for job in sorted(path.name.removesuffix(OPEN) for path in items.glob(f"[0-9]*T[0-9]*Z*{OPEN}")):
        try:
            began = (items / f"{job}{OPEN}").read_text(encoding="ascii")
            done = _complete(collection, items / f"{job}.jsonl", began, item_of)
        except OSError as exc:
            raise StorageFailed(f"{items}/{job}.jsonl: {exc.strerror}; make room and try again") from exc
        if done.written or done.removed:
            yield done
        end_items(collection.layout, job)


def write_missing(collection: WritableCollection, item_of: ItemOf) -> Iterator[ItemsCompleted]:
    """Write the lines that the items' files of crawls lack which had come to their end.

    They were lost since, or their pages were extracted later.
    """
    items = collection.layout.items
    written = [written_in(path) for path in sorted(items.glob("*.jsonl"))]
    for job, missing in unwritten(collection.layout, collection.catalog, written):
        path, count = items / f"{job}.jsonl", 0
        try:
            for first in range(0, len(missing), _AT_ONCE):
                among = captures_table.c.record_id.in_(missing[first : first + _AT_ONCE])
                lines = [to_line(item) for _, item in _committed(collection, among, item_of)]
                _append(path, lines)
                count += len(lines)
        except OSError as exc:
            raise StorageFailed(f"{path}: {exc.strerror}; make room and try again") from exc
        yield ItemsCompleted(file=path.name, written=count, removed=0)


def _complete(collection: WritableCollection, path: Path, began: str, item_of: ItemOf) -> ItemsCompleted:
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    kept = [line for line in lines if collection.catalog.sighting(_record_id(line))]
    if len(kept) < len(lines):
        with replacing(path) as out:
            out.writelines(line.decode() for line in kept)
    written = {_record_id(line) for line in kept}
    # To the microsecond, as captures are: the crawl before may have died within the same second. Empty or torn it is
    # where the crawl died before it had begun, so that nothing is of it.
    since = _committed(collection, captures_table.c.date >= began, item_of) if _WHOLE_DATE.fullmatch(began) else ()
    missing = [to_line(item) for key, item in since if key not in written]
    if missing:
        _append(path, missing)
    return ItemsCompleted(file=path.name, written=len(missing), removed=len(lines) - len(kept))


def _append(path: Path, lines: list[str]) -> None:
    with path.open("a", encoding="utf-8") as out:
        out.writelines(lines)
        out.flush()
        os.fsync(out.fileno())


def _record_id(line: bytes) -> str:
    """The capture of a line's item; '' also of a torn line that names one."""
    try:
        return record_id_of(json.loads(line)) or ""
    except (ValueError, AttributeError):
        return ""


def _committed(
    collection: WritableCollection, which: sa.ColumnElement[bool], item_of: ItemOf
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Record id and item of each article that was committed from one of these captures, in their order."""
    captures, shown, revisions = captures_table.c, sightings_table.c, revisions_table.c
    query = (
        sa.select(captures.record_id, captures.warc, shown.revision, revisions.item, articles_table.c.site)
        .join_from(captures_table, sightings_table, shown.record_id == captures.record_id)
        .join(revisions_table, sa.and_(revisions.article_id == shown.article_id, revisions.revision == shown.revision))
        .join(articles_table, articles_table.c.id == shown.article_id)
        .where(which)
        .order_by(captures.id)
    )
    with collection.catalog.engine.connect() as connection:
        rows = [row for row in connection.execute(query) if collection.layout.warc_path(row.warc).exists()]
    for row in rows:
        capture = collection.catalog.by_record_id(row.record_id)
        item = json.loads(row.item)
        if capture is not None and record_id_of(item) != row.record_id:
            anew = item_of(capture, row.site or "") or {**item, "capture": asdict(capture_ref(capture))}
            item = {**anew, "revision": row.revision}
        yield row.record_id, item


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
