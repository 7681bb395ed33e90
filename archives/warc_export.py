"""A collection as one WARC file: the records as they are, or each revisit as the full response that it stands for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from archives.cdxj import Capture, timestamp_of
from archives.collection import Collection
from archives.errors import MalformedRecord
from archives.layout import is_open, warc_name
from archives.notices import standing
from archives.output import written_whole
from archives.warc.bundle import warc_date, warcinfo
from archives.warc.groups import Group, groups, missing_from
from archives.warc.reader import read_record, read_records
from archives.warc.record import Record
from archives.warc.remade import Remade, filled, write_record
from archives.warc.segment import file_info
from archives.warcs import Source, opened
from archives.writing import new_record_id, utc_now

_PIECE = 1024 * 1024

OnProgress = Callable[[int], None]
"""Takes how many records were written since it was last called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What went into the file."""

    file: str
    records: int
    filled: int
    """Revisits that are full responses there."""


def export_warc(
    collection: Collection,
    path: Path,
    *,
    full: bool = False,
    now: Callable[[], datetime] = utc_now,
    new_id: Callable[[], str] = new_record_id,
    progress: OnProgress = lambda count: None,  # noqa: ARG005 - names what others take
) -> Exported:
    """Write all that is not taken down to one file of one gzip member a record, whole or not at all, in flat memory.

    With `full` each revisit becomes a response under its own id and date: with its own head, or the original's after a
    304, and the payload that it refers to. Other records are copied byte for byte. MalformedRecord, if one is damaged
    or a revisit's payload is not in the collection; of a file that is being written, what is whole goes in.
    """
    writer = _Writer(collection, full=full, progress=progress)
    with written_whole(path) as out:
        out.write(_opening(collection, path, full=full, now=now(), record_id=new_id()))
        for path_of_warc in collection.warcs.paths():
            writer.copy(path_of_warc, out)
    return Exported(file=str(path), records=writer.records, filled=writer.filled)


def _opening(collection: Collection, path: Path, *, full: bool, now: datetime, record_id: str) -> bytes:
    fields = {
        **file_info(collection.layout),
        "description": "revisits are full responses here" if full else "records as they were captured",
    }
    return warcinfo(fields, name=path.name, record_id=record_id, date=warc_date(now))


class _Writer:
    """Copies the files of a collection, one after the other."""

    def __init__(self, collection: Collection, *, full: bool, progress: OnProgress) -> None:
        self.records = 1
        self.filled = 0
        self._collection = collection
        self._full = full
        self._progress = progress
        self._hidden = standing(collection.layout).hidden

    def copy(self, path: Path, out: BinaryIO) -> None:
        """Append what one WARC file holds."""
        with opened(self._source(path)) as source:
            gzipped = warc_name(path).endswith(".gz")
            for group in self._groups(path):
                for record in group:
                    remade = self._in_full(record) if self._full and record.type == "revisit" else None
                    if remade is None and gzipped and record.length:
                        _copy_bytes(source, record, out)
                    else:
                        write_record(record.version, remade or _as_it_is(record), out)
                self.records += len(group)
                self._progress(len(group))

    def _groups(self, path: Path) -> Iterator[Group]:
        """Groups that are whole and not taken down."""
        growing = is_open(path)
        if growing and not path.stat().st_size:
            return
        try:
            for group in groups(read_records(self._source(path))):
                if growing and missing_from(group):
                    return
                if not any(record.record_id in self._hidden for record in group):
                    yield group
        except MalformedRecord as exc:
            if not growing:
                what = f"{exc.what}; nothing was written, 'newswarc verify' tells what is damaged"
                raise MalformedRecord(exc.file, what, exc.at) from exc

    def _source(self, path: Path) -> Source:
        return self._collection.warcs.source(warc_name(path))

    def _in_full(self, revisit: Record) -> Remade:
        original = self._original(revisit)
        for _ in range(8):  # foreign files have revisits of revisits
            if original is None or original.type != "revisit":
                break
            original = self._original(original)
        if original is None or original.type != "response":
            what = f"the payload of {revisit.target_uri} is not in the collection; export without --full"
            raise MalformedRecord(revisit.file, what, revisit.offset)
        self.filled += 1
        return filled(revisit, original)

    def _original(self, revisit: Record) -> Record | None:
        """What a revisit refers to: by its id, or, as WARC/1.0 files have it, by URL and date."""
        catalog = self._collection.catalog
        capture = catalog.by_record_id(revisit.get("WARC-Refers-To")) or self._by_place_in_time(revisit)
        return read_record(self._collection.warcs.source_at(capture, alone=True), capture.offset) if capture else None

    def _by_place_in_time(self, revisit: Record) -> Capture | None:
        url, date = revisit.get("WARC-Refers-To-Target-URI"), revisit.get("WARC-Refers-To-Date")
        if not (url and date):
            return None
        found = self._collection.captures(url.strip("<>"))
        return next((one for one in found if timestamp_of(one.date) == timestamp_of(date)), None)


def _as_it_is(record: Record) -> Remade:
    return Remade(headers=record.headers, block=record.block)


def _copy_bytes(source: BinaryIO, record: Record, out: BinaryIO) -> None:
    missing = record.end - source.seek(record.offset)
    while missing and (piece := source.read(min(missing, _PIECE))):
        out.write(piece)
        missing -= len(piece)
