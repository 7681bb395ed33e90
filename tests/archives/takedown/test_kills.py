"""A takedown may be killed at any moment: before its plan it never was, after it the next writer finishes it."""

import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from archives.collection import Collection
from archives.notices import read_notices, standing
from archives.recover import recover
from archives.takedown.order import Order, take_down
from archives.takedown.plan import plan_path
from archives.verify import verify
from tests.archives.takedown.stories import SECRET, STORY, files_with, state_of

WATCHED = {"os.rename", "os.remove", "os.truncate", "open"}
ENDED, KILLED = 0, -signal.SIGKILL


def killed_at(moment: int, work: Callable[[], object]) -> int:
    """Do work in a child that is killed at its n-th change to the disk; returns how the child ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        watch(moment)
        work()
        os._exit(ENDED)
    except BaseException:  # noqa: BLE001  # the child must not go on as a second test run
        os._exit(3)


def watch(moment: int) -> None:
    """Kill this process at the n-th file that is made, renamed, removed or cut, or commit to the database."""
    left = [moment]

    def count(*_) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_audit(what: str, arguments: tuple) -> None:
        changes = what in WATCHED and (what != "open" or any(sign in str(arguments[1]) for sign in "wax+"))
        if changes:
            count()

    sys.addaudithook(on_audit)
    event.listen(Engine, "commit", count)


def take(root: Path, action: str, **more) -> None:
    with Collection.open(root, write=True, create=False) as collection:
        take_down(collection, Order(target=STORY, action=action, **more))


def assert_done_or_never_was(root: Path, before: dict, after: dict) -> bool:
    """Opening it for writing is enough; returns whether the takedown happened."""
    recover(root)
    assert not plan_path(Collection.open(root).layout).exists()
    assert list(verify(root)) == []
    assert not [path.name for path in root.rglob(".*") if path.name.endswith((".takedown", ".tmp"))]
    now = state_of(root)
    happened = bool(list(read_notices(Collection.open(root).layout)))
    assert comparable(after if happened else before) == comparable(now)
    return happened


def comparable(state: dict) -> dict:
    """Without what differs between two takedowns alike."""
    return {name: state[name] for name in ("payloads", "sightings", "withheld", "captures")}


def rounds(root_of: Callable[[], Path], moments: list[int], action: str, **more) -> set[bool]:
    """Kill a takedown at each moment, and see what came of it."""
    before = state_of(root_of())
    done = root_of()
    take(done, action, **more)
    after = state_of(done)
    seen: set[bool] = set()
    for moment in moments:
        root = root_of()
        ended = killed_at(moment, lambda root=root: take(root, action, **more))
        assert ended in {ENDED, KILLED}
        happened = assert_done_or_never_was(root, before, after)
        seen.add(happened)
        if happened and action == "purge" and more:
            assert files_with(root, SECRET) == []
        if ended == ENDED:
            break
    return seen


@pytest.fixture
def root_of(built, tmp_path) -> Callable[[], Path]:
    """Fresh copies of the collection."""
    import itertools
    import shutil

    numbers = itertools.count()
    return lambda: shutil.copytree(built, tmp_path / str(next(numbers)) / "post")


@pytest.mark.parametrize(
    ("action", "more", "moments"),
    [("purge", {}, [2, 5, 9, 14, 22]), ("purge", {"payload": True}, [4, 8, 12, 18]), ("hide", {}, [3, 7, 13])],
    ids=["purge", "payload", "hide"],
)
def test_killed_at_some_moments(root_of, action, more, moments):
    assert rounds(root_of, moments, action, **more)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("action", "more"), [("purge", {}), ("purge", {"payload": True}), ("hide", {}), ("block", {})])
def test_killed_at_every_moment(root_of, action, more):
    assert {False, True} == rounds(root_of, list(range(1, 400)), action, **more)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_an_undo_killed_at_every_moment(root_of):
    hidden = root_of()
    take(hidden, "hide")
    import shutil

    for moment in range(1, 400):
        root = shutil.copytree(hidden, hidden.parent.parent / f"undo-{moment}" / "post")
        ended = killed_at(moment, lambda root=root: take(root, "undo"))
        recover(root)
        assert list(verify(root)) == []
        actions = [notice.action for notice in read_notices(Collection.open(root).layout)]
        assert bool(standing(Collection.open(root).layout).hidden) == (actions == ["hide"])
        if ended == ENDED:
            break
    assert ended == ENDED


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_takedown_and_its_recoveries_killed_again_and_again(root_of):
    chance = random.Random(11)
    for _ in range(20):
        root = root_of()
        killed_at(chance.randrange(8, 30), lambda root=root: take(root, "purge", payload=True))
        while killed_at(chance.randrange(3, 25), lambda root=root: recover(root)) == KILLED:
            pass
        if list(read_notices(Collection.open(root).layout)):
            assert files_with(root, SECRET) == []
        assert list(verify(root)) == []
