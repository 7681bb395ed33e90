"""A writer that dies, runs out of room or loses power at any point where it touches the disk, and the next one."""

from pathlib import Path

import pytest

from archives.collection import Collection
from tests.crashes import writer
from tests.crashes.conftest import captures_by_id
from tests.crashes.faults import WRITES


@pytest.fixture(scope="module")
def points(forks, tmp_path_factory) -> list[str]:
    """The points of an undisturbed run, in their order."""
    folder = tmp_path_factory.mktemp("undisturbed")
    done = forks(work="archive", folder=folder / "post", arguments=[str(folder / "post"), str(folder / "notes")])
    assert done["status"] == 0
    assert {"write", "put", "fsync", "fdatasync", "rename", "replace", "commit"} <= set(done["points"])
    return done["points"]


def acknowledged(notes: list[dict], *, synced: bool) -> dict[str, bytes]:
    """Record id → response, of what was archived; after a power cut, of what was flushed before it."""
    if synced:
        last = max((number for number, note in enumerate(notes) if "flushed" in note), default=0)
        notes = notes[:last]
    return {note["record_id"]: bytes.fromhex(note["response"]) for note in notes if "record_id" in note}


FAULTS = pytest.mark.parametrize("fault", ["kill", "torn", "full", "power"])


@FAULTS
@pytest.mark.soak
def test_at_every_point(forks, points, fault, tmp_path, assert_whole, notes_of):
    go_through(points_for(fault, points), forks, points, fault, tmp_path, assert_whole, notes_of)


@FAULTS
def test_at_some_points_of_each_kind(forks, points, fault, tmp_path, assert_whole, notes_of):
    numbers = points_for(fault, points)
    kinds = {name: [number for number in numbers if points[number - 1] == name] for name in set(points)}
    some = sorted(number for of_kind in kinds.values() for number in of_kind[len(fault) % 3 :: 6][:2])
    go_through(some, forks, points, fault, tmp_path, assert_whole, notes_of)


def points_for(fault: str, points: list[str]) -> list[int]:
    """Numbers of the points at which the fault can happen."""
    wanted = WRITES if fault in ("torn", "full") else set(points)
    numbers = [number for number, name in enumerate(points, 1) if name in wanted]
    assert len(numbers) >= 8
    return numbers


def go_through(numbers, forks, points, fault, tmp_path, assert_whole, notes_of):
    """What was acknowledged is there, byte for byte, once; and the next writer carries on."""
    for number in numbers:
        root, notes = tmp_path / f"{fault}-{number}" / "post", tmp_path / f"{fault}-{number}-notes"
        root.parent.mkdir()
        job = {"work": "archive", "folder": root, "arguments": [str(root), str(notes)]}
        died = forks(**job, fault=fault, at=number)
        assert died["status"] == (1 if fault == "full" else -9), (points[number - 1], number)
        told = acknowledged(notes_of(notes), synced=fault == "power")
        assert forks(**job)["status"] == 0
        assert_survived(root, told, notes_of(notes), synced=fault == "power")
        assert_whole(root)


def assert_survived(root: Path, told: dict[str, bytes], notes: list[dict], *, synced: bool) -> None:
    kept = captures_by_id(root)
    assert told.items() <= kept.items()
    assert len(kept) <= len([note for note in notes if "record_id" in note]) + 1, "at most the one that was in flight"
    with Collection.open(root) as collection:
        for note in notes if not synced else ():
            assert "item" not in note or collection.catalog.item_of(note["item"])
        articles = [item["url"] for item in collection.catalog.articles()]
    assert articles == sorted(set(articles))
    assert len(articles) == writer.EXCHANGES // 2
