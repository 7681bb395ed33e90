"""Three workers with a disk each share a scheduler's queue: one dies, one is stopped for longer than its lease, the
server is started anew; what comes of it is what one machine gives."""

import signal

import pytest

from tests.support.workers import World, as_one_machine_gives, is_torn, world

OPTIONS = ("--at-once", "1", "--lease", "4")


@pytest.fixture
def shared(tmp_path, postgres) -> World:
    with world(tmp_path, postgres, papers=3, articles=5, collections=1) as made:
        for name in ("desk", "one", "two", "three"):
            made.add_machine(name)
        yield made


@pytest.mark.timeout(300)
def test_what_comes_of_it_is_what_one_machine_gives(shared):
    desk, one, two, three = shared.machines.values()
    desk.start("--at-once", "0", command=("schedule", "run"))
    shared.queue_all()
    two.start(*OPTIONS)
    frozen = shared.freeze(two)
    for machine in (one, three):
        machine.start(*OPTIONS)
    shared.at_work(one)
    shared.hand_over()
    one.die()
    shared.until(lambda _: shared.hand_over() or shared.handed_over)  # at least what the third crawls meanwhile
    one.start(*OPTIONS)
    shared.until(lambda found: any(run.id == frozen.id and run.attempts > frozen.attempts for run in found))
    two.signal(signal.SIGCONT)
    shared.until(lambda _: "its lease has run out; the crawl is given up" in two.said())
    shared.postgres.stop()
    shared.postgres.start()
    shared.until(lambda found: all(run.state == "done" for run in found))
    shared.until(lambda _: not any(map(is_torn, shared.collections())))
    assert [machine.drain() for machine in (desk, one, two, three)] == [0, 0, 0, 0]
    assert "Traceback" not in "".join(machine.said() for machine in shared.machines.values())
    as_one_machine_gives(shared)
