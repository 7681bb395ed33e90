"""Shards and catalog rows of sealed WARC files, made anew from the records."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from archives.catalog import Catalog
from archives.cdxj import Capture, format_line, write_shard
from archives.counted import counted
from archives.errors import MalformedRecord
from archives.folders import elsewhere
from archives.layout import Layout
from archives.notices import standing
from archives.stored import alone
from archives.warc.groups import capture_of, completed, groups
from archives.warc.reader import read_records

NEWEST = 2
"""Sealed files whose shards are held against their rows at each start: what a power cut can have touched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reindexed:
    """What was made anew for one WARC file."""

    file: str
    captures: int
    """That are indexed now."""
    rows: int
    """That were missing, wrong, or too many."""
    shard: bool
    """Whether the shard was missing or wrong."""
    damage: tuple[str, ...] = ()
    """Places in the file that could not be read: their captures are in no index."""

    def __str__(self) -> str:
        what = [counted(self.rows, "row")] if self.rows else []
        what += ["the shard"] if self.shard else []
        of_all = f"{' and '.join(what) or 'nothing'} of {counted(self.captures, 'capture')}"
        done = f"{self.file}: {of_all} made anew from the records"
        return f"{done}; damaged: {'; '.join(self.damage)}" if self.damage else done


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was taken out of the indexes, because the WARC file is not there any more."""

    file: str
    rows: int

    def __str__(self) -> str:
        gone = f"{counted(self.rows, 'capture')} and what came of {'it' if self.rows == 1 else 'them'}"
        return f"{self.file}: not there any more; {gone} taken out of the catalog"


def reindex_missing(layout: Layout, catalog: Catalog) -> Iterator[Reindexed]:
    """Make anew what a sealed file has no rows or no shard of, or, of the newest files, not as many lines as rows."""
    sealed = layout.sealed_warcs()
    known = catalog.warcs()
    for path in sealed:
        shard = layout.shard_path(path.name)
        lacks_rows = path.name not in known and not (shard.exists() and not shard.stat().st_size)
        is_new = path in sealed[-NEWEST:]
        if lacks_rows or not shard.exists() or (is_new and _lines(shard) != catalog.of_warc(path.name).count()):
            yield reindex(layout, catalog, path)


def reindex_all(
    layout: Layout, catalog: Catalog, progress: Callable[[Path], object] = lambda _: None
) -> Iterator[Reindexed | Forgotten]:
    """Make all rows and shards anew; what is of files that are not there is taken out.

    `progress` is told each file before it is read.
    """
    sealed = layout.sealed_warcs()
    names = {path.name for path in sealed}
    away = alone(catalog, layout).keys()
    for name in sorted(catalog.warcs() - names - away - elsewhere(catalog, layout).keys()):
        yield Forgotten(file=name, rows=catalog.of_warc(name).drop_behind(0))
    for shard in set(layout.indexes.glob("*.cdxj")) - {layout.shard_path(name) for name in names | away}:
        shard.unlink()
    for path in sealed:
        progress(path)
        done = reindex(layout, catalog, path)
        if done.rows or done.shard or done.damage:
            yield done


def reindex(layout: Layout, catalog: Catalog, path: Path) -> Reindexed:
    """Give one sealed file the rows and the shard that its records call for."""
    faults: list[MalformedRecord] = []
    captures = _captures(path, catalog, standing(layout).hidden.keys(), faults)
    rows = {row.record_id: row for row in catalog.captures(warc=path.name)}
    wrong = [capture for capture in captures if rows.get(capture.record_id) != capture]
    surplus = rows.keys() - {capture.record_id for capture in captures}
    if wrong or surplus:
        catalog.of_warc(path.name).replace(captures)
        catalog.persist()
    shard = layout.shard_path(path.name)
    shard_wrong = not _is_shard_of(captures, shard)
    if shard_wrong:
        write_shard(shard, captures)
    return Reindexed(
        file=path.name,
        captures=len(captures),
        rows=len(wrong) + len(surplus),
        shard=shard_wrong,
        damage=tuple(map(str, faults)),
    )


def _captures(path: Path, catalog: Catalog, hidden: Set[str], faults: list[MalformedRecord]) -> list[Capture]:
    """The captures to index, those after a 304 completed; of a record id that is used twice, the first."""
    found: dict[str, Capture] = {}
    for group in groups(read_records(path, on_fault=faults.append)):
        capture = capture_of(group, path.name)
        if capture is None or not capture.indexed or not capture.record_id or capture.record_id in found:
            continue
        if capture.record_id in hidden:
            continue
        elsewhere = catalog.by_record_id(capture.record_id)
        if elsewhere is not None and elsewhere.warc != path.name and path.with_name(elsewhere.warc).exists():
            continue
        found[capture.record_id] = completed(capture, lambda name: found.get(name) or catalog.by_record_id(name))
    return list(found.values())


def _is_shard_of(captures: Sequence[Capture], shard: Path) -> bool:
    wanted = sorted(f"{format_line(capture)}\n".encode() for capture in captures)
    return shard.exists() and shard.read_bytes() == b"".join(wanted)


def _lines(shard: Path) -> int:
    with shard.open("rb") as lines:
        return sum(1 for _ in lines)
