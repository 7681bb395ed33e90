"""How fast a million articles leave the catalog as Parquet, beside pyarrow writing the same rows from memory."""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from archives.catalog import Catalog
from archives.collection import Collection
from archives.handover import handed_over, newest
from archives.schema import articles_table, revisions_table
from crawler.export.columns import schema, table_of
from crawler.items import Article, Author, CaptureRef, Image, Link, as_item
from tests.support.commands import BIN, environment_in

ROWS, SITES, MONTHS, WANTED = 1_000_000, 4, 3, 0.5
GROUP = 10
"""Pages of the catalog in a group of rows."""
ROOM = 64
"""Megabytes that ten times the rows may take more."""
MEASURE = """
import resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], check=True)
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""In a small process: what a large one starts counts its starter's memory as its own (getrusage(2))."""


def run() -> bool:
    """Print the table; False if a ratio that the project promises is missed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = fill(folder / "collections" / "paper", ROWS)
        wrote = seconds_of_pyarrow(folder)
        took, peak = exported(folder, "rows")
        _, lower = exported(folder, "tenth", "--since", str(ROWS - ROWS // 10))
        found = ds.dataset(folder / "rows", partitioning="hive").count_rows()
    ratio = wrote / took
    print(
        f"{ROWS:,} articles of {size / ROWS:,.0f} bytes as JSON, {SITES} sites, {MONTHS} months, as Parquet with zstd:"
    )
    print(
        f"  newswarc export {took:.1f} s, pyarrow from memory {wrote:.1f} s: {ratio:.2f} of its rate, {WANTED} wanted"
    )
    print(f"  {peak:.0f} MB of memory at most, {lower:.0f} for a tenth of the articles, {ROOM} more allowed")
    return found == ROWS and ratio >= WANTED and peak < lower + ROOM


def fill(path: Path, rows: int) -> int:
    """Make a collection of so many articles; returns how many characters their items have."""
    Collection.open(path, write=True).close()
    catalog, size = Catalog.at(path / "catalog.sqlite", write=True), 0
    for start, items in batches(rows):
        texts = [json.dumps(item, ensure_ascii=False) for item in items]
        size += sum(map(len, texts))
        articles = [
            {"id": number, "url": item["url"], "site": item["site"], "revision": 1, "digest": ""}
            for number, item in enumerate(items, start)
        ]
        revisions = [
            {"article_id": number, "revision": 1, "date": item["capture"]["date"], "item": text}
            for number, (item, text) in enumerate(zip(items, texts, strict=True), start)
        ]
        with catalog.writing() as connection:
            connection.execute(articles_table.insert(), articles)
            connection.execute(revisions_table.insert(), revisions)
    catalog.close()
    return size


def batches(rows: int, size: int = 10_000) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Articles of some 200 words, no two the same, with the number of the first of each batch."""
    chance = random.Random(1)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 10))) for _ in range(4_000)]
    paragraphs = [" ".join(chance.choices(words, k=50)) for _ in range(5_000)]
    for start in range(1, rows + 1, size):
        numbers = range(start, min(start + size, rows + 1))
        yield start, [as_item(story(number, chance, paragraphs)) for number in numbers]


def story(number: int, chance: random.Random, paragraphs: list[str]) -> Article:
    """One of them."""
    body, site = chance.choices(paragraphs, k=4), f"paper-{number % SITES}"
    month = 1 + MONTHS * (number - 1) // ROWS % 12
    day = f"2031-{month:02d}-{number % 28 + 1:02d}"
    url = f"https://{site}.example/{day.replace('-', '/')}/story-{number}"
    capture = CaptureRef(
        warc=f"{site}-{day}.warc.gz", offset=number, length=9_000, record_id=f"<urn:uuid:{number:032x}>",
        date=f"{day}T10:00:00.{number % 1_000_000:06d}Z", payload_digest=f"sha1:{number:032X}", status=200,
    )  # fmt: skip
    return Article(
        url=url, canonical_url=url, slug=f"story-{number}", site=site, title=body[0][:60], byline="By Ada Lovelace",
        authors=(Author(name="Ada Lovelace", url=f"https://{site}.example/ada"),),
        date_published=f"{day}T09:00:00+01:00", body="\n\n".join(body),
        body_markdown="\n\n".join([f"**{body[0]}**", *body[1:]]), description=body[1][:150],
        images=(Image(url=f"{url}.jpg", caption=body[2][:80], credit="A. Lovelace", lead=True),),
        related_links=(Link(title=body[3][:60], url=f"{url}/related", kind="end_of_article"),),
        section="World", tags=(body[0][:8].strip(), body[1][:8].strip()), language="en",
        sources={"title": "json-ld", "body": "trees", "authors": "json-ld", "date_published": "json-ld"},
        capture=capture, extractor="newswarc/0.1.0+1f3a9c02",
    )  # fmt: skip


def seconds_of_pyarrow(folder: Path) -> float:
    """What writing alone takes, of tables that are in memory before the clock starts, into one file."""
    catalog = Catalog.at(folder / "collections" / "paper" / "catalog.sqlite", write=False)
    took, pages = 0.0, handed_over(catalog, 0, newest(catalog))
    with pq.ParquetWriter(folder / "memory.parquet", schema(), compression="zstd") as writer:
        while tables := [table_of(page) for _, page in zip(range(GROUP), pages, strict=False)]:
            table = pa.concat_tables(tables).combine_chunks()
            began = time.perf_counter()
            writer.write_table(table, row_group_size=len(table))
            took += time.perf_counter() - began
        began = time.perf_counter()
    catalog.close()
    return took + time.perf_counter() - began


def exported(folder: Path, name: str, *options: str) -> tuple[float, float]:
    """Seconds that the command took, and megabytes."""
    command = [BIN / "newswarc", "export", "paper", "--format", "parquet", "-o", name, *options]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command],
        cwd=folder,
        env=environment_in(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"newswarc export failed: {done.stderr}")
    took, peak = map(float, done.stdout.split())
    return took, peak / 1024
