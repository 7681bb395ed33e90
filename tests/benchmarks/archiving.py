"""How fast the archive writes, verifies and recovers, as ratios to other tools' work on the same bytes in one run."""

import io
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archives.collection import Collection
from archives.exchange import Exchange, message
from archives.layout import OPEN
from archives.recover import recover
from archives.verify import verify
from archives.warc.bundle import bundle, examine
from archives.warc.reader import read_records
from archives.warc.segment import Segment
from archives.writing import Writing, new_record_id

EXCHANGES, PAGE_BYTES, ROUNDS = 3_000, 36_000, 3
GIGABYTE = 1_000_000_000
WANTED = {"write": 3.0, "verify": 0.6, "recover": 0.1}
REQUEST = {"Host": "news.example", "User-Agent": "newswarc/0.1", "Accept": "text/html", "Accept-Encoding": "gzip, br"}
RESPONSE = {
    "Server": "nginx",
    "Date": "Tue, 11 Jun 2024 12:00:00 GMT",
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": str(PAGE_BYTES),
    "ETag": '"6a8f-61a9f"',
    "Last-Modified": "Tue, 11 Jun 2024 11:00:00 GMT",
}


def run() -> bool:
    """Print the tables; False if a ratio that the project promises is missed."""
    kept = show_writing()
    print()
    kept = show_verifying() and kept
    print()
    return show_recovering() and kept


def pages() -> Iterator[tuple[str, bytes]]:
    """Addresses and pages of prose that compress about as pages do, no two the same."""
    chance = random.Random(1)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 10))) for _ in range(4_000)]
    texts = [" ".join(chance.choices(words, k=PAGE_BYTES // 6)) for _ in range(100)]
    for number in range(EXCHANGES):
        page = f"<html><title>Story {number}</title><p>{texts[number % 100]}"
        yield f"http://news.example/2024/06/11/story-{number}", page[:PAGE_BYTES].ljust(PAGE_BYTES).encode()


def exchange(url: str, page: bytes) -> Exchange:
    head = "".join(f"{name}: {value}\r\n" for name, value in RESPONSE.items())
    asked = "".join(f"{name}: {value}\r\n" for name, value in REQUEST.items())
    return Exchange(
        url=url,
        started=datetime.now(UTC),
        request=f"GET /{url.split('/', 3)[3]} HTTP/1.1\r\n{asked}\r\n".encode(),
        response=message(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + page),
        peer="192.0.2.7",
    )


# Writing


def write_by_warcio(folder: Path) -> None:
    """Response and request of each page by warcio's own writer, gzipped, with the digests that it makes."""
    with (folder / "x.warc.gz").open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        for url, page in pages():
            head = StatusAndHeaders("200 OK", list(RESPONSE.items()), protocol="HTTP/1.1")
            line = f"GET /{url.split('/', 3)[3]} HTTP/1.1"
            asked = StatusAndHeaders(line, list(REQUEST.items()), is_http_request=True)
            more = {"WARC-IP-Address": "192.0.2.7"}
            response = writer.create_warc_record(
                url, "response", io.BytesIO(page), http_headers=head, warc_headers_dict=more
            )
            request = writer.create_warc_record(url, "request", http_headers=asked)
            writer.write_request_response_pair(request, response)


def write_by_segment(folder: Path) -> None:
    """The same records, compressed and appended in one write an exchange."""
    segment, warcinfo_id = Segment(folder / "x.warc.gz", started=datetime.now(UTC)), new_record_id()
    for url, page in pages():
        one = exchange(url, page)
        segment.append(bundle(one, examine(one), new_id=new_record_id, warcinfo_id=warcinfo_id).content)
    segment.seal()


def write_by_collection(folder: Path) -> None:
    """The same with all that a collection does: looking for the payload, catalog row, shard, sync."""
    with Collection.open(folder / "post", write=True) as collection:
        for url, page in pages():
            collection.archive(exchange(url, page))


WRITERS = {"warcio": write_by_warcio, "records": write_by_segment, "collection": write_by_collection}


def show_writing() -> bool:
    rounds = [{name: seconds_of(write) for name, write in WRITERS.items()} for _ in range(ROUNDS)]
    print(f"writing {EXCHANGES:,} exchanges with pages of {PAGE_BYTES:,} bytes; CPU time, medians of {ROUNDS} rounds\n")
    print(f"{'':12}{'exchanges/s':>12}{'× warcio':>10}{'wanted':>9}{'MB':>8}")
    ratios = {}
    for name in WRITERS:
        seconds, size = statistics.median(one[name][0] for one in rounds), rounds[0][name][1]
        ratios[name] = statistics.median(one["warcio"][0] / one[name][0] for one in rounds)
        wanted = WANTED["write"] if name == "records" else ""
        print(f"{name:12}{EXCHANGES / seconds:>12,.0f}{ratios[name]:>10.2f}{wanted:>9}{size / 1e6:>8.1f}")
    return ratios["records"] >= WANTED["write"]


def seconds_of(write: Callable[[Path], None]) -> tuple[float, int]:
    """CPU seconds that writing took, and how large the file became."""
    with tempfile.TemporaryDirectory() as name:
        before = time.process_time()
        write(Path(name))
        spent = time.process_time() - before
        return spent, sum(path.stat().st_size for path in Path(name).rglob("*.warc.gz"))


# Verifying


def show_verifying() -> bool:
    with tempfile.TemporaryDirectory() as name:
        write_by_collection(Path(name))
        (warc,) = Path(name).glob("post/archive/*")
        works: dict[str, Callable[[], Any]] = {
            "gzip -t": lambda: subprocess.run(["gzip", "-t", warc], check=True),
            "a file": lambda: whole(verify(warc)),
            "a collection": lambda: whole(verify(Path(name, "post"))),
        }
        rounds = [{what: cpu_of(work) for what, work in works.items()} for _ in range(ROUNDS)]
        size = warc.stat().st_size
    print(f"verifying a WARC of {size / 1e6:.0f} MB; CPU time on one core, medians of {ROUNDS} interleaved rounds\n")
    print(f"{'':14}{'MB/s':>8}{'of gzip -t':>12}{'wanted':>9}")
    kept = True
    for what in works:
        ratio = statistics.median(one["gzip -t"] / one[what] for one in rounds)
        seconds = statistics.median(one[what] for one in rounds)
        wanted = "" if what == "gzip -t" else WANTED["verify"]
        kept = kept and ratio >= (wanted or 0)
        print(f"{what:14}{size / seconds / 1e6:>8.0f}{ratio:>12.2f}{wanted:>9}")
    return kept


def whole(findings: Iterator[Any]) -> None:
    for finding in findings:
        raise AssertionError(finding)


def cpu_of(work: Callable[[], Any]) -> float:
    """CPU seconds of this process and of the ones that it waited for."""
    usages = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    before = sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, usages))
    work()
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, usages)) - before


# Recovering


def show_recovering() -> bool:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name, "post")
        warc = write_gigabyte(root)
        scan = cpu_of(lambda: sum(1 for _ in read_records(warc)))
        seconds = []
        for _ in range(ROUNDS):
            torn = break_off(warc)
            seconds.append(cpu_of(lambda: recover(root)))
            assert warc.stat().st_size < torn, "the torn tail was cut"
        size = warc.stat().st_size
        whole(verify(root))
    spent = statistics.median(seconds)
    print(f"recovering a collection of {size / 1e9:.2f} GB whose writer died; CPU time, median of {ROUNDS} times\n")
    print(f"{'':14}{'seconds':>9}{'of the scan':>13}{'at most':>9}")
    print(f"{'full scan':14}{scan:>9.2f}{1:>13.2f}")
    print(f"{'recover':14}{spent:>9.2f}{spent / scan:>13.3f}{WANTED['recover']:>9}")
    return spent / scan <= WANTED["recover"]


def write_gigabyte(root: Path) -> Path:
    """A collection with one file of a gigabyte: the same pages in ever other order, written as fast as can be."""
    chance = random.Random(2)
    noise = chance.randbytes(1_000_000)
    with Collection.open(root, write=Writing(max_size=10 * GIGABYTE)) as collection:
        written, number = 0, 0
        while written < GIGABYTE:
            number += 1
            start = chance.randrange(len(noise) - PAGE_BYTES)
            page = b"%d" % number + noise[start : start + PAGE_BYTES]
            written += collection.archive(exchange(f"http://news.example/story-{number}", page)).length
    (warc,) = (root / "archive").iterdir()
    return warc


def break_off(warc: Path) -> int:
    """Make it the file of a writer that died in a write: open, and with a torn member at its end; returns its size."""
    opened = warc.with_name(warc.name + OPEN)
    warc.rename(opened)
    with opened.open("r+b") as file:
        head = file.read(2_000)
        file.seek(0, io.SEEK_END)
        file.write(head[:300] + bytes(20))
        return file.tell()


if __name__ == "__main__":
    sys.exit(0 if run() else 1)
