"""A collection in two folders, as two machines write it: one catalog, each file in one place, and nothing lost."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from archives.collection import Collection, WritableCollection
from archives.errors import CollectionMissing, StorageFailed
from archives.folders import folders
from archives.layout import Layout
from archives.notices import read_notices, standing
from archives.recover import recover
from archives.takedown.order import Order, take_down
from archives.verify import verify
from archives.verify.findings import Checked

STORY = "http://news.example/story"


@pytest.fixture
def disks(postgres, tmp_path) -> Callable[..., Collection]:
    """Opens the collection on the disk of that name."""
    database = postgres.database()

    def disks(name: str, *, write: bool = True) -> Collection:
        return Collection.open(tmp_path / name / "paper", write=write, database=database)

    disks.database = database
    disks.path = lambda name: tmp_path / name / "paper"
    return disks


def findings(disks, name: str) -> tuple[list[str], int]:
    """What verification finds on a disk, and how many files it leaves to whoever verifies elsewhere."""
    checked = Checked()
    found = [str(one) for one in verify(disks.path(name), checked=checked, database=disks.database)]
    return found, checked.elsewhere


def test_two_write_at_once_and_what_both_archive_is_there_once(disks, exchange):
    """Both had the payload before either could know: both files hold it, and the first is what others refer to."""
    with disks("a") as one, disks("b") as other:
        made = [collection.archive(exchange(STORY)) for collection in (one, other)]
        assert [capture.kind for capture in made] == ["response", "response"]
        assert made[0].warc != made[1].warc
        other.flush()
        one.flush()
        again = [collection.archive(exchange(f"{STORY}?again={n}")) for n, collection in enumerate((one, other))]
        assert [capture.kind for capture in again] == ["revisit", "revisit"]
        assert {capture.refers_to for capture in again} == {made[1].record_id}, "whose row came first"
    assert findings(disks, "a") == findings(disks, "b") == ([], 1)


def test_many_write_the_same_at_once(disks, exchange):
    """Each on a disk of its own; whoever refers to another's capture refers to one that is there."""
    bodies = [f"<p>Story {number}</p>".encode() for number in range(10)]

    def write(name: str) -> None:
        with disks(name) as collection:
            for number, body in enumerate(bodies):
                collection.archive(exchange(f"{STORY}/{name}/{number}", body))
                collection.flush()

    names = "abc"
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(write, names))
    with disks("a", write=False) as collection:
        captures = {capture.record_id: capture for capture in collection.captures()}
    assert len(captures) == len(names) * len(bodies)
    for capture in captures.values():
        holder = captures[capture.refers_to] if capture.refers_to else capture
        assert (holder.kind, holder.payload_digest) == ("response", capture.payload_digest)
    assert [findings(disks, name) for name in names] == [([], 2)] * 3


def test_what_is_elsewhere_is_said_to_be_there(disks, exchange):
    with disks("a") as one:
        original = one.archive(exchange(STORY))
    with disks("b") as other:
        revisit = other.archive(exchange(f"{STORY}?again"))
        assert (other.holds(original), other.holds(revisit)) == (False, False)
        for capture in (original, revisit):
            with pytest.raises(StorageFailed, match=rf"is in the collection's folder at .*:{disks.path('a')}; read it"):
                other.payload(capture)
    with disks("a", write=False) as one:
        assert one.holds(original)
        assert one.payload(original) == b"<p>Ferry late again</p>"


def test_recovery_leaves_alone_what_is_elsewhere(disks, exchange):
    with disks("a") as one:
        one.archive(exchange(STORY))
    with disks("b") as other:
        other.archive(exchange(f"{STORY}?again"))
    assert recover(disks.path("b"), reindex=True, database=disks.database) == ()
    assert findings(disks, "a") == findings(disks, "b") == ([], 1)


def test_each_repairs_its_own_torn_file(disks, exchange):
    """The other one's is being written, and its tail is not whole yet."""
    with disks("a") as one:
        one.archive(exchange(STORY))
        one.flush()
        (torn,) = one.layout.open_warcs()
        with disks("b") as other:
            assert other.repairs == ()
            other.archive(exchange(f"{STORY}?again"))
        assert torn.exists()


def test_a_file_that_is_gone_is_a_loss_only_where_it_was(disks, exchange):
    with disks("a") as one:
        lost = one.archive(exchange(STORY))
    with disks("b") as other:
        other.archive(exchange(f"{STORY}?again", b"<p>Another</p>"))
    (disks.path("a") / "archive" / lost.warc).unlink()
    found, _ = findings(disks, "a")
    assert "the catalog has captures in this file, and it is not there" in found[0]
    assert findings(disks, "b") == ([], 1)


def test_a_disk_that_is_gone_is_given_up(disks, exchange):
    with disks("a") as one:
        lost = one.archive(exchange(STORY))
        mark = one.layout.mark
    with disks("b") as other:
        other.archive(exchange(f"{STORY}?again", b"<p>Another</p>"))
        own = other.layout.mark
    shutil.rmtree(disks.path("a"))
    (forgotten,) = recover(disks.path("b"), gone=mark, database=disks.database)
    assert str(forgotten).startswith(f"{lost.warc}: not there any more; 1 capture and what came of it")
    assert findings(disks, "b") == ([], 0)
    for unknown in (mark, own):
        with pytest.raises(CollectionMissing, match=rf"{unknown} is .*; 'newswarc status paper' names the folders"):
            recover(disks.path("b"), gone=unknown, database=disks.database)


def test_folders_that_are_copied_into_one_are_one(disks, exchange):
    with disks("a") as one:
        one.archive(exchange(STORY))
    with disks("b") as other:
        revisit = other.archive(exchange(f"{STORY}?again"))
    for part in ("archive", "indexes", "items", "logs", "reports"):
        shutil.copytree(disks.path("b") / part, disks.path("a") / part, dirs_exist_ok=True)
    shutil.rmtree(disks.path("b"))
    with disks("a") as one:
        assert one.payload(revisit) == b"<p>Ferry late again</p>"
        assert [len(folder.files) for folder in folders(one.catalog)] == [2]
    assert findings(disks, "a") == ([], 0)
    (disks.path("a") / "archive" / revisit.warc).unlink()
    assert "is not there" in findings(disks, "a")[0][0], "it is a loss now"


def test_nothing_is_taken_down_where_others_would_not_know(disks, exchange):
    with disks("a") as one:
        one.archive(exchange(STORY))
    with disks("b") as other:
        other.archive(exchange(f"{STORY}?again"))
        with pytest.raises(StorageFailed, match=f"are also in .*:{disks.path('a')}; copy them"):
            take_down(other, Order(target=STORY, action="hide"))


def test_what_is_blocked_is_blocked_in_all_folders(disks, exchange):
    with disks("a") as one:
        one.archive(exchange(STORY))
        take_down(one, Order(target=STORY, action="block"))
    with disks("b") as other:
        assert standing(other.layout).blocks(STORY)
    with disks("a") as one:
        take_down(one, Order(target=STORY, action="undo"))
    with disks("b") as other:
        assert not standing(other.layout).blocks(STORY)
        assert [notice.action for notice in read_notices(other.layout)] == ["block", "undo"]


def test_a_folder_from_before_there_were_several_is_taken_in(disks, exchange):
    with disks("a") as one:
        one.archive(exchange(STORY))
    Layout(disks.path("a")).mark_path.unlink()
    with disks("a") as one:
        one.archive(exchange(f"{STORY}?later"))
        assert [len(folder.files) for folder in folders(one.catalog)] == [2]


def test_no_two_folders_name_a_file_or_a_run_alike(disks, exchange, clock):
    made: set[str] = set()
    for name in "abc":
        with disks(name) as collection:
            assert isinstance(collection, WritableCollection)
            made |= {collection.layout.new_warc_name(clock()), collection.layout.new_job(clock())}
    assert len(made) == 6


def test_a_catalog_in_its_folder_knows_of_no_others(collection):
    assert folders(collection.catalog) == []
    assert not Path(collection.layout.mark_path).exists()
