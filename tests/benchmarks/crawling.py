"""How fast newswarc crawls, as ratios to bare Scrapy on the same newspaper; and whether its memory stays flat."""

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crawler.discovery import read_sitemap
from tests.support.commands import BIN

KINDS = ("scrapy", "capture", "whole")
WANTED = {"capture": 0.85, "whole": 0.3}
PAGES, MORE_PAGES, PAGE_BYTES, ROUNDS = 1_500, 6_000, 45_000, 5
FLAT_MB = 50


def run() -> bool:
    """Print the tables; False if a ratio that the project promises is missed."""
    with newsroom(PAGES) as base:
        rounds = [{kind: crawl(kind, base) for kind in KINDS} for _ in range(ROUNDS)]
    kept = show_speeds(rounds)
    with newsroom(MORE_PAGES) as base:
        more = crawl("whole", base)
    growth = more["peak_mb"] - statistics.median(one["whole"]["peak_mb"] for one in rounds)
    print(f"\nmemory: {more['items']:,} articles need {growth:+.0f} MB over {PAGES:,} (at most {FLAT_MB} wanted)")
    return kept and growth <= FLAT_MB


def show_speeds(rounds: list[dict[str, Any]]) -> bool:
    kept = True
    print(f"crawl of {PAGES:,} pages of {PAGE_BYTES:,} bytes, no delay; medians of {ROUNDS} interleaved rounds\n")
    print(f"{'':10}{'pages/s':>10}{'of Scrapy':>12}{'wanted':>9}{'CPU ms/page':>14}{'peak MB':>10}")
    for kind in KINDS:
        rates = [one[kind]["pages"] / one[kind]["seconds"] for one in rounds]
        ratio = statistics.median(
            rate / (one["scrapy"]["pages"] / one["scrapy"]["seconds"]) for rate, one in zip(rates, rounds, strict=True)
        )
        cpu = statistics.median(one[kind]["cpu"] / one[kind]["pages"] * 1000 for one in rounds)
        peak = statistics.median(one[kind]["peak_mb"] for one in rounds)
        wanted = WANTED.get(kind)
        kept = kept and (wanted is None or ratio >= wanted)
        rate = statistics.median(rates)
        print(f"{kind:10}{rate:>10.0f}{ratio:>12.2f}{wanted or '':>9}{cpu:>14.2f}{peak:>10.0f}")
    return kept


def crawl(kind: str, base: str) -> dict[str, Any]:
    """One crawl in a process of its own, into a collection that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        urls = Path(folder, "urls.txt")
        urls.write_text("\n".join(announced(base)))
        command = [sys.executable, "-m", "tests.benchmarks.crawl_once", kind, base, str(urls), f"{folder}/collection"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the {kind} crawl failed:\n{done.stderr[-3000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def announced(base: str) -> list[str]:
    """The addresses of all stories, from the newspaper's sitemap."""
    index = read_sitemap(fetched(f"{base}/sitemap/index.xml.gz"), base)
    pages = (page.url for child in index.children for page in read_sitemap(fetched(child.url), base).pages)
    return list(dict.fromkeys(pages))


def fetched(url: str) -> bytes:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=60) as response:
        return bytes(response.read())


@contextlib.contextmanager
def newsroom(articles: int) -> Iterator[str]:
    """The newspaper in a process of its own."""
    options = ["--port", "0", "--articles", str(articles), "--page-size", str(PAGE_BYTES), "--crawl-delay", "0"]
    with subprocess.Popen([BIN / "newswarc", "newsroom", *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()
