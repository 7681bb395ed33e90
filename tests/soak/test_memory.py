"""Long work takes the memory of short work."""

import os
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archives.collection import Collection
from archives.writing import Writing
from tests.crashes.writer import exchange, item_of

RECORDS = 30_000
ROOM = 24 * 1024
"""Kilobytes by which ten times the work may take more."""

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]


@pytest.fixture
def warc(run, tmp_path) -> Path:
    """What a crawl of the newsroom archived."""
    run("crawl", "paper", "--max-pages", "30")
    (path,) = (tmp_path / "collections" / "paper" / "archive").glob("*.warc.gz")
    return path


def records_in(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in ArchiveIterator(file))


def repeated(warc: Path, times: int) -> Path:
    """The same exchanges over and over, as one file."""
    path = warc.with_name(f"{times}-times.warc.gz")
    content = warc.read_bytes()
    with path.open("wb") as out:
        for _ in range(times):
            out.write(content)
    return path


@pytest.mark.parametrize("options", [[], ["--jobs", "2"]], ids=["one process", "two workers"])
def test_extraction_of_tens_of_thousands_of_records_stays_flat(start, warc, tmp_path, options):
    times = -(-RECORDS // records_in(warc))

    def peak(times: int) -> int:
        """Kilobytes that the command took, for so many times the exchanges."""
        output = tmp_path / f"{times}.jsonl"
        process = start("extract", repeated(warc, times), "--quiet", "-o", output, *options)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        assert status == 0
        with output.open("rb") as lines:
            articles = sum(1 for _ in lines)
        assert articles >= 20, "those of the crawl, once: what is repeated has not changed"
        return usage.ru_maxrss

    assert peak(times) < peak(max(1, times // 10)) + ROOM


@pytest.mark.parametrize("options", [[], ["--jobs", "2"]], ids=["one process", "two workers"])
def test_verification_of_tens_of_thousands_of_records_stays_flat(start, tmp_path, options):
    """In a collection, whose index and items are held against the records."""

    def peak(exchanges: int) -> int:
        """Kilobytes that the command took for so many exchanges in files of a megabyte, each with an article."""
        root = tmp_path / "collections" / str(exchanges)
        with Collection.open(root, write=Writing(max_size=2**20)) as collection:
            for number in range(exchanges):
                capture = collection.archive(exchange(number))
                collection.catalog.put_article(item_of(capture))
        process = start("verify", str(root), *options)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, (tmp_path / "said").read_text()
        return usage.ru_maxrss

    assert peak(RECORDS // 2) < peak(RECORDS // 20) + ROOM


@pytest.mark.parametrize("form", ["jsonl", "csv", "jsonld", "parquet"])
def test_export_of_a_hundred_thousand_articles_stays_flat(start, tmp_path, form):
    exporting = pytest.importorskip("tests.benchmarks.exporting", reason="pyarrow is not installed")

    def peak(articles: int) -> int:
        """Kilobytes that the command took."""
        exporting.fill(tmp_path / "collections" / str(articles), articles)
        output = tmp_path / f"{articles}.out"
        process = start("export", str(articles), "--format", form, "-o", output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, (tmp_path / "said").read_text()
        assert output.exists()
        return usage.ru_maxrss

    lower = peak(30_000)
    assert peak(120_000) < lower + (exporting.ROOM * 1024 if form == "parquet" else ROOM), "Arrow keeps some for later"
