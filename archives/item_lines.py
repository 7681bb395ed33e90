"""The lines of `items/`: each capture that was found to show an article has one, in the file of its crawl.

A crawl begun by Scrapy itself writes its items elsewhere: only those that have a file here, or a log, are held to it.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import select

from archives.catalog import Catalog
from archives.crawl_log import NAME, read_log
from archives.layout import OPEN, Layout
from archives.record_ids import Mentions, key_of, unanswered
from archives.schema import captures_table, sightings_table

_RECORD_ID = re.compile(rb'"record_id": ?"([^"]+)"')


def record_id_in(line: bytes) -> str:
    """The capture that a line's item was made from; '' if it names none."""
    match = _RECORD_ID.search(line)
    return match[1].decode(errors="replace") if match else ""


def written_in(path: Path) -> Mentions:
    """The captures that have a line in a file, each with the line's number."""
    with path.open("rb") as lines:
        return Mentions((key_of(name), number) for number, line in enumerate(lines, 1) if (name := record_id_in(line)))


def unwritten(layout: Layout, catalog: Catalog, written: Sequence[Mentions]) -> Iterator[tuple[str, list[str]]]:
    """Each crawl that has come to its end with the captures of articles that have no line anywhere, if there are any.

    A crawl under way, or one that died, has yet to write; files that came from another folder have their lines there.
    """
    for folder in sorted(layout.reports.glob("*/")):
        if not _is_written(layout, folder.name):
            continue
        warcs = {fetch.warc for fetch in read_log(folder / NAME) if fetch.warc}
        shown = [name for warc in sorted(warcs) for name in _shown(catalog, warc)]
        wanted = Mentions((key_of(name), number) for number, name in enumerate(shown))
        if missing := sorted(number for _, number in unanswered([wanted], written)):
            yield folder.name, [shown[number] for number in missing]


def _is_written(layout: Layout, job: str) -> bool:
    begun = (layout.items / f"{job}.jsonl").exists() or (layout.logs / f"{job}.log").exists()
    return begun and not (layout.items / f"{job}{OPEN}").exists()


def _shown(catalog: Catalog, warc: str) -> list[str]:
    """The captures of a WARC file that showed an article, in its order."""
    captures = captures_table.c
    joined = select(captures.record_id).join_from(
        captures_table, sightings_table, sightings_table.c.record_id == captures.record_id
    )
    with catalog.reading() as connection:
        return list(connection.execute(joined.where(captures.warc == warc).order_by(captures.offset)).scalars())
