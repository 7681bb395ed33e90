"""A crawl that is killed again and again loses nothing that it had, and has nothing twice."""

import json
import random
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.newsroom import Newsroom
from tests.crawler.capture.test_bytes import Kept, kept

KILLS = 30
SEED = 20_240_611
SOONEST, LATEST = 0.5, 2.5
"""Seconds after the start: before the first request, to near the end."""

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]


@pytest.fixture
def collection(start, run, newsroom, tmp_path) -> Path:
    """Crawled by a process that was killed 30 times and then left alone."""
    moments = random.Random(SEED)
    killed = 0
    for _ in range(KILLS):
        crawl = start("crawl", "paper")
        try:
            crawl.wait(timeout=moments.uniform(SOONEST, LATEST))
        except subprocess.TimeoutExpired:
            crawl.kill()
            crawl.wait()
            killed += 1
    assert killed > KILLS * 0.8, "the crawl is over before it can be killed; give the newsroom more articles"
    run("crawl", "paper")
    return tmp_path / "collections" / "paper"


def acknowledged(collection: Path) -> Counter[str]:
    """Address → how many answers the spiders were given, as the logs have it: written after the archive's write."""
    crawled = re.compile(r"DEBUG: Crawled \(\d+\) <GET (\S+)>")
    logs = (path.read_text(encoding="utf-8") for path in collection.glob("logs/*.log"))
    return Counter(url for log in logs for url in crawled.findall(log))


def served(newsroom: Newsroom) -> dict[str, list[tuple[bytes, bytes]]]:
    """Address → what the newspaper received and sent."""
    exchanges: dict[str, list[tuple[bytes, bytes]]] = {}
    for was in newsroom.exchanges:
        exchanges.setdefault(newsroom.url + was.target, []).append((was.received, was.sent))
    return exchanges


def is_record_of(record: Kept, was: tuple[bytes, bytes]) -> bool:
    """Whether a record holds an exchange byte for byte, or as far as it came where it says that it was cut."""
    received, sent = was
    if record.blocks.get("request", [b""])[0] != received:
        return False
    cut = record.headers["WARC-Type"] != "revisit" and record.headers["WARC-Truncated"]
    return sent.startswith(record.wire()) if cut else sent == record.wire()


def test_a_crawl_that_is_killed_again_and_again(collection, newsroom, run):
    archived, sent = kept(collection), served(newsroom)
    for url, records in archived.items():
        left = list(sent.get(url, []))
        for record in records:
            was = next((was for was in left if is_record_of(record, was)), None)
            assert was is not None, f"{url}: {record.headers['WARC-Record-ID']} was never sent, or is there twice"
            left.remove(was)
    told = acknowledged(collection)
    assert told
    assert {url: count for url, count in told.items() if len(archived.get(url, ())) < count} == {}

    items = [json.loads(line) for line in run("export", "paper").splitlines() if line.startswith("{")]
    addresses = Counter(item["canonical_url"] or item["url"] for item in items)
    assert {story.canonical_url: 1 for story in newsroom.stories}.items() <= dict(addresses).items()
    assert addresses.most_common(1)[0][1] == 1

    warcs = sorted((collection / "archive").iterdir())
    assert [path.name for path in warcs if path.suffix != ".gz"] == []
    for path in warcs:
        subprocess.run(["gzip", "-t", path], check=True)
    assert "all of it holds" in run("verify", "paper", "--deep")
    assert f" {records_that_warcio_reads(warcs):,} records" in run("verify", "paper")
    assert whole_lines(collection)


def records_that_warcio_reads(warcs: list[Path]) -> int:
    """How many there are; every block has the digest that its header states."""
    count = 0
    for path in warcs:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests=True):
                record.raw_stream.read()
                faults = [fault for fault in record.digest_checker.problems if "payload" not in fault]
                assert faults == [], f"{path}: {faults}"  # payloads of chunked responses warcio digests as framed
                count += 1
    return count


def whole_lines(collection: Path) -> bool:
    """Whether each line of items is one."""
    lines = [line for path in collection.glob("items/*.jsonl") for line in path.read_bytes().splitlines(keepends=True)]
    return all(line.endswith(b"}\n") and json.loads(line) for line in lines)
