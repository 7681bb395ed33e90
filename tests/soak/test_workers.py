"""Forty sites on three machines, to which everything happens: what comes of it is what one machine gives."""

import shutil
import signal
from collections.abc import Iterator

import pytest

from archives.collection import Collection
from archives.layout import Layout
from archives.stored import unsent
from archives.verify import verify
from tests.support.s3 import Door, Store, door
from tests.support.workers import Machine, World, as_one_machine_gives, is_torn, stories, world

LEASE = 8
OPTIONS = ("--at-once", "2", "--lease", str(LEASE))

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3000)]


@pytest.fixture
def entrance(s3) -> Iterator[Door]:
    """The store's, which the test shuts."""
    s3.make("papers")
    with door(s3) as opened:
        yield opened


@pytest.fixture
def shared(tmp_path, postgres, s3, entrance, monkeypatch) -> Iterator[World]:
    store = {**s3.environment, "AWS_ENDPOINT_URL": entrance.address, "AWS_MAX_ATTEMPTS": "2"}
    store["NEWSWARC_CACHE"] = str(tmp_path / "cache")
    for name, value in store.items():
        monkeypatch.setenv(name, value)  # for who reads in this process
    store["NEWSWARC_STORE"] = "s3://papers/kept"
    with world(tmp_path, postgres, papers=40, articles=5, collections=4, store=store) as made:
        for name in ("one", "two", "three"):
            made.add_machine(name)
        yield made


def until_done(shared: World, count: int) -> None:
    shared.until(lambda found: sum(run.state == "done" for run in found) >= count, longest=1200)


def until_at_rest(shared: World, count: int, machines: list[Machine]) -> None:
    """All runs have ended well, and no disk has anything left to be put right."""
    until_done(shared, count)
    shared.until(lambda _: not any(map(is_torn, shared.collections())))
    assert [machine.drain() for machine in machines] == [0] * len(machines)


def test_forty_sites_on_three_machines(shared, entrance, s3):
    one, two, three = shared.machines.values()
    shared.queue_all()
    for machine in (one, two, three):
        machine.start(*OPTIONS)
    until_done(shared, 4)
    shared.hand_over()
    frozen = shared.freeze(two)
    shared.until(lambda found: any(run.id == frozen.id and run.attempts > frozen.attempts for run in found))
    two.signal(signal.SIGCONT)
    shared.until(lambda _: "its lease has run out; the crawl is given up" in two.said())
    one.die()
    shared.hand_over()
    until_done(shared, 14)
    entrance.is_shut = True
    shared.postgres.stop()
    shared.postgres.start()
    one.start(*OPTIONS)
    until_done(shared, 24)
    assert three.drain() == 0
    three.start(*OPTIONS)
    until_at_rest(shared, 40, [one, two, three])
    wanted = as_one_machine_gives(shared)
    lose_a_disk(shared, entrance, two, [one, three], wanted)
    leave_all_to_the_store(shared, [one, three], s3)


def waiting_to_be_sent(shared: World) -> int:
    """WARC files on the disks that the store does not have."""
    count = 0
    for path in shared.collections():
        with Collection.open(path, database=shared.database) as collection:
            count += len(unsent(collection.catalog, collection.layout))
    return count


def until_all_is_sent(shared: World, machines: list[Machine], done: int) -> None:
    """Have each machine crawl into each collection, until nothing waits any more; that many runs are done before."""
    for _ in range(3):
        if waiting_to_be_sent(shared) == 0:
            return
        for machine in machines:
            done += shared.queue_one_each()
            machine.start(*OPTIONS)
            until_at_rest(shared, done, [machine])
    assert waiting_to_be_sent(shared) == 0


def lose_a_disk(shared: World, entrance: Door, lost: Machine, others: list[Machine], wanted) -> None:
    """What was in the store is there; the rest is captured anew, what referred to it is told, and nothing else.

    The store goes once more, comes back while crawls go on, and gets all that it missed by them and those that follow.
    """
    entrance.is_shut = False
    names = [path.name for path in lost.home.glob("news*")]
    marks = {name: Layout(lost.home / name).mark for name in names}
    shutil.rmtree(lost.folder)
    del shared.machines["two"]
    for name, mark in marks.items():
        said = others[0].run("recover", name, "--gone", mark)
        assert said.status == 0, said.err
    left = stories({path.name: (path, shared.database) for path in shared.collections()}.values())
    assert 0 < len(left) < len(wanted)
    entrance.is_shut = True
    shared.queue_all()
    for machine in others:
        machine.start(*OPTIONS)
    until_done(shared, 60)
    assert waiting_to_be_sent(shared) > 0
    entrance.is_shut = False
    until_at_rest(shared, 80, others)
    until_all_is_sent(shared, others, 80)
    assert stories({path.name: (path, shared.database) for path in shared.collections()}.values()) == wanted
    for path in shared.collections():
        told = [str(one) for one in verify(path, database=shared.database)]
        assert [line for line in told if "crawl the address anew" not in line] == []


def leave_all_to_the_store(shared: World, machines: list[Machine], s3: Store) -> None:
    """With the files off the disks, all that holds is as before, and read from the store."""
    wanted = stories({path.name: (path, shared.database) for path in shared.collections()}.values())
    before = [[str(one) for one in verify(path, database=shared.database)] for path in shared.collections()]
    files = [path for folder in shared.collections() for path in folder.glob("archive/*")]
    for machine in machines:
        for path in machine.home.glob("news*"):
            said = machine.run("store", path.name, "--remove")
            assert said.status == 0, said.err
            assert [*path.glob("archive/*")] == []
    assert {f"kept/{path.parts[-3]}/archive/{path.name}" for path in files} <= set(s3.keys("papers"))
    assert stories({path.name: (path, shared.database) for path in shared.collections()}.values()) == wanted
    assert before == [[str(one) for one in verify(path, database=shared.database)] for path in shared.collections()]
