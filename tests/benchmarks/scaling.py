"""What two cores make of a list of WARC files, what a file costs, and the memory for a gigabyte.

The list takes one core about half a minute. That is little beside an archive's: a file of Common Crawl's CC-NEWS alone
has 1 GB, and takes minutes. A list that takes ten seconds would tell of the start, which no two cores share.
"""

import contextlib
import gzip
import itertools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.archiving import GIGABYTE
from tests.benchmarks.extracting import PAGE_BYTES, PAGES
from tests.scoring.corpus import newsroom_pages
from tests.support.commands import BIN, environment_in
from tests.support.warcs import response

FILES, PAGES_EACH, ROUNDS = 8, 1000, 3
SMALL, LONG_FILE = 60, 10.0
"""Files of one page, whose costs are held against those of a file that takes so many seconds."""
PICTURE = 150_000
"""Bytes of pictures that come with a page of the large file, as in a crawl's own."""
WANTED, MOST_OVERHEAD, MOST_MEMORY = 1.8, 0.02, 400
"""How many times as fast two processes are to be; a file's costs as a share of its time; megabytes of a process."""
LOOK_EVERY = 0.2

Page = tuple[str, bytes]


def run() -> bool:
    """Print the table; False if something that the project promises is missed."""
    pages = [(one.url, one.content) for one in newsroom_pages(PAGES, page_size=PAGE_BYTES) if is_utf8(one.content)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept = show_cores(folder, pages)
        kept = show_overhead(folder, pages) and kept
        return show_memory(folder, pages) and kept


def is_utf8(content: bytes) -> bool:
    """Whether a page is what `response` says of it."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def show_cores(folder: Path, pages: list[Page]) -> bool:
    """A list of files, and all their pages in one file, each by one process and by two, in turn."""
    warcs = [write_warc(folder / f"{number}.warc.gz", pages, PAGES_EACH) for number in range(FILES)]
    (whole := folder / "whole.warc.gz").write_bytes(b"".join(path.read_bytes() for path in warcs))
    ways = {f"a list of {FILES} files": lambda jobs: extracted(folder, warcs, jobs=jobs), "one file": one_file(whole)}
    print(f"extract --jobs 1 and --jobs 2, {FILES * PAGES_EACH:,} pages, medians of {ROUNDS} interleaved rounds:")
    ratios = []
    for name, way in ways.items():
        rounds = [(way(1), way(2)) for _ in range(ROUNDS)]
        one, two = (statistics.median(times) for times in zip(*rounds, strict=True))
        ratios.append(statistics.median(one / two for one, two in rounds))
        print(f"  {name}: {one:.1f} s and {two:.1f} s, {ratios[-1]:.2f} times as fast, {WANTED} wanted")
    return min(ratios) >= WANTED


def show_overhead(folder: Path, pages: list[Page]) -> bool:
    """What one file more costs that has next to nothing in it: process, manifest, result, and its one page."""
    warcs = [write_warc(folder / f"small-{number}.warc.gz", pages, 1) for number in range(SMALL + 1)]
    rounds = [extracted(folder, warcs, jobs=1) - extracted(folder, warcs[:1], jobs=1) for _ in range(ROUNDS)]
    each = statistics.median(rounds) / SMALL
    share = each / LONG_FILE
    print(f"a file of the list costs {each * 1000:.0f} ms beside its pages: {share:.2%} of one that takes ", end="")
    print(f"{LONG_FILE:.0f} s, {MOST_OVERHEAD:.0%} allowed")
    return share <= MOST_OVERHEAD


def show_memory(folder: Path, pages: list[Page]) -> bool:
    """A file of a gigabyte, and one of a tenth."""
    peaks = []
    for size in (GIGABYTE // 10, GIGABYTE):
        warc = write_warc(folder / "large.warc.gz", pages, size=size)
        began = time.perf_counter()
        peaks.append(peak_of(folder, [warc]))
        took = time.perf_counter() - began
        warc.unlink()
    tenth, whole = peaks
    print(f"a WARC file of 1 GB, in {took:.0f} s: {whole:.0f} MB of memory at most, {MOST_MEMORY} allowed; ", end="")
    print(f"{tenth:.0f} MB for a tenth of it")
    return whole <= MOST_MEMORY


def write_warc(path: Path, pages: list[Page], count: int | None = None, *, size: int = sys.maxsize) -> Path:
    """So many pages, or so many bytes of pages with pictures; no two have the same address."""
    with path.open("wb") as out:
        for number, (url, page) in enumerate(itertools.islice(itertools.cycle(pages), count)):
            out.write(gzip.compress(response(f"{url}-{number}", page, number=2 * number)))
            if count is None:
                picture = random.Random(number).randbytes(PICTURE)
                record = response(f"{url}-{number}.jpg", picture, number=2 * number + 1)
                html = b"text/html; charset=utf-8"
                kind = b"image/jpeg".ljust(len(html))  # or the record's length would be another
                out.write(gzip.compress(record.replace(html, kind, 1), 1))
            if out.tell() >= size:
                break
    return path


@contextlib.contextmanager
def extraction(folder: Path, warcs: list[Path], jobs: int) -> Iterator[subprocess.Popen[bytes]]:
    """The command for a list, in a session of its own; all files must be done in the end."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        (paths := Path(name, "paths.txt")).write_text("".join(f"{path}\n" for path in warcs))
        command = [BIN / "newswarc", "extract", "--queue", paths, "-o", name, "--jobs", str(jobs), "--json"]
        pipe, environment = subprocess.PIPE, environment_in(folder)
        with subprocess.Popen(command, env=environment, stdout=pipe, start_new_session=True) as process:
            yield process
            said = json.loads(process.communicate()[0])
        if said["files"] != {"done": len(warcs)}:
            sys.exit(f"newswarc extract --queue: {said}")


def extracted(folder: Path, warcs: list[Path], *, jobs: int) -> float:
    """Seconds that the command took for a list."""
    began = time.perf_counter()
    with extraction(folder, warcs, jobs):
        pass
    return time.perf_counter() - began


def one_file(warc: Path) -> Callable[[int], float]:
    """Seconds that the command takes for one file, by how many processes do it."""

    def seconds(jobs: int) -> float:
        command = [BIN / "newswarc", "extract", warc, "-o", warc.with_name("out.jsonl"), "--jobs", str(jobs)]
        began = time.perf_counter()
        subprocess.run(command, env=environment_in(warc.parent), check=True, stderr=subprocess.DEVNULL)
        return time.perf_counter() - began

    return seconds


def peak_of(folder: Path, warcs: list[Path]) -> float:
    """Megabytes that any process of the command had at once (proc_pid_status(5), VmHWM)."""
    peak = 0
    with extraction(folder, warcs, jobs=1) as process:
        while process.poll() is None:
            peak = max(peak, *map(high_water, of_session(process.pid)))
            time.sleep(LOOK_EVERY)
    return peak / 1024


def of_session(leader: int) -> list[Path]:
    """The folders in /proc of a session's processes."""
    return [path for path in Path("/proc").glob("[0-9]*") if session_of(path) == leader]


def session_of(process: Path) -> int | None:
    with contextlib.suppress(OSError):
        return os.getsid(int(process.name))
    return None


def high_water(process: Path) -> int:
    """Kilobytes; 0 of a process that has ended."""
    with contextlib.suppress(OSError):
        found = re.search(r"VmHWM:\s*(\d+)", (process / "status").read_text())
        return int(found[1]) if found else 0
    return 0
