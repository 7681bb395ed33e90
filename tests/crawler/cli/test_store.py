"""`store` sends a collection's WARC files where NEWSWARC_STORE says; `status` tells what is there."""

import json

import pytest

DAY = "/2031/03/02"


@pytest.fixture
def mount(tmp_path, monkeypatch):
    """A store that is a folder: any address that fsspec knows is one."""
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    monkeypatch.setenv("NEWSWARC_STORE", f"file://{tmp_path}/mount")
    return tmp_path / "mount"


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_sealed_before_is_sent_once(newswarc, archived, mount, tmp_path, page):
    archived((f"{DAY}/story-number-1-of-today", page("1"), None))
    archived((f"{DAY}/story-number-2-of-today", page("2"), None))
    said = newswarc("store", "paper")
    assert said.err.startswith(f"{tmp_path}/collections/paper: 2 WARC files sent to file://{mount}/paper, ")
    for folder in ("archive", "indexes"):
        assert names(mount / "paper" / folder) == names(tmp_path / "collections" / "paper" / folder)
    assert json.loads(newswarc("store", "paper", "--json").out)["sent"] == []
    archived((f"{DAY}/story-number-3-of-today", page("3"), None))
    assert f"paper: 2 files in file://{mount}/paper, 1 to be sent\n" in newswarc("status", "paper").out
    assert "sent to" in newswarc("recover", "paper").out
    assert f"paper: 3 files in file://{mount}/paper, 0 to be sent\n" in newswarc("status", "paper").out


def test_without_an_address_nothing_is_sent(newswarc, archived, page):
    archived((f"{DAY}/story-number-1-of-today", page("1"), None))
    said = newswarc("store", "paper")
    assert (said.status, said.one_line) == (
        2,
        "newswarc: NEWSWARC_STORE names no store; set it to an address such as s3://bucket/prefix",
    )
