"""Articles as typed columns: the Arrow schema of an item, and lines of JSON read into it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from archives.errors import StorageFailed
from crawler.items import Article

if TYPE_CHECKING:
    import pyarrow as pa

_INSTANT = r"^[1-9]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?"


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


def table_of(lines: Sequence[bytes]) -> "pa.Table":
    """Items, each as JSON, as a table; Arrow reads them itself, many times faster than row by row."""
    import pyarrow as pa
    import pyarrow.json

    columns = schema()
    content = b"\n".join(lines)
    table = pyarrow.json.read_json(
        pa.BufferReader(content),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(content) + 1),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=_as_read(columns), unexpected_field_behavior="infer"),
    ).combine_chunks()
    return pa.table({name: _converted(name, table[name]) for name in columns.names}, schema=columns)


def _as_read(columns: "pa.Schema") -> "pa.Schema":
    """Types that JSON has: an object for the map, text for instants, whose precision is not always the same."""
    import pyarrow as pa

    sources = pa.struct(dict.fromkeys(Article.__slots__, pa.string()))
    capture = [
        field.with_type(pa.string()) if pa.types.is_timestamp(field.type) else field
        for field in columns.field("capture").type
    ]
    types = {"sources": sources, "capture": pa.struct(capture)}
    return pa.schema([field.with_type(types.get(field.name, field.type)) for field in columns])


def _converted(name: str, column: "pa.ChunkedArray") -> "pa.Array":
    values = column.combine_chunks()
    if name == "sources":
        return _as_map(values)
    if name == "capture":
        return _with_instants(values)
    return values


def _as_map(objects: "pa.StructArray") -> "pa.MapArray":
    """Objects as a map of the keys that each has."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = {field.name: column for field, column in zip(objects.type, objects.flatten(), strict=True)}
    there = {name: column for name, column in columns.items() if column.null_count < len(column)}
    if not there:
        return pa.array([[]] * len(objects), pa.map_(pa.string(), pa.string()))
    keys, by_row, ends = _layout(tuple(there), len(objects))
    values = pa.concat_arrays([column.cast(pa.string()) for column in there.values()]).take(by_row)
    known = values.is_valid()
    counts = pc.cumulative_sum(known.cast(pa.int32())).take(ends)
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), counts])
    return pa.MapArray.from_arrays(offsets, keys.filter(known), values.filter(known))


@lru_cache(maxsize=8)
def _layout(names: tuple[str, ...], rows: int) -> "tuple[pa.Array, pa.Array, pa.Array]":
    """Of columns that become the entries of rows: each entry's key, its place in the columns, and each row's last."""
    import pyarrow as pa

    width = len(names)
    keys = pa.array(names * rows, pa.string())
    by_row = pa.array([column * rows + row for row in range(rows) for column in range(width)], pa.int64())
    return keys, by_row, pa.array(range(width - 1, rows * width, width), pa.int64())


def _with_instants(captures: "pa.StructArray") -> "pa.StructArray":
    """The `date` of each as an instant, in microseconds; null where it is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fields = list(schema().field("capture").type)
    columns = captures.flatten()
    date = next(number for number, field in enumerate(fields) if field.name == "date")
    instant = pc.match_substring_regex(columns[date], _INSTANT)
    text = pc.replace_substring_regex(columns[date], r"(\.\d{6})\d+", r"\1")
    columns[date] = _instants(pc.if_else(instant, text, None), fields[date].type)
    return pa.StructArray.from_arrays(columns, fields=fields, mask=captures.is_null())


def _instants(texts: "pa.StringArray", kind: "pa.DataType") -> "pa.Array":
    """Texts as instants; one by one, if any has only the look of one."""
    import pyarrow as pa

    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:
        return pa.array([text and _instant(text) for text in texts.to_pylist()], kind)


def _instant(text: str) -> datetime | None:
    """Without an offset it is UTC, as WARC has it (ISO 28500, 5.4); None, if it is none, such as a leap second."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
