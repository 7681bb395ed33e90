"""A collection and an S3-compatible store: what is sealed is sent, verified, and nothing is lost whatever fails."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.error import HTTPError

import pytest

from archives.cdxj import Capture
from archives.collection import Collection
from archives.errors import CollectionMissing, LeaseLost, StorageFailed
from archives.folders import folders
from archives.layout import Layout
from archives.ranges import RangeCache
from archives.recover import recover
from archives.replay.pywb import DIRECT, replay
from archives.store import Store, content_of
from archives.stored import bring_back, remove_sent, send_all, stored, unsent
from archives.takedown.order import Order, take_down
from archives.verify import verify
from archives.verify.findings import Checked
from archives.writing import Writing
from tests.support.s3 import Door, door

STORY = "http://news.example/story"
PLACE = "s3://papers/kept"


@pytest.fixture
def server(s3):
    s3.make("papers")
    return s3


@pytest.fixture
def before(server, monkeypatch, tmp_path) -> Iterator[Door]:
    """The door before the store, by which this process goes; the bucket is empty."""
    monkeypatch.setenv("NEWSWARC_CACHE", str(tmp_path / "cache"))
    with door(server) as opened:
        for name, value in (server.environment | {"AWS_ENDPOINT_URL": opened.address, "AWS_MAX_ATTEMPTS": "1"}).items():
            monkeypatch.setenv(name, value)
        yield opened


@pytest.fixture
def paper(tmp_path) -> Callable[..., Collection]:
    """Opens the collection."""

    def paper(**options) -> Collection:
        return Collection.open(tmp_path / "paper", write=Writing(**options))

    return paper


def test_what_is_sealed_is_in_the_store_with_its_index(server, before, paper, exchange, tmp_path):
    with paper(store=PLACE) as collection:
        made = collection.archive(exchange(STORY))
        collection.flush()
        assert server.keys("papers") == [], "it is not sealed yet"
    assert collection.unsent == ""
    layout = Layout(tmp_path / "paper")
    shard = layout.shard_path(made.warc)
    assert server.keys("papers") == [f"kept/paper/archive/{made.warc}", f"kept/paper/indexes/{shard.name}"]
    assert server.get(f"papers/kept/paper/archive/{made.warc}") == (layout.archive / made.warc).read_bytes()
    assert server.get(f"papers/kept/paper/indexes/{shard.name}") == shard.read_bytes()
    with Collection.open(tmp_path / "paper") as reader:
        [known] = stored(reader.catalog).values()
    assert known.place == f"{PLACE}/paper"
    assert known.digest == hashlib.sha256((layout.archive / made.warc).read_bytes()).hexdigest()


def test_a_store_that_answers_503_holds_up_nothing_and_the_next_writer_sends(server, before, paper, exchange, tmp_path):
    before.is_shut = True
    with paper(store=PLACE) as collection:
        collection.archive(exchange(STORY))
    assert "s3://papers/kept/paper/archive/" in collection.unsent
    assert "\n" not in collection.unsent
    assert (server.keys("papers"), list(map(str, before.asked)) != []) == ([], True)
    before.is_shut = False
    with paper(store=PLACE) as collection:
        assert len(unsent(collection.catalog, collection.layout)) == 1
        collection.archive(exchange(f"{STORY}/other", b"<p>Other</p>"))
    assert [key for key in server.keys("papers") if key.endswith(".warc.gz")] == [
        f"kept/paper/archive/{path.name}" for path in Layout(tmp_path / "paper").warcs()
    ]


def test_a_store_that_never_answers_is_asked_for_one_file_alone(paper, exchange, monkeypatch):
    """However many are sealed: a crawl ends, and lets go of its collection."""
    monkeypatch.setattr(pytest.importorskip("s3fs").S3FileSystem, "read_timeout", 0.2)
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_MAX_ATTEMPTS": "1"}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for name, value in {**keys, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}"}.items():
            monkeypatch.setenv(name, value)
        with paper(store=PLACE) as collection:
            for number in range(3):
                collection.archive(exchange(f"{STORY}/{number}"))
                collection.seal()
        assert collection.unsent.startswith("3 files wait to be sent; s3://papers/kept/paper/archive/")
        assert connections(silent) == 2, "for one file, and once again"


def connections(server: socket.socket) -> int:
    """How many wait to be accepted."""
    server.setblocking(False)
    count = 0
    with suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            count += 1
    return count


def test_keys_that_may_not_list_are_enough_to_send(server, before, paper, exchange):
    """To those S3 answers 403 where it would answer others 404."""

    def hides(method: str, path: str) -> bool:
        return method == "HEAD" and path.removeprefix("/papers/") not in server.keys("papers")

    before.refuses, before.refusal = hides, 403
    with paper(store=PLACE) as collection:
        collection.archive(exchange(STORY))
    assert (collection.unsent, len(server.keys("papers"))) == ("", 2)
    before.refuses = lambda method, path: True
    with paper(store=PLACE) as collection:
        collection.archive(exchange(f"{STORY}/other", b"<p>Other</p>"))
    assert collection.unsent.startswith("1 file waits to be sent; s3://papers/kept/paper/archive/")
    assert "Forbidden" in collection.unsent


def test_recovery_sends_what_was_left_and_tells_why_it_cannot(server, before, paper, exchange, tmp_path):
    with paper() as collection:
        made = collection.archive(exchange(STORY))
    before.is_shut = True
    [told] = map(str, recover(tmp_path / "paper", store=PLACE))
    assert made.warc in told
    assert told.endswith("what is not in the store stays on the disk")
    before.is_shut = False
    [told] = map(str, recover(tmp_path / "paper", store=PLACE))
    assert told.startswith(f"{made.warc}: sent to {PLACE}/paper and verified")
    assert recover(tmp_path / "paper", store=PLACE) == ()


def test_who_was_killed_after_sending_sends_nothing_twice(server, before, paper, exchange, tmp_path):
    """The catalog knows nothing of what is in the store: the next one finds it there."""
    with paper() as collection:
        made = collection.archive(exchange(STORY))
    script = f"""
import os, signal, archives.stored
archives.stored.note = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from archives.verify.findings import Checked
from archives.folders import folders
from archives.ranges import RangeCache
from archives.recover import recover
from archives.replay.pywb import DIRECT, replay
recover({str(tmp_path / "paper")!r}, store={PLACE!r})
"""
    killed = subprocess.run([sys.executable, "-c", script], env=os.environ, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert len(server.keys("papers")) == 2
    before.asked.clear()
    assert len(recover(tmp_path / "paper", store=PLACE)) == 1
    assert "PUT" not in {method for method, *_ in before.asked}
    with Collection.open(tmp_path / "paper") as reader:
        assert list(stored(reader.catalog)) == [made.warc]


def test_what_is_otherwise_in_the_store_is_sent_anew(server, before, tmp_path):
    """Of the same size, but not the same: the digest tells."""
    file = tmp_path / "x.warc.gz"
    file.write_bytes(b"whole")
    server.put("papers/kept/x.warc.gz", b"wrong")
    Store(PLACE).send(file, "x.warc.gz")
    assert server.get("papers/kept/x.warc.gz") == b"whole"


def test_parts_are_verified_by_the_digest_of_their_digests(server, before, tmp_path, monkeypatch):
    monkeypatch.setattr("archives.store.PART", 5 * 2**20)
    file = tmp_path / "large.warc.gz"
    file.write_bytes(os.urandom(11 * 2**20))
    Store(PLACE).send(file, "large.warc.gz")
    assert server.get("papers/kept/large.warc.gz") == file.read_bytes()
    asked = {method for method, path, _ in before.asked if path.startswith("/papers/kept/large")}
    assert asked == {"HEAD", "POST", "PUT"}, "nothing was read back"


def test_a_store_without_digests_is_read_back(tmp_path):
    """Any address that fsspec knows is a store."""
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    file, there = tmp_path / "x.warc.gz", tmp_path / "mount" / "x.warc.gz"
    file.write_bytes(b"whole")
    store = Store(f"file://{tmp_path}/mount")
    store.send(file, "x.warc.gz")
    there.write_bytes(b"wrong")
    assert store.send(file, "x.warc.gz") == content_of(file)
    assert there.read_bytes() == b"whole"


def test_what_is_purged_is_purged_in_the_store(server, before, paper, exchange):
    with paper(store=PLACE) as collection:
        made = collection.archive(exchange(STORY, b"<p>Name and address</p>"))
        collection.archive(exchange(f"{STORY}/other", b"<p>Other</p>"))
    before_it = server.get(f"papers/kept/paper/archive/{made.warc}")
    with paper() as collection:
        take_down(collection, Order(action="purge", target=STORY, who="desk", reason="court order"))
        path = collection.layout.archive / made.warc
    after_it = server.get(f"papers/kept/paper/archive/{made.warc}")
    assert after_it == path.read_bytes() != before_it
    shard = server.get(f"papers/kept/paper/indexes/{made.warc.removesuffix('.warc.gz')}.cdxj")
    assert b"/story/other" in shard
    assert shard.count(b"\n") == 1


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("papers/kept", "papers/kept: no address of a store; write s3://bucket/prefix"),
        ("s3://nowhere/kept", "s3://nowhere/kept/x.warc.gz: .*bucket"),
        ("gopher://papers/kept", "gopher://papers/kept/x.warc.gz: ValueError: Protocol not known"),
    ],
)
def test_addresses_that_are_none_are_told_in_one_line(before, tmp_path, address, told):
    file = tmp_path / "x.warc.gz"
    file.write_bytes(b"whole")
    with pytest.raises(StorageFailed, match=told):
        Store(address).send(file, "x.warc.gz")


def removed(paper) -> None:
    """Remove from the disk what is in the store."""
    with paper() as collection:
        list(remove_sent(collection.layout, collection.catalog))
        assert list(collection.layout.warcs()) == []


def ranges(before: Door) -> list[str]:
    return [asked for method, path, asked in before.asked if method == "GET" and "/archive/" in path]


def test_a_capture_is_one_range_and_comes_from_the_cache_then(server, before, paper, exchange, tmp_path):
    bodies = [os.urandom(400_000), b"<p>Short</p>", os.urandom(300_000)]
    with paper(store=PLACE) as collection:
        made = [collection.archive(exchange(f"{STORY}/{number}", body)) for number, body in enumerate(bodies)]
        made.append(collection.archive(exchange(f"{STORY}/again", bodies[0])))
    removed(paper)
    before.asked.clear()
    with Collection.open(tmp_path / "paper") as reader:
        for capture, body in zip(made[:3], bodies, strict=True):
            assert reader.holds(capture)
            assert reader.exchange(capture).response_bytes().endswith(body)
        assert len(ranges(before)) == 3
        assert ranges(before)[1] == f"bytes={made[1].offset}-{made[2].offset - 1}"
        assert reader.payload(made[3]) == bodies[0], "a revisit, and the record that it refers to"
        assert len(ranges(before)) == 5
        before.is_shut = True
        assert reader.payload(made[0]) == bodies[0]
    assert sum(path.stat().st_size for path in (tmp_path / "cache").glob("*/*")) < 1_200_000


def test_what_is_too_much_for_the_memory_comes_in_pieces(before, paper, exchange, tmp_path, monkeypatch):
    monkeypatch.setattr("archives.warcs.AT_ONCE", 300_000)
    body = os.urandom(500_000)
    with paper(store=PLACE) as collection:
        made = collection.archive(exchange(STORY, body))
        collection.archive(exchange(f"{STORY}/next"))
    removed(paper)
    before.asked.clear()
    with Collection.open(tmp_path / "paper") as reader:
        assert reader.payload(made) == body
    assert len(ranges(before)) == 2


def test_whatever_keeps_from_noting_what_was_sent_the_next_writer_gets_in(before, paper, exchange, monkeypatch):
    def lost(*_: object) -> None:
        raise LeaseLost("another one writes")

    collection = paper(store=PLACE)
    collection.archive(exchange(STORY))
    with monkeypatch.context() as patched:
        patched.setattr("archives.stored.note", lost)
        with pytest.raises(LeaseLost):
            collection.close()
    with paper(store=PLACE) as again:
        assert len(unsent(again.catalog, again.layout)) == 1


def test_a_size_of_the_cache_that_is_none_is_told(monkeypatch):
    monkeypatch.setenv("NEWSWARC_CACHE_SIZE", "500MB")
    with pytest.raises(StorageFailed, match="NEWSWARC_CACHE_SIZE: '500MB' is no number of bytes"):
        RangeCache.of_user()


def test_the_cache_is_bounded(tmp_path):
    cache = RangeCache(tmp_path, limit=10_000)
    for start in range(0, 100_000, 1000):
        assert cache.read("digest", start, start + 1000, lambda start, end: bytes(end - start)) == bytes(1000)
        assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 10_000
    assert cache.read("digest", 99_000, 100_000, None) == bytes(1000), "the last is there"
    assert len(cache.read("digest", 0, 20_000, lambda start, end: bytes(end - start))) == 20_000


def test_who_was_killed_before_removing_removes_later(server, before, paper, exchange, tmp_path):
    with paper(store=PLACE) as collection:
        made = collection.archive(exchange(STORY))
    script = f"""
import os, signal, pathlib
from archives.collection import Collection
from archives.stored import remove_sent
pathlib.Path.unlink = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
with Collection.open({str(tmp_path / "paper")!r}, write=True) as collection:
    list(remove_sent(collection.layout, collection.catalog))
"""
    assert subprocess.run([sys.executable, "-c", script], env=os.environ, timeout=60).returncode == -signal.SIGKILL
    assert (tmp_path / "paper" / "archive" / made.warc).exists()
    removed(paper)
    assert list(map(str, verify(tmp_path / "paper"))) == []


def test_nothing_is_removed_that_is_not_in_the_store_any_more(server, before, paper, exchange, tmp_path):
    """It is sent anew, and if that cannot be, it stays."""
    with paper(store=PLACE) as collection:
        made = collection.archive(exchange(STORY))
    server.remove(f"papers/kept/paper/archive/{made.warc}")
    before.is_shut = True
    with paper() as collection, pytest.raises(StorageFailed):
        list(remove_sent(collection.layout, collection.catalog))
    assert (tmp_path / "paper" / "archive" / made.warc).exists()
    before.is_shut = False
    removed(paper)
    assert f"kept/paper/archive/{made.warc}" in server.keys("papers")


@pytest.mark.parametrize("sends", [remove_sent, lambda *of: send_all(Store(f"{PLACE}/paper"), *of)])
def test_what_was_damaged_on_the_disk_replaces_nothing(server, before, paper, exchange, tmp_path, sends):
    with paper(store=PLACE) as collection:
        made = collection.archive(exchange(STORY))
    whole = server.get(f"papers/kept/paper/archive/{made.warc}")
    file, shard = tmp_path / "paper" / "archive" / made.warc, Layout(tmp_path / "paper").shard_path(made.warc)
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with paper() as collection:
        shard.write_bytes(shard.read_bytes() * 2)
        with pytest.raises(StorageFailed, match=r"is not what was sent; move it away: the store has what was"):
            list(sends(collection.layout, collection.catalog))
    assert server.get(f"papers/kept/paper/archive/{made.warc}") == whole
    file.unlink()
    with paper() as collection:
        list(bring_back(collection.layout, collection.catalog))
        list(sends(collection.layout, collection.catalog))
    assert server.get(f"papers/kept/paper/archive/{made.warc}") == whole


def test_a_part_that_cannot_be_reached_is_told_in_one_line(server, before, paper, exchange, tmp_path):
    with paper(store=PLACE) as collection:
        made = collection.archive(exchange(STORY))
    removed(paper)
    before.is_shut = True
    with Collection.open(tmp_path / "paper") as reader, pytest.raises(StorageFailed) as told:
        reader.payload(made)
    assert str(told.value).startswith(f"s3://papers/kept/paper/archive/{made.warc}: ")
    assert "\n" not in str(told.value)
    [found] = verify(tmp_path / "paper")
    assert made.warc in str(found)
    before.is_shut = False
    checked = Checked()
    assert list(verify(tmp_path / "paper", checked=checked, jobs=2)) == []
    assert (checked.files, checked.captures) == (1, 1)


def test_replay_shows_what_is_in_the_store_alone(server, before, paper, exchange, pywb, tmp_path):
    with paper(store=PLACE) as collection:
        made = collection.archive(exchange(STORY, b"<p>Ferry late again</p>"))
        again = collection.archive(exchange(f"{STORY}/again", b"<p>Ferry late again</p>"))
    removed(paper)
    before.asked.clear()
    with replay([tmp_path / "paper"], program=pywb) as running:
        for capture in (made, again):
            page = running.page("paper", capture.timestamp, capture.url, modifier="id_")
            with DIRECT.open(page, timeout=30) as shown:
                assert shown.read() == b"<p>Ferry late again</p>"
    assert set(ranges(before)) >= {f"bytes={made.offset}-{made.offset + made.length - 1}"}


def test_who_has_nothing_on_the_disk_reads_and_replays_what_others_have_sent(
    server, before, postgres, exchange, pywb, tmp_path, monkeypatch
):
    """A reading room on a machine of its own: what comes while it is open is replayed, too."""
    monkeypatch.setattr("archives.replay.indexes.LOOK_EVERY", 0.1)
    database, room = postgres.database(), tmp_path / "room" / "paper"

    def archived(name: str, url: str) -> Capture:
        with Collection.open(tmp_path / name / "paper", write=Writing(store=PLACE), database=database) as collection:
            return collection.archive(exchange(url))

    def shown(capture: Capture) -> bytes:
        with DIRECT.open(running.page("paper", capture.timestamp, capture.url, modifier="id_"), timeout=30) as page:
            return bytes(page.read())

    with pytest.raises(CollectionMissing):
        Collection.open(room, database=database)
    made = [archived("a", STORY), archived("b", f"{STORY}/again")]
    assert [capture.kind for capture in made] == ["response", "revisit"]
    with Collection.open(room, database=database) as collection:
        assert {collection.payload(capture) for capture in made} == {b"<p>Ferry late again</p>"}
    with replay([room], host="127.0.0.2", program=pywb, database=database) as running:
        assert {shown(capture) for capture in made} == {b"<p>Ferry late again</p>"}
        late = archived("b", f"{STORY}/late")
        eventually(lambda: shown(late) == b"<p>Ferry late again</p>")
    assert not room.exists(), "who only reads makes nothing"


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds; what is not found yet does not hold."""
    for _ in range(300):
        with suppress(HTTPError):
            if holds():
                return
        time.sleep(0.1)
    raise AssertionError


def test_several_folders_read_what_each_has_sent_and_a_lost_disk_loses_nothing_of_it(
    server, before, postgres, exchange, tmp_path
):
    database = postgres.database()

    def disk(name: str) -> Collection:
        return Collection.open(tmp_path / name / "paper", write=Writing(store=PLACE), database=database)

    with disk("a") as one:
        made = one.archive(exchange(STORY))
    with disk("b") as other:
        again = other.archive(exchange(f"{STORY}/again"))
        assert (again.refers_to, other.payload(again)) == (made.record_id, b"<p>Ferry late again</p>")
        gone = next(folder for folder in folders(other.catalog) if folder.mark != other.layout.mark)
    checked = Checked()
    assert list(verify(tmp_path / "b" / "paper", checked=checked, database=database)) == []
    assert (checked.files, checked.elsewhere) == (1, 1), "each verifies its own"
    shutil.rmtree(tmp_path / "a")
    assert recover(tmp_path / "b" / "paper", gone=gone.mark, database=database, store=PLACE) == ()
    checked = Checked()
    assert list(verify(tmp_path / "b" / "paper", checked=checked, database=database)) == []
    assert (checked.files, checked.captures, checked.elsewhere) == (2, 2, 0)
    disk("c").close()
    checked = Checked()
    assert list(verify(tmp_path / "c" / "paper", checked=checked, database=database)) == []
    assert (checked.files, checked.elsewhere) == (0, 2), "a third knows that the second has them"
