"""A WARC file without some of its records, or with some of them made anew; all other bytes stay as they are."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from archives.errors import MalformedRecord, StorageFailed
from archives.layout import sync_folder
from archives.warc.groups import Group, groups
from archives.warc.members import MAGIC
from archives.warc.reader import read_records
from archives.warc.record import Record
from archives.warc.remade import Remade, write_record

_PIECE = 1024 * 1024


Edits = Mapping[str, Remade | None]
"""Record id → what stands in the record's place; None: nothing. Records that are not named stay."""
Edit = Callable[[Group], Edits]


def rewrite(path: Path, edit: Edit) -> bool:
    """Rewrite a WARC file as `edit` says of each group, put in place by rename; False if nothing was to change.

    Bytes that no record can be made out of stay. MalformedRecord, where a record to change shares its gzip member with
    others; StorageFailed, if there is no room for the second copy that is needed until the rename.
    """
    draft = draft_of(path)
    try:
        if not _write_draft(path, draft, edit):
            draft.unlink()
            return False
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as exc:
        draft.unlink(missing_ok=True)
        what = f"cannot be rewritten: {exc.strerror}; it is as it was, make room for a second copy of it"
        raise StorageFailed(f"{path}: {what}, and the next writer goes on") from exc
    return True


def draft_of(path: Path) -> Path:
    """Where the new file grows; the name is that of no WARC file."""
    return path.with_name(f".{path.name}.takedown")


def _write_draft(path: Path, draft: Path, edit: Edit) -> bool:
    with path.open("rb") as source, draft.open("wb") as out:
        gzipped = source.read(2) == MAGIC
        done = 0
        for record, remade in _changes(path, edit):
            _copy(source, done, record.offset, out)
            if remade is not None:
                write_record(record.version, remade, out, gzipped=gzipped)
            done = record.end
        if not out.tell() and not done:
            return False
        _copy(source, done, path.stat().st_size, out)
        out.flush()
        os.fsync(out.fileno())
    return True


def _changes(path: Path, edit: Edit) -> Iterator[tuple[Record, Remade | None]]:
    faults: list[MalformedRecord] = []
    for group in groups(read_records(path, on_fault=faults.append)):
        edits = edit(group)
        for record in group if edits else ():
            if record.record_id in edits:
                if not record.length:
                    why = "it shares its gzip member with others; compress the file anew, a member a record"
                    raise MalformedRecord(str(path), f"the record cannot be taken out: {why}", record.offset)
                yield record, edits[record.record_id]


def _copy(source: BinaryIO, start: int, end: int, out: BinaryIO) -> None:
    while start < end and (piece := os.pread(source.fileno(), min(end - start, _PIECE), start)):
        out.write(piece)
        start += len(piece)
