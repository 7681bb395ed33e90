"""How fast newswarc extracts and how well, beside others on the same pages; and whether any page is a trap for it."""

import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.extract_once import WARM_UP
from tests.benchmarks.traps import ordinary, traps
from tests.scoring import measures
from tests.scoring.corpus import KnownPage, known_pages, newsroom_pages

PROGRAMS = ("newswarc", "lxml", "trafilatura", "newspaper4k", "goose3")
OWN = ("newswarc", "lxml")
"""What runs in this environment; the others have one of their own."""
PEERS = Path(os.environ.get("NEWSWARC_PEERS", ".venv-peers")) / "bin" / "python"
PLOT = Path("build/benchmarks/extraction.png")
PAGES, PAGE_BYTES, ROUNDS = 200, 45_000, 5
WANTED = {"trafilatura": 4.0, "lxml": 0.25}
"""How many times as fast as these newswarc is to be."""
SLOWEST = 50
"""How many times the median page any page may cost."""
STEEPEST = {"10 MB of ordinary markup": 12, "": 20}
"""How many times as much a page of ten times the size may cost; of odd ones up to twice as much is memory's share."""
TRAP_ROUNDS = 3
LEAST = 0.005
"""Seconds: what is faster is not measured well enough to be compared."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one program needs for the pages, and what it finds."""

    version: str
    seconds: list[float]
    """CPU seconds of each page, the median of the rounds."""
    found: list[dict[str, str | None]]

    @property
    def rate(self) -> float:
        """Pages a second."""
        return len(self.seconds) / sum(self.seconds)


def run(corpora: Sequence[Path] = (), rounds: int = ROUNDS) -> bool:
    """Print the tables and draw the plot; False if something that the project promises is missed."""
    pages = chosen(
        [page for folder in corpora for page in known_pages(folder)] or newsroom_pages(PAGES, page_size=PAGE_BYTES)
    )
    where = ", ".join(map(str, corpora)) if corpora else "the newsroom, over all families of its templates"
    size = statistics.fmean(len(page.content) for page in pages)
    print(f"{len(pages)} pages of {size:,.0f} bytes on average, from {where}; bytes in, article out")
    print(f"CPU time on one core, medians of {rounds} interleaved rounds, each in a process of its own\n")
    found = measure(pages, rounds)
    kept = show(found, pages)
    draw(found, pages)
    return show_traps() and kept


def chosen(pages: list[KnownPage]) -> list[KnownPage]:
    """So many of the pages, spread evenly over them."""
    step = max(1.0, len(pages) / PAGES)
    return [pages[int(place * step)] for place in range(min(PAGES, len(pages)))]


def measure(pages: Sequence[KnownPage], times: int) -> dict[str, Measured]:
    """Each program that can be had, measured in turn with the others; one that cannot be had is skipped aloud."""
    rounds: dict[str, list[Measured]] = {name: [] for name in PROGRAMS}
    with tempfile.TemporaryDirectory() as folder:
        written = write_pages([(page.url, page.content, page.content_type) for page in pages], Path(folder))
        for _ in range(times):
            for name in list(rounds):
                once = extract_once(name, written)
                if isinstance(once, str):
                    print(f"skipped: {name}: {once}")
                    del rounds[name]
                else:
                    rounds[name].append(once)
    return {name: together(found) for name, found in rounds.items()}


def together(rounds: Sequence[Measured]) -> Measured:
    """The medians of the rounds, page by page."""
    times = zip(*(one.seconds for one in rounds), strict=True)
    return Measured(rounds[0].version, [statistics.median(each) for each in times], rounds[0].found)


def write_pages(pages: Sequence[tuple[str, bytes, str | None]], folder: Path) -> Path:
    """The pages as a file for `extract_once`."""
    path = folder / "pages.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for url, content, content_type in pages:
            row = {"url": url, "content": base64.b64encode(content).decode(), "content_type": content_type}
            out.write(f"{json.dumps(row)}\n")
    return path


def extract_once(name: str, pages: Path) -> Measured | str:
    """One round of one program, or why it cannot be had."""
    python = sys.executable if name in OWN else str(PEERS)
    if not Path(python).exists():
        return f"no {python}; 'make bench' makes it"
    output = pages.with_name(f"{name}.json")
    script = Path(__file__).with_name("extract_once.py")
    done = subprocess.run(
        [python, script, name, pages, output],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"])[-1]
    result = json.loads(output.read_text(encoding="utf-8"))
    return Measured(result["version"], result["seconds"], result["found"])


def show(found: dict[str, Measured], pages: Sequence[KnownPage]) -> bool:
    """The table of speeds and qualities; False if newswarc is slower than promised, or some page is far slower."""
    kept = True
    newswarc = found["newswarc"]
    print(
        f"{'':22}{'ms/page':>9}{'pages/s':>9}{'newswarc is':>13}{'wanted':>8}{'slowest':>9}{'body F1':>9}{'title':>8}"
    )
    for name, one in found.items():
        ratio, wanted = newswarc.rate / one.rate, WANTED.get(name)
        kept = kept and (wanted is None or ratio >= wanted)
        slowest = max(one.seconds) / statistics.median(one.seconds)
        body, title = quality(one, pages)
        cells = f"{1000 / one.rate:>9.2f}{one.rate:>9.0f}{ratio:>12.2f}x{wanted or '':>8}{slowest:>8.1f}x"
        print(f"{name + ' ' + one.version:22}{cells}{shown(body):>9}{shown(title):>8}")
    slowest = max(newswarc.seconds) / statistics.median(newswarc.seconds)
    print(f"\nslowest page of newswarc: {slowest:.1f} times the median (at most {SLOWEST} wanted)")
    return kept and slowest <= SLOWEST


def quality(one: Measured, pages: Sequence[KnownPage]) -> tuple[float | None, float | None]:
    """Mean F1 of the bodies and share of exact titles, over the pages whose body or title is known."""
    if not any("body" in item for item in one.found):
        return None, None
    pairs = [(page.gold, item) for page, item in zip(pages, one.found, strict=True)]
    bodies = [
        measures.body(filter(None, (gold["body"], gold.get("body_without_summary"))), item.get("body"))[0].f1
        for gold, item in pairs
        if gold.get("body")
    ]
    titles = [measures.title_exact(gold["title"], item.get("title")) for gold, item in pairs if gold.get("title")]
    return statistics.fmean(bodies) if bodies else None, statistics.fmean(titles) if titles else None


def shown(value: float | None) -> str:
    """Three digits, or nothing."""
    return "" if value is None else f"{value:.3f}"


def draw(found: dict[str, Measured], pages: Sequence[KnownPage]) -> None:
    """Quality against speed, drawn by the peers' environment."""
    rows = []
    for name, one in found.items():
        body, title = quality(one, pages)
        rows.append({"name": name, "pages_per_second": one.rate, "body": body, "title": title})
    if not PEERS.exists():
        print(f"no plot: there is no {PEERS}; 'make bench' makes it")
        return
    PLOT.parent.mkdir(parents=True, exist_ok=True)
    script = Path(__file__).with_name("plot.py")
    done = subprocess.run([PEERS, script, PLOT], input=json.dumps(rows), capture_output=True, text=True, check=False)
    print(f"no plot: {done.stderr.strip().splitlines()[-1]}" if done.returncode else f"drawn in {PLOT}")


def show_traps() -> bool:
    """The table of odd pages; False if one costs much more than ten times as much as one of a tenth of its size."""
    small, large = traps(0.1), traps()
    first = [ordinary(PAGE_BYTES)] * WARM_UP  # no page of the table is read twice: what is remembered of it would help
    with tempfile.TemporaryDirectory() as folder:
        all_pages = [*first, *small.values(), *large.values()]
        pages = [(f"https://news.example/2031/03/02/{number}", page, None) for number, page in enumerate(all_pages)]
        written = write_pages(pages, Path(folder))
        rounds = [extract_once("newswarc", written) for _ in range(TRAP_ROUNDS)]
    seconds = together([one for one in rounds if isinstance(one, Measured)]).seconds[WARM_UP:]
    print(f"\n{'':40}{'CPU s':>8}{'a tenth of it':>16}{'growth':>9}{'at most':>10}")
    kept = True
    for name, little, much in zip(large, seconds[: len(small)], seconds[len(small) :], strict=True):
        growth = much / max(little, LEAST)
        most = STEEPEST.get(name, STEEPEST[""])
        kept = kept and growth <= most
        print(f"{name:40}{much:>8.3f}{little:>16.3f}{growth:>8.1f}x{most:>9}x")
    return kept
