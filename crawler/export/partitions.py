"""Articles as a folder of Parquet files by site and month of capture, in memory that does not grow with them.

The folders are named as Hive does it, so that what reads Parquet knows them as columns `site` and `month`; `site` is
therefore not in the files. A file's name says behind which cursor its rows begin, and with which they end.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from archives.errors import ArgumentUnusable
from crawler.export.columns import table_of
from crawler.export.folders import Folder
from crawler.export.parquet import parquet_writer

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_HELD = 64 * 2**20
"""Bytes of rows that wait for others of their partition."""
_MOST_OPEN = 100
"""Files; each has its end in memory, which tells where what is."""
_MOST_GROUPS, _LARGEST = 200, 2**30
"""Groups of rows in one file, and bytes of them, uncompressed."""
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_NAME = re.compile(r"(\d+)-(\d+)(\.\d+)?\.parquet")
_SEPARATOR = "\n"


def write_partitions(pages: Iterable[list[bytes]], folder: Folder, *, since: int, until: int) -> None:
    """Write pages of items, each as JSON, into a folder: what was committed behind one cursor, up to another one.

    ArgumentUnusable, if the folder has rows from between the two already.
    """
    with ThreadPoolExecutor(2) as pool:  # Arrow parses and writes on other cores than Python reads the catalog on
        partitions = _Partitions(folder, since, until, pool)
        try:
            for table in _tables_of(pages, pool):
                partitions.take(table)
            partitions.finish()
        except BaseException:
            partitions.abandon()
            raise


def _tables_of(pages: Iterable[list[bytes]], pool: ThreadPoolExecutor) -> "Iterator[pa.Table]":
    """The pages as tables, while the next one is read."""
    parsing: deque[Future[pa.Table]] = deque()
    for page in pages:
        parsing.append(pool.submit(table_of, page))
        if len(parsing) > 1:
            yield parsing.popleft().result()
    yield from (future.result() for future in parsing)


@dataclass
class _Held:
    """Rows of a partition that are not written yet."""

    tables: "list[pa.Table]" = field(default_factory=list)
    size: int = 0


@dataclass
class _Begun:
    """A file that rows are added to."""

    out: BinaryIO
    writer: "pq.ParquetWriter"
    groups: int = 0
    size: int = 0

    def end(self) -> None:
        self.writer.close()
        self.out.close()

    def abandon(self) -> None:
        self.writer.is_open = False  # else it would be closed when it is collected, and complain to nobody
        with suppress(OSError):
            self.out.close()


class _Partitions:
    """Gathers the rows of each partition, and writes those of the largest when there are too many in all."""

    def __init__(self, folder: Folder, since: int, until: int, pool: ThreadPoolExecutor) -> None:
        self._files = _Files(folder, since, until)
        self._held: dict[str, _Held] = {}
        self._size = 0
        self._pool = pool
        self._writing: Future[None] | None = None

    def take(self, table: "pa.Table") -> None:
        """Take rows of whatever partitions."""
        for partition, rows in _split(table):
            held = self._held.setdefault(partition, _Held())
            held.tables.append(rows)
            held.size += rows.nbytes
            self._size += rows.nbytes
        while self._size >= _HELD:
            self._write(max(self._held, key=lambda one: self._held[one].size))

    def finish(self) -> None:
        """Write the rest."""
        while self._held:
            self._write(next(iter(self._held)))
        self._wait()
        self._files.end()

    def abandon(self) -> None:
        """Let go of what is begun, as when the disk is full."""
        if self._writing is not None:
            wait([self._writing])
        self._files.abandon()

    def _write(self, partition: str) -> None:
        import pyarrow as pa

        held = self._held.pop(partition)
        self._size -= held.size
        self._wait()
        self._writing = self._pool.submit(self._files.write, partition, pa.concat_tables(held.tables), held.size)

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()


class _Files:
    """The files of all partitions, of which the one that was written to longest ago is ended first."""

    def __init__(self, folder: Folder, since: int, until: int) -> None:
        self._folder = folder
        self._since, self._until = since, until
        self._begun: dict[str, _Begun] = {}
        self._counts: dict[str, int] = {}

    def write(self, partition: str, rows: "pa.Table", size: int) -> None:
        """Add a group of rows."""
        file = self._begun.pop(partition, None) or self._begin(partition, rows.schema)
        self._begun[partition] = file
        file.writer.write_table(rows, row_group_size=rows.num_rows)
        file.groups += 1
        file.size += size
        if file.groups >= _MOST_GROUPS or file.size >= _LARGEST:
            self._end(partition)
        elif len(self._begun) > _MOST_OPEN:
            self._end(next(iter(self._begun)))

    def _end(self, partition: str) -> None:
        self._begun[partition].end()
        del self._begun[partition]

    def end(self) -> None:
        """End all files."""
        for file in self._begun.values():
            file.end()

    def abandon(self) -> None:
        """Let go of files that are not ended."""
        for file in self._begun.values():
            file.abandon()

    def _begin(self, partition: str, columns: "pa.Schema") -> _Begun:
        path = _path_of(partition)
        count = self._counts[partition] = self._counts.get(partition, 0) + 1
        if count == 1:
            self._refuse_repetition(path)
        further = f".{count}" if count > 1 else ""
        out = self._folder.create(f"{path}/{self._since}-{self._until}{further}.parquet")
        return _Begun(out, parquet_writer(out, columns))

    def _refuse_repetition(self, path: str) -> None:
        for there in filter(None, map(_NAME.fullmatch, self._folder.names(path))):
            since, until = int(there[1]), int(there[2])
            if since < self._until and self._since < until:
                what = (
                    f"has rows behind {self._since} already; go on with --since {until}, if an export printed it, or "
                    f"else remove what one that was cut off left, all '{since}-{until}*.parquet'"
                )
                raise ArgumentUnusable(f"{path}/{there[0]}: the folder {what}")


def _split(table: "pa.Table") -> "Iterator[tuple[str, pa.Table]]":
    """Rows by partition, without the column that the partition tells."""
    import pyarrow as pa
    import pyarrow.compute as pc

    date = table["capture"].combine_chunks().field("date")
    month = pc.utf8_slice_codeunits(date.cast(pa.timestamp("us")).cast(pa.string()), 0, len("2031-03"))
    site = table["site"].combine_chunks()
    keys = pc.binary_join_element_wise(site.fill_null(""), month.fill_null(""), _SEPARATOR)
    rows = table.drop_columns("site")
    partitions = keys.unique().to_pylist()
    for partition in partitions:
        yield partition, rows if len(partitions) == 1 else rows.filter(pc.equal(keys, partition))


def _path_of(partition: str) -> str:
    site, _, month = partition.rpartition(_SEPARATOR)
    return f"site={quote(site, safe='') or _NO_VALUE}/month={month or _NO_VALUE}"
