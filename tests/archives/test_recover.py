import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.errors import CollectionLocked
from archives.recover import recover
from archives.reindex import Forgotten, Reindexed
from archives.verify import verify
from archives.warc.groups import groups
from archives.warc.reader import read_records
from archives.writing import Writing

WRITER = """
import itertools, sys
from datetime import UTC, datetime
from archives.collection import Collection
from archives.exchange import Exchange, message

collection = Collection.open(sys.argv[1], write=True)
print("ready", flush=True)
for number in itertools.count():
    body = b"%d " % number * (number % 5000)
    head = b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n"
    exchange = Exchange(
        url=f"http://news.example/{number}",
        started=datetime.now(UTC),
        request=b"GET / HTTP/1.1\\r\\n\\r\\n",
        response=message(head + body),
        trailing=b"x",
    )
    collection.archive(exchange)
    print(number, flush=True)
"""


def write_until_killed(root: Path, seconds: float) -> int:
    """Let a process archive and kill it; how many captures it had said were archived."""
    command = [sys.executable, "-c", WRITER, str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(seconds)
        os.kill(writer.pid, signal.SIGKILL)
        return len([line for line in writer.stdout if line.endswith("\n")])


def test_a_killed_writer_loses_at_most_the_exchange_in_flight(tmp_path):
    """The collection is as good as new at the next start, whenever the kill came."""
    chance = random.Random(7)
    archived = 0
    for _ in range(3):
        archived += write_until_killed(tmp_path / "post", chance.uniform(0.05, 0.3))
        (repair,) = recover(tmp_path / "post")
        assert repair.file.endswith(".warc.gz")
        assert list(verify(tmp_path / "post")) == []
    assert archived > 0
    with Collection.open(tmp_path / "post") as collection:
        assert archived <= collection.catalog.count_captures() <= archived + 3
        assert collection.layout.open_warcs() == []


@pytest.fixture
def dead(tmp_path, exchange, clock, ids) -> Path:
    """A collection whose writer died with three exchanges in its open file, none of them in the catalog."""
    collection = Collection.open(tmp_path / "alive", write=Writing(now=clock, new_id=ids))
    for number in range(3):
        collection.archive(exchange(f"http://news.example/{number}", b"%d" % number, trailing=b"x"))
    shutil.copytree(tmp_path / "alive", tmp_path / "dead")
    collection.close()
    return tmp_path / "dead"


def open_file(root: Path) -> Path:
    (path,) = (root / "archive").glob("*.open")
    return path


def ends_of_exchanges(root: Path) -> list[int]:
    return [group[-1].end for group in groups(read_records(open_file(root)))]


@pytest.mark.parametrize(("written", "kept"), [(b"", b""), (b"{}\n{", b"{}\n"), (b"{" * 70_000, b"")])
def test_an_item_that_was_being_written_is_cut_off_its_file(dead, written, kept):
    """The article is in the catalog: it is committed before its line is written."""
    lines = dead / "items" / "20240611T120000Z.jsonl"
    long = b'{"body": "' + b"x" * 100_000 + b'"}\n'
    lines.write_bytes(long + written)
    recover(dead)
    assert lines.read_bytes() == long + kept


def test_what_is_whole_but_unindexed_is_indexed(dead):
    (repair,) = recover(dead)
    assert (repair.cut, repair.indexed, repair.dropped) == (0, 3, 0)
    assert str(repair).endswith(".warc.gz: sealed after a crash; 0 torn bytes cut, 3 captures indexed")
    assert list(verify(dead)) == []
    assert recover(dead) == ()


def test_a_tail_torn_at_any_byte_is_cut_at_the_last_whole_exchange(dead, tmp_path):
    """Between two members of one exchange nothing is torn, and yet the exchange is not whole."""
    info, first, second, third = ends_of_exchanges(dead)
    sizes = {
        second + 1,
        second + 40,
        third - 1,
        third - 12,
        *range(second, third, 97),
        *record_ends(dead, second, third),
    }
    for size in sorted(sizes):
        copy = tmp_path / f"torn-{size}"
        shutil.copytree(dead, copy)
        os.truncate(open_file(copy), size)
        (repair,) = recover(copy)
        assert (size - second, 2) == (repair.cut, repair.indexed)
        assert list(verify(copy)) == []
    assert info < first < second


def record_ends(root: Path, start: int, end: int) -> list[int]:
    ends = [record.end for record in read_records(open_file(root)) if start < record.end < end]
    assert len(ends) == 2
    return ends


@pytest.mark.parametrize("size", [0, 1, 100])
def test_a_file_with_nothing_whole_in_it_goes(dead, size):
    os.truncate(open_file(dead), size)
    (repair,) = recover(dead)
    assert (size, 0) == (repair.cut, repair.indexed)
    assert list((dead / "archive").iterdir()) == []
    assert list(verify(dead)) == []


def test_rows_that_outlived_their_bytes_are_dropped(dead, exchange):
    """After a power cut the database may know captures whose bytes never reached the disk."""
    recover(dead)
    (warc,) = (dead / "archive").iterdir()
    warc.rename(warc.with_name(warc.name + ".open"))
    os.truncate(open_file(dead), ends_of_exchanges(dead)[1] + 3)
    (repair,) = recover(dead)
    assert (repair.cut, repair.indexed, repair.dropped) == (3, 0, 2)
    assert list(verify(dead)) == []


def test_what_stands_whole_behind_damage_is_kept(dead):
    info, first, *_ = ends_of_exchanges(dead)
    with open_file(dead).open("r+b") as file:
        file.seek(info + 30)
        file.write(bytes(20))
    assert first > info + 50
    (repair,) = recover(dead)
    assert (repair.cut, repair.indexed) == (0, 2)
    assert f"at {info}: the gzip member is damaged" in repair.damage[0]
    assert len(list(Collection.open(dead).captures())) == 2


def test_opening_for_writing_repairs_and_goes_on_in_a_new_file(dead, exchange):
    with Collection.open(dead, write=True) as collection:
        assert collection.repairs[0].indexed == 3
        collection.archive(exchange())
    assert len(list((dead / "archive").iterdir())) == 2
    assert list(verify(dead)) == []


def test_a_living_writer_is_left_alone(collection, exchange):
    collection.archive(exchange())
    with pytest.raises(CollectionLocked):
        recover(collection.layout.root)


@pytest.mark.parametrize("name", ["Content-Type", "ETag", "Last-Modified", "Location", "X-Served-By", "Set-Cookie"])
def test_a_nul_in_a_header_is_kept_and_hinders_nothing(database, tmp_path, exchange, name):
    """PostgreSQL's texts have none (https://www.postgresql.org/docs/current/datatype-character.html)."""
    root, head = tmp_path / "post", f"HTTP/1.1 200 OK\r\n{name}: text/html\0; a\0b".encode()
    with Collection.open(root, write=True, database=database) as collection:
        collection.archive(exchange(head=head))
        collection.flush()
    assert recover(root, database=database, reindex=True) == ()
    assert list(verify(root, database=database)) == []
    with Collection.open(root, database=database) as collection:
        [capture] = collection.captures()
        assert collection.exchange(capture).response_bytes().startswith(head)
    assert capture.mime == ("text/html" if name == "Content-Type" else "unk")


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (Reindexed(file="x", captures=1, rows=1, shard=False), "x: 1 row of 1 capture made anew from the records"),
        (Reindexed(file="x", captures=2000, rows=0, shard=True), "x: the shard of 2,000 captures made anew"),
        (Forgotten(file="x", rows=1), "x: not there any more; 1 capture and what came of it taken out of"),
        (Forgotten(file="x", rows=2), "x: not there any more; 2 captures and what came of them taken out of"),
    ],
)
def test_what_was_put_right_is_said_in_good_words(done, said):
    assert str(done).startswith(said)
