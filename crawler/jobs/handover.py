"""Articles of a collection as files for others: all of them, or what came since somebody fetched them last."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO, Literal

from archives.collection import Collection
from archives.handover import check_cursor, handed_over, newest
from crawler.export.columns import require_pyarrow
from crawler.export.compression import Compression, compressed
from crawler.export.flat import write_csv
from crawler.export.jsonl import write_lines
from crawler.export.linked_data import write_json_ld
from crawler.export.markdown import write_markdown_files
from crawler.export.partitions import write_partitions
from crawler.export.places import folder, written

Form = Literal["jsonl", "csv", "jsonld", "parquet", "markdown"]
FOLDERS: tuple[Form, ...] = ("parquet", "markdown")
"""Forms that are many files."""
WRITERS: dict[str, Callable[[Iterable[bytes], BinaryIO], None]] = {
    "jsonl": write_lines,
    "csv": write_csv,
    "jsonld": write_json_ld,
}
"""Form → what writes items, each as JSON, into one file."""

OnProgress = Callable[[int], None]
"""Takes how many articles came since it was last called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles."""

    since: int = 0
    """The cursor behind which they were committed; 0 for all."""
    site: str | None = None
    revisions: bool = False
    """All revisions of each, not only the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What was written."""

    articles: int
    cursor: int
    """What is committed from now on comes behind it."""


def hand_over(
    collection: Collection,
    to: str | BinaryIO,
    form: Form,
    wanted: Wanted = Wanted(),
    *,
    compression: Compression | None = None,
    progress: OnProgress = lambda count: None,  # noqa: ARG005 - names what others take
) -> HandedOver:
    """Write articles to a file or folder, which a path or address names, or into an open file; in flat memory.

    The file or folder is there whole, or nothing changes. StorageFailed, if it cannot be written, or the cursor is not
    of this collection.
    """
    until = newest(collection.catalog)
    check_cursor(wanted.since, until)
    count = 0

    def pages() -> Iterator[list[bytes]]:
        nonlocal count
        catalog, latest = collection.catalog, not wanted.revisions
        for page in handed_over(catalog, wanted.since, until, site=wanted.site, latest=latest):
            yield page
            count += len(page)
            progress(len(page))

    if form == "parquet":
        require_pyarrow()
        with folder(_named(to)) as out:
            write_partitions(pages(), out, since=wanted.since, until=until)
    elif form == "markdown":
        with folder(_named(to), durable=False) as out:
            write_markdown_files(map(json.loads, chain.from_iterable(pages())), out, revisions=wanted.revisions)
    else:
        with _opened(to) as file, compressed(file, compression) as packed:
            WRITERS[form](chain.from_iterable(pages()), packed)
    return HandedOver(articles=count, cursor=until)


def _named(to: str | BinaryIO) -> str:
    if not isinstance(to, str):
        raise TypeError("many files need a folder")
    return to


def _opened(to: str | BinaryIO) -> AbstractContextManager[BinaryIO]:
    return written(to) if isinstance(to, str) else nullcontext(to)
