"""Files of dead writers: torn tail cut at the last whole exchange, what is whole indexed, the file sealed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archives.catalog import Catalog
from archives.cdxj import write_shard
from archives.counted import counted
from archives.errors import MalformedRecord
from archives.in_place import draft_of
from archives.layout import LATELY, Layout, warc_name
from archives.torn import cut_torn_line, truncate
from archives.warc.groups import Group, capture_of, completed, groups, missing_from
from archives.warc.reader import read_records
from archives.warc.segment import seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What was done to a WARC file whose writer had died."""

    file: str
    """Its sealed name."""
    cut: int
    """Bytes taken off its end: at most the exchange that was being written."""
    indexed: int
    """Whole captures that had no row yet."""
    dropped: int
    """Rows whose bytes never reached the disk."""
    sealed: bool = True
    """False, if nothing whole was in it, and it was removed."""
    damage: tuple[str, ...] = ()
    """Faults before the end of the file, which were left as they are."""

    def __str__(self) -> str:
        what = "sealed after a crash" if self.sealed else "removed after a crash, as nothing whole was in it"
        done = f"{self.file}: {what}; {counted(self.cut, 'torn byte')} cut, {counted(self.indexed, 'capture')} indexed"
        done += f", {counted(self.dropped, 'row')} without bytes dropped" if self.dropped else ""
        return f"{done}; damaged: {'; '.join(self.damage)}" if self.damage else done


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCut:
    """An unfinished last line that was taken off a file of items."""

    file: str
    cut: int
    """Bytes."""

    def __str__(self) -> str:
        return f"{self.file}: half a line of {self.cut} bytes removed from its end"


def repair_files(layout: Layout, catalog: Catalog) -> Iterator[Repair | LineCut]:
    """Repair what a writer left unfinished; only for who holds the writer's lock."""
    for draft in drafts(layout):
        draft.unlink()
    for path in sorted(layout.items.glob("*.jsonl")):
        if cut := cut_torn_line(path):
            yield LineCut(file=path.name, cut=cut)
    for path in layout.open_warcs():
        yield repair(layout, catalog, path)


def drafts(layout: Layout) -> list[Path]:
    """Files that were to be put in place, left by a writer that died before."""
    folders = (layout.indexes, layout.items, layout.reports, *map(layout.run_reports, layout.jobs()[-LATELY:]))
    return [draft for folder in folders for draft in folder.glob(draft_of(Path("*")).name)]


def repair(layout: Layout, catalog: Catalog, path: Path) -> Repair:
    """Repair one open file and seal it; a file with nothing whole in it is removed."""
    name = warc_name(path)
    size = path.stat().st_size
    rows = catalog.of_warc(name)
    scan = _scan(path, catalog, rows.last_place())
    truncate(path, scan.whole)
    dropped = rows.drop_behind(scan.whole)
    catalog.flush()
    catalog.persist()
    if scan.whole:
        write_shard(layout.shard_path(name), catalog.captures(warc=name))
        seal(path, layout.archive / name)
    else:
        path.unlink()
    cut = size - scan.whole
    return Repair(file=name, cut=cut, indexed=scan.indexed, dropped=dropped, sealed=scan.whole > 0, damage=scan.damage)


@dataclass(frozen=True, slots=True)
class _Scan:
    """What is whole in an open file."""

    whole: int = 0
    """Offset behind the last whole exchange; 0 if there is none."""
    indexed: int = 0
    damage: tuple[str, ...] = ()


def _scan(path: Path, catalog: Catalog, start: int) -> _Scan:
    """Add what has no row yet, from the last committed place on; from the beginning if that place does not hold."""
    scan = _scan_from(path, catalog, start)
    return scan if scan.whole or not start else _scan_from(path, catalog, 0)


def _scan_from(path: Path, catalog: Catalog, start: int) -> _Scan:
    faults: list[MalformedRecord] = []
    whole = indexed = 0
    for group in groups(read_records(path, start=start, on_fault=faults.append)):
        if missing_from(group):
            continue
        whole = group[-1].end
        indexed += _index(group, catalog, warc_name(path))
    damage = tuple(str(fault) for fault in faults if fault.offset < whole)
    return _Scan(whole, indexed, damage)


def _index(group: Group, catalog: Catalog, warc: str) -> bool:
    """Add a group's capture to the catalog; False if it is there already or is none to index."""
    capture = capture_of(group, warc)
    if capture is None or not capture.indexed or catalog.by_record_id(capture.record_id):
        return False
    catalog.add(completed(capture, catalog.by_record_id))
    return True
