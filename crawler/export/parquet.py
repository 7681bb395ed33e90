"""Articles as Parquet: one row an article, every field of an item as a column with its type."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, BinaryIO

from archives.errors import StorageFailed

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 1000
"""In one group: what is in memory at a time."""


def require_pyarrow() -> None:
    """StorageFailed, if what writes Parquet is not installed."""
    if find_spec("pyarrow") is None:
        raise StorageFailed("Parquet needs pyarrow; pip install 'newswarc[parquet]'")


def schema() -> "pa.Schema":
    """The columns. Dates of publication are as printed: with the offset that the page tells, or the day alone."""
    import pyarrow as pa

    text, integer = pa.string(), pa.int64()
    author = {"name": text, "url": text, "kind": text}
    image = {"url": text, "caption": text, "credit": text, "lead": pa.bool_()}
    link = {"title": text, "url": text, "kind": text, "label": text}
    capture = {
        "warc": text,
        "offset": integer,
        "length": integer,
        "record_id": text,
        "date": pa.timestamp("us", tz="UTC"),
        "payload_digest": text,
        "status": pa.int16(),
    }
    columns: dict[str, pa.DataType] = {
        **dict.fromkeys(("url", "canonical_url", "slug", "site", "title", "byline"), text),
        "authors": pa.list_(pa.struct(author)),
        **dict.fromkeys(("date_published", "date_modified", "body", "body_markdown", "description"), text),
        "images": pa.list_(pa.struct(image)),
        "related_links": pa.list_(pa.struct(link)),
        "section": text,
        "tags": pa.list_(text),
        **dict.fromkeys(("language", "access", "kind"), text),
        "sources": pa.map_(text, text),
        "capture": pa.struct(capture),
        "revision": pa.int32(),
        "extractor": text,
    }
    return pa.schema(columns)


@contextmanager
def parquet_rows(out: BinaryIO) -> Iterator[Callable[[str], None]]:
    """Takes articles as lines of JSON and writes them as rows; the file is whole when the block ends."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = schema()
    rows: list[dict[str, Any]] = []
    with pq.ParquetWriter(out, columns, compression="zstd") as writer:

        def write_group() -> None:
            writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=columns))
            rows.clear()

        def write(line: str) -> None:
            rows.append(row_of(json.loads(line)))
            if len(rows) == ROWS:
                write_group()

        yield write
        if rows:
            write_group()


def row_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item with the values that its columns have."""
    capture = item["capture"]
    if capture is not None:
        capture = {**capture, "date": datetime.fromisoformat(capture["date"])}
    return {**item, "sources": list(item["sources"].items()), "capture": capture}
