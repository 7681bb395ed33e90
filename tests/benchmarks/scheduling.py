"""What years of crawls cost: a ledger of a million URLs, runs with nothing to do, and a scheduler of idle sites."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archives.catalog import Catalog
from archives.collection import Collection
from crawler.frontier import Frontier
from crawler.frontier.entry import stamp
from crawler.frontier.sources import Poll
from crawler.frontier.tables import LEDGER
from crawler.sites import load_sites
from tests.support.commands import BIN, environment_in

URLS, CHANGED, WANTED_RATE = 1_000_000, 50_000, 5_000
ROUNDS, WANTED_START = 7, 2.0
SITES, SETTLE_SECONDS, IDLE_SECONDS, WANTED_IDLE = 100, 15, 120, 0.01


def run() -> bool:
    """Print the tables; False if something that the project promises is missed."""
    with tempfile.TemporaryDirectory() as folder:
        kept = show_ledger(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        kept = show_start(Path(folder)) and kept
    with tempfile.TemporaryDirectory() as folder:
        return show_idle(Path(folder)) and kept


def show_ledger(folder: Path) -> bool:
    """URLs of a ledger of a million that are found due, asked for and settled in a second."""
    catalog = Catalog.at(folder / "catalog.sqlite", write=True)
    frontier = Frontier(catalog.engine, site="paper")
    fill(catalog)
    began, worked = time.perf_counter(), time.process_time()
    looked_up = changed = 0
    while changed < CHANGED:
        due = frontier.due()
        looked_up += 1
        for url in due:
            frontier.ask(url)
            frontier.settle(url, "unchanged", seen=True)
            changed += 1
    frontier.flush()
    rate, of_cpu = changed / (time.perf_counter() - began), (time.process_time() - worked) / changed
    catalog.close()
    print(f"ledger of {URLS:,} URLs on SQLite: {rate:,.0f} found due and settled a second, in {looked_up} look-ups")
    print(
        f"  {WANTED_RATE:,} wanted; {of_cpu * 1e6:.0f} µs of CPU time each, the rest waits for the disk and its turn\n"
    )
    return rate >= WANTED_RATE


def fill(catalog: Catalog) -> None:
    """A million URLs, of which every tenth is due."""
    now = datetime.now(UTC)
    past, soon = stamp(now - timedelta(days=2)), stamp(now + timedelta(days=1))
    for start in range(0, URLS, 20_000):
        rows = [
            {
                "url": f"https://news.example/2024/06/{number % 28 + 1:02d}/a-story-of-the-day-{number}",
                "site": "paper",
                "story": f"news.example/a-story-of-the-day-{number}",
                "state": "captured",
                "first_announced": past,
                "last_announced": past,
                "last_seen": past,
                "next_look": stamp(now - timedelta(seconds=number % 3_600)) if number % 10 == 0 else soon,
                "looks": 0,
                "since": past,
                "failures": 0,
            }
            for number in range(start, min(start + 20_000, URLS))
        ]
        with catalog.engine.begin() as connection:
            connection.execute(LEDGER.insert(), rows)


def show_start(folder: Path) -> bool:
    """A run with nothing due beside `scrapy version`."""
    idle_site(folder, "paper")
    commands = {
        "scrapy": [BIN / "scrapy", "version"],
        "newswarc": [BIN / "newswarc", "crawl", "paper", "--due", "--json"],
    }
    rounds = [{name: seconds(command, folder) for name, command in commands.items()} for _ in range(ROUNDS)]
    ratio = statistics.median(one["newswarc"] / one["scrapy"] for one in rounds)
    times = {name: statistics.median(one[name] for one in rounds) for name in commands}
    print(f"a run with nothing due: {times['newswarc']:.2f} s, `scrapy version`: {times['scrapy']:.2f} s")
    print(f"  {ratio:.2f} of it, under {WANTED_START:g} wanted; medians of {ROUNDS} interleaved rounds\n")
    return ratio < WANTED_START


def seconds(command: list[Path | str], folder: Path) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment_in(folder), capture_output=True, text=True, check=False)
    passed = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stderr[-3000:]}")
    return passed


def idle_site(folder: Path, name: str) -> None:
    """A site whose only feed was polled just now, and whose articles need no look yet."""
    (folder / "sites").mkdir(exist_ok=True)
    (folder / "sites" / f"{name}.toml").write_text(
        f'domains = ["{name}.example"]\nfeeds = ["https://{name}.example/rss"]\n[schedule]\nevery = "15 min"\n'
    )
    with Collection.open(folder / "collections" / name, write=True) as collection:
        sources, feed = Frontier(collection.catalog.engine, site=name).sources, f"https://{name}.example/rss"
        sources.polled(feed, Poll(kind="feed", announced=20, known=0, digest="a", validator=None))
        sources.failed(feed, "status 503", rest=24 * 3600)


def show_idle(folder: Path) -> bool:
    """The share of a core that a scheduler takes while nothing of its sites is due."""
    for number in range(SITES):
        idle_site(folder, f"paper-{number}")
    with scheduler(folder) as process:
        time.sleep(SETTLE_SECONDS)
        before, began = cpu_seconds(process.pid), time.perf_counter()
        time.sleep(IDLE_SECONDS)
        share = (cpu_seconds(process.pid) - before) / (time.perf_counter() - began)
    started = list((folder / "collections" / ".jobs").glob("*.err"))
    scheduled = len(load_sites(folder / "sites"))
    print(f"{scheduled} idle sites: {share:.2%} of a core over {IDLE_SECONDS} s, {len(started)} crawls begun")
    print(f"  under {WANTED_IDLE:.0%} wanted")
    return share < WANTED_IDLE and not started


@contextmanager
def scheduler(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [BIN / "newswarc", "schedule", "run"], cwd=folder, env=environment_in(folder), stdout=said, stderr=said
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def cpu_seconds(process: int) -> float:
    """User and system time so far (proc(5))."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
