"""One article a line, UTF-8, keys in the item's order."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, TextIO


def to_line(item: Mapping[str, Any]) -> str:
    """The item as one line of JSON, with its newline."""
    return json.dumps(item, ensure_ascii=False) + "\n"


def write_json_lines(items: Iterable[Mapping[str, Any]], out: TextIO) -> int:
    """Write every item to `out` as it comes; returns how many."""
    count = 0
    for count, item in enumerate(items, 1):  # noqa: B007 — the last number is the count
        out.write(to_line(item))
    return count


def write_lines(lines: Iterable[bytes], out: BinaryIO) -> None:
    """Write items that are JSON already."""
    out.writelines(line + b"\n" for line in lines)
