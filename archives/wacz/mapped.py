"""A WACZ as a folder that pywb reads: its WARC files stay in the ZIP, the index leads to their places in it."""

import contextlib
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archives.wacz.index import index_entries, read_index
from archives.wacz.lines import SortedLines
from archives.wacz.pack import index_line
from archives.wacz.reader import PAGES, Entry, Wacz
from archives.warc.groups import capture_of, groups
from archives.warc.reader import read_records

_PACKAGE = "package.wacz"


@contextlib.contextmanager
def mapped(path: Path) -> Iterator[Path]:
    """A folder with `archive/` and `indexes/`, as a collection has them, gone when the block ends.

    Nothing is unpacked but WARC files that were compressed a second time. MalformedPackage or MalformedIndex, if the
    file cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="newswarc-wacz-") as temporary, Wacz(path) as wacz:
        folder = Path(temporary, re.sub(r"[^A-Za-z0-9_.-]+", "_", path.stem) or "wacz")
        archive, indexes = folder / "archive", folder / "indexes"
        archive.mkdir(parents=True)
        indexes.mkdir()
        (archive / _PACKAGE).symlink_to(path.resolve())
        places = {entry.base: _place(wacz, entry, archive, number) for number, entry in enumerate(wacz.warcs)}
        with (indexes / "index.cdxj").open("wb") as out, SortedLines() as lines:
            _move(wacz, places, lines)
            out.writelines(lines)
        yield folder


def newest_page(path: Path) -> tuple[str, str] | None:
    """URL and time (RFC 3339) of the page that was captured last; None if no page is listed."""
    with Wacz(path) as wacz:
        entry = wacz.entries.get(PAGES)
        pages = (_page(line) for line in wacz.lines(entry)) if entry else ()
        return max((page for page in pages if page and page[0].isprintable()), key=lambda page: page[1], default=None)


def _page(line: bytes) -> tuple[str, str] | None:
    try:
        page = json.loads(line)
        return str(page["url"]), str(page["ts"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _place(wacz: Wacz, entry: Entry, archive: Path, number: int) -> tuple[str, int]:
    """The file that holds a WARC file, and where in it that begins."""
    if entry.stored:
        return _PACKAGE, entry.offset
    name = f"{number}.warc.gz" if entry.name.endswith(".gz") else f"{number}.warc"
    with (archive / name).open("wb") as out:
        out.writelines(wacz.pieces(entry))
    return name, 0


def _move(wacz: Wacz, places: dict[str, tuple[str, int]], lines: SortedLines) -> None:
    """Take the index, each line leading to where the record is now; made from the records where there is none."""
    for key, timestamp, fields in _indexed(wacz) if index_entries(wacz) else _found(wacz):
        if fields["filename"] in places:
            name, start = places[fields["filename"]]
            fields = fields | {"filename": name, "offset": str(start + int(fields["offset"]))}
            lines.add(f"{key} {timestamp} {json.dumps(fields)}\n".encode())


def _indexed(wacz: Wacz) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for entry in index_entries(wacz):
        for line in read_index(wacz, entry):
            fields = {name: value for name, value in line.fields.items() if name != "requestBody"}
            yield line.key, line.timestamp, fields | {"filename": line.warc, "length": str(line.length or "-")}


def _found(wacz: Wacz) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for entry in wacz.warcs:
        for group in groups(read_records(wacz.open(entry))):
            if (capture := capture_of(group, entry.base)) and capture.indexed:
                key, timestamp, text = index_line(capture, "").decode().split(" ", 2)
                yield key, timestamp, json.loads(text)
