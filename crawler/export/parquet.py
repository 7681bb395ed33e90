"""Articles as Parquet: one row an article, every field of an item as a column with its type."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from crawler.export.columns import schema, table_of

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

GROUP_SIZE = 16 * 2**20
"""Bytes of JSON in one group of rows: what is in memory at a time."""


def parquet_writer(out: BinaryIO, columns: "pa.Schema") -> "pq.ParquetWriter":
    """Writes tables with these columns into a file."""
    import pyarrow.parquet as pq

    return pq.ParquetWriter(out, columns, compression="zstd")


@contextmanager
def parquet_rows(out: BinaryIO) -> Iterator[Callable[[str], None]]:
    """Takes articles as lines of JSON and writes them as rows; the file is whole when the block ends."""
    lines: list[bytes] = []
    size = 0
    with parquet_writer(out, schema()) as writer:

        def write_group() -> None:
            nonlocal size
            writer.write_table(table_of(lines), row_group_size=len(lines))
            lines.clear()
            size = 0

        def write(line: str) -> None:
            nonlocal size
            lines.append(line.encode())
            size += len(lines[-1])
            if size >= GROUP_SIZE:
                write_group()

        yield write
        if lines:
            write_group()
