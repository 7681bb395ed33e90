"""A folder to which files are added is all of them or what it was, in an object store, too."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from archives.errors import StorageFailed
from crawler.export.places import folder
from tests.support.s3 import Door, door

BEFORE = {"papers/out/a.md": b"of old", "papers/out/b/b.md": b"of old", "papers/out/z.md": b"of old"}
ADDED = ["a.md", "b/b.md", "c.md", "refused.md"]


@pytest.fixture
def entrance(s3, monkeypatch, tmp_path) -> Iterator[Door]:
    """The store's, in which there is something already."""
    for path, content in BEFORE.items():
        s3.put(path, content)
    (tmp_path / "own").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "own"))
    with door(s3) as opened:
        for name, value in (s3.environment | {"AWS_ENDPOINT_URL": opened.address, "AWS_MAX_ATTEMPTS": "1"}).items():
            monkeypatch.setenv(name, value)
        yield opened


def there(s3) -> dict[str, bytes]:
    return {f"papers/{key}": s3.get(f"papers/{key}") for key in s3.keys("papers")}


def export(last: str = "new") -> None:
    with folder("s3://papers/out") as out:
        for name in ADDED:
            with out.create(name) as file:
                file.write((last if name == ADDED[-1] else "new").encode())


def test_a_folder_for_the_draft_that_cannot_be_had_is_one_clear_line(entrance, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(
        StorageFailed, match=r"gone/\S+: cannot be written: No such file.*; name another folder in TMPDIR"
    ):
        export()


def test_what_is_wrong_elsewhere_is_not_told_of_the_folder(tmp_path):
    """Not even in a folder whose name begins as this one's."""
    (tmp_path / "out").mkdir()
    with pytest.raises(FileNotFoundError), folder(str(tmp_path / "out")):
        (tmp_path / "outer" / "file").read_bytes()
    with pytest.raises(StorageFailed, match="out: cannot be written"), folder(str(tmp_path / "out")):
        (tmp_path / "out" / "file").read_bytes()


@pytest.mark.parametrize("made", [True, False], ids=["there", "new"])
def test_of_two_exports_at_once_the_later_one_is_refused(tmp_path, made):
    """As where one of a schedule takes longer than usual: it removed the draft of the first, whose files were torn."""
    if made:
        (tmp_path / "out").mkdir()
    for _ in range(2):
        with folder(str(tmp_path / "out")) as first, first.create("a") as file:
            with pytest.raises(StorageFailed, match="out: another export writes into it; wait for its end"):
                folder(str(tmp_path / "out")).__enter__()
            file.write(b"whole")
        assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == {"a": b"whole"}


def test_what_an_export_left_that_was_killed_goes_with_the_next(tmp_path):
    for draft in (".out.tmp/b", "out/.export.tmp/b"):
        (tmp_path / draft).mkdir(parents=True)
        (tmp_path / draft / "torn").touch()
        with folder(str(tmp_path / "out")) as out:
            out.create("a").close()
        assert [path.name for path in (tmp_path / "out").rglob("*")] == ["a"]
        assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_files_are_added_to_a_store_when_all_are_whole(entrance, s3, tmp_path):
    with folder("s3://papers/out") as out:
        assert (sorted(out.names("")), out.names("b"), out.names("nowhere")) == (["a.md", "b", "z.md"], ["b.md"], [])
        with out.create("a.md") as file:
            file.write(b"new")
        assert there(s3) == BEFORE
    assert there(s3) == BEFORE | {"papers/out/a.md": b"new"}
    assert [*(tmp_path / "own").iterdir()] == []


def test_an_export_that_fails_sends_nothing(entrance, s3, tmp_path):
    with pytest.raises(UnicodeEncodeError):
        export("\ud800")
    assert there(s3) == BEFORE
    assert "PUT" not in {method for method, _, _ in entrance.asked}
    assert [*(tmp_path / "own").iterdir()] == []


def when_the_others_are_there(s3, happens: Callable[[], object]) -> Callable[[str, str], object]:
    """Have something happen when the last file comes, and the others have replaced those of old."""

    def refuses(method: str, path: str) -> object:
        if method != "PUT" or "refused" not in path:
            return False
        while any(s3.get(f"papers/out/{name}") != b"new" for name in ADDED[:2]):
            time.sleep(0.01)
        return happens()

    return refuses


def test_a_store_that_refuses_one_file_has_what_it_had(entrance, s3, tmp_path):
    entrance.refuses = when_the_others_are_there(s3, lambda: True)
    with pytest.raises(StorageFailed, match=r"s3://papers/out/refused.md: .*try again"):
        export()
    assert there(s3) == BEFORE
    assert [*(tmp_path / "own").iterdir()] == []


def test_ctrl_c_leaves_a_store_as_it_was(entrance, s3, tmp_path):
    entrance.refuses = when_the_others_are_there(s3, lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        export()
    assert there(s3) == BEFORE
    assert [*(tmp_path / "own").iterdir()] == []


def test_what_cannot_be_put_back_is_kept_here(entrance, s3, tmp_path):
    def shut() -> bool:
        entrance.is_shut = True
        return True

    entrance.refuses = when_the_others_are_there(s3, shut)
    with pytest.raises(StorageFailed, match="what they replaced is in ") as failed:
        export()
    (kept,) = (tmp_path / "own").glob("*/replaced")
    assert str(kept) in str(failed.value)
    assert {path.name: path.read_bytes() for path in kept.rglob("*.md")} == {"a.md": b"of old", "b.md": b"of old"}
