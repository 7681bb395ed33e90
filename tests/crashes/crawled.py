"""What a crawl that died, and the ones after it, must have left of what a newspaper sent."""

import json
import os
import re
from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from archives.collection import Collection
from archives.crawl_log import NAME, read_log
from archives.layout import Layout
from archives.runs import runs
from archives.schema import sightings_table
from archives.verify import verify
from crawler.jobs.re_extractor import re_extractor
from crawler.newsroom import Newsroom
from crawler.sites import load_sites
from tests.crawler.capture.test_bytes import Kept, holds, kept


def addresses_of(collection: Path) -> Counter[str]:
    """The stories that a collection has articles of, and how many of each."""
    with Collection.open(collection) as opened:
        return Counter(item["canonical_url"] or item["url"] for item in opened.catalog.articles())


def assert_nothing_lost(collection: Path, newsroom: Newsroom, stories: Counter[str], *, synced: bool = False) -> None:
    """Each exchange that a spider was given is there byte for byte, once; each article has its item and line, once.

    `stories` are those of an undisturbed crawl. After a power cut (`synced`), the last second of what a spider was
    given may be lost.
    """
    archived = kept(collection)
    assert_sent_once(archived, newsroom)
    told = acknowledged(collection)
    assert told
    missing = {url: count for url, count in told.items() if len(archived.get(url, ())) < count}
    assert missing == {} or synced
    assert addresses_of(collection) == stories
    assert_logged_once(collection, archived)
    with Collection.open(collection) as opened, opened.catalog.engine.connect() as connection:
        shown = set(connection.execute(sa.select(sightings_table.c.record_id)).scalars())
    lines = Counter(json.loads(line)["capture"]["record_id"] for line in whole_lines(collection))
    assert lines == dict.fromkeys(shown, 1)
    assert [
        str(one)
        for one in verify(collection, extract=re_extractor(list(load_sites(os.environ["NEWSWARC_SITES"]).values())))
    ] == []


def assert_logged_once(collection: Path, archived: dict[str, list[Kept]]) -> None:
    """Each archived exchange has its line in one crawl log, no line is of anything else, and no run is unfinished."""
    layout = Layout(collection)
    logs = {run.job: list(read_log(folder / NAME)) for folder, run, _ in runs(layout) if run.finished}
    assert len(logs) == len(list(runs(layout))) > 0
    logged = Counter(fetch.record_id for log in logs.values() for fetch in log if fetch.warc)
    assert logged == Counter(record.headers["WARC-Record-ID"] for records in archived.values() for record in records)


def assert_sent_once(archived: dict[str, list[Kept]], newsroom: Newsroom) -> None:
    """Every record is of an exchange of its own."""
    sent: dict[str, list[tuple[bytes, bytes]]] = {}
    for was in newsroom.exchanges:
        sent.setdefault(newsroom.url + was.target, []).append((was.received, was.sent))
    for url, records in archived.items():
        left = list(sent.get(url, []))
        for record in records:
            was = next((was for was in left if is_record_of(record, was)), None)
            assert was is not None, f"{url}: {record.headers['WARC-Record-ID']} was never sent, or is there twice"
            left.remove(was)


def is_record_of(record: Kept, was: tuple[bytes, bytes]) -> bool:
    """Whether a record holds an exchange byte for byte, or as far as it came where it says that it was cut."""
    received, sent = was
    return record.blocks.get("request", [b""])[0] == received and holds(record, sent)


def acknowledged(collection: Path) -> Counter[str]:
    """Address → how many answers the spiders were given, as the logs have it: written after the archive's write."""
    crawled = re.compile(r"DEBUG: Crawled \(\d+\) <GET (\S+)>")
    logs = (path.read_text(encoding="utf-8") for path in collection.glob("logs/*.log"))
    return Counter(url for log in logs for url in crawled.findall(log))


def whole_lines(collection: Path) -> list[bytes]:
    """The lines of all items' files, each of which is one."""
    lines = [line for path in collection.glob("items/*.jsonl") for line in path.read_bytes().splitlines(keepends=True)]
    assert [line[-40:] for line in lines if not line.endswith(b"}\n")] == []
    return lines
