"""What a capture weighs in catalog and index, and what it costs to look one up: docs/scale.md reckons with it."""

import contextlib
import random
import tempfile
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backports import zstd

from archives.catalog import Catalog
from archives.cdxj import Capture, format_line
from archives.digests import sha1
from archives.surt import surt
from tests.support.postgres import PostgresMissing, running

CAPTURES, BATCH, LOOKS, BLOCK = 300_000, 1_000, 2_000, 3_000
"""Captures in the catalog, and in one commit; look-ups; lines in a block that is compressed by itself."""


def run() -> bool:
    """Print the tables; there is nothing that is promised."""
    print(f"{CAPTURES:,} captures, {BATCH:,} a commit:")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "catalog.sqlite")
        show_catalog("SQLite", Catalog.at(path, write=True), lambda: path.stat().st_size)
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(running()).database()
        except PostgresMissing as missing:
            print(f"  PostgreSQL: {missing}")
        else:
            catalog = Catalog.open(url, write=True)
            show_catalog("PostgreSQL", catalog, lambda: relation_size(catalog))
    show_index()
    return True


def show_catalog(name: str, catalog: Catalog, size: Callable[[], int]) -> None:
    """Fill a catalog, and look captures up in it."""
    before, took = size(), 0.0
    for number, capture in enumerate(captures(), 1):
        catalog.add(capture)
        if number % BATCH == 0:
            began = time.perf_counter()
            catalog.flush()
            took += time.perf_counter() - began
    catalog.persist()
    weight = (size() - before) / CAPTURES
    chance = random.Random(2)
    wanted = [address(chance.randrange(CAPTURES)) for _ in range(LOOKS)]
    began = time.perf_counter()
    assert all(map(catalog.latest, wanted))
    looked = (time.perf_counter() - began) / LOOKS
    catalog.close()
    rate = CAPTURES / took
    print(
        f"  {name}: {weight:,.0f} bytes each with indexes, {rate:,.0f} written a second, {looked * 1e3:.2f} ms a look"
    )


def relation_size(catalog: Catalog) -> int:
    """Bytes of a table with its indexes (https://www.postgresql.org/docs/current/functions-admin.html)."""
    with catalog.reading() as connection:
        return int(connection.exec_driver_sql("SELECT pg_total_relation_size('captures')").scalar_one())


def show_index() -> None:
    """The same captures as lines of CDXJ, as they are and in compressed blocks."""
    lines = sorted(f"{format_line(capture)}\n".encode() for capture in captures())
    blocks = [b"".join(lines[start : start + BLOCK]) for start in range(0, len(lines), BLOCK)]
    plain = sum(map(len, blocks)) / CAPTURES
    gzipped = sum(len(zlib.compress(block, 6)) for block in blocks) / CAPTURES
    packed = sum(len(zstd.compress(block, 9)) for block in blocks) / CAPTURES
    print(
        f"  CDXJ: {plain:.0f} bytes a line, in blocks of {BLOCK:,} lines {gzipped:.0f} by gzip and {packed:.0f} by zstd"
    )


def address(number: int) -> str:
    """Of one of as many pages and what belongs to them."""
    return f"https://paper-{number % 50}.example/2031/{number % 12 + 1:02d}/a-story-of-the-harbour-that-is-{number}"


def captures() -> Iterator[Capture]:
    """Of pages as a crawl meets them: addresses of 70 characters, digests and ids that nothing makes smaller."""
    chance, began = random.Random(1), datetime(2031, 3, 2, tzinfo=UTC)
    for number in range(CAPTURES):
        moment, length = began + timedelta(seconds=number / 10), chance.randint(5_000, 90_000)
        url = address(number)
        yield Capture(
            url=url, surt=surt(url), timestamp=f"{moment:%Y%m%d%H%M%S}", date=f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}",
            warc=f"news-{moment:%Y%m%d%H}0000-00001-crawler.warc.gz", offset=number % 20_000 * 48_000, length=length,
            record_id=f"<urn:uuid:{uuid.UUID(int=chance.getrandbits(128), version=4)}>",
            payload_digest=sha1(chance.randbytes(20)), status=200, mime="text/html", kind="response",
            etag=f'"{chance.getrandbits(64):x}"',
        )  # fmt: skip
