"""A collection on a server whose files are in another folder, as on another machine: that is said, and nothing made."""

import socket

import pytest

from archives.collection import Collection
from archives.layout import Layout
from tests.crawler.cli.test_migrate import DAY, commit


@pytest.fixture
def database(postgres, monkeypatch):
    monkeypatch.setenv("NEWSWARC_DATABASE", url := postgres.database())
    return url


@pytest.fixture
def there(database, tmp_path):
    """The folder of the other machine."""
    path = tmp_path / "there" / "paper"
    with Collection.open(path, write=True, database=database) as collection:
        commit(collection, f"{DAY}/story-number-1-of-today", 1, "Ferry is late because of the ice")
    return path


def test_who_has_nothing_of_it_is_told_where_it_is(newswarc, there, tmp_path):
    """And whoever only reads makes nothing: neither a folder nor a file."""
    before = sorted(tmp_path.rglob("*"))
    status = newswarc("status", "paper")
    assert f"paper: 1 file in {socket.gethostname()}:{there} ({Layout(there).mark})\n" in status.out
    assert len(newswarc("export", "paper").out.splitlines()) == 1
    packed = newswarc("pack", "paper")
    assert packed.status == 2
    assert f"all of it is in {socket.gethostname()}:{there}; pack it there" in packed.one_line
    for command in ("extract", "verify"):
        said = newswarc(command, "paper")
        assert (said.status, said.out) == (2, "")
        assert "paper: nothing of it is on this disk; 'newswarc status paper' names the folders" in said.one_line
    assert "no such file or collection" in newswarc("extract", "newspaper").one_line
    assert sorted(tmp_path.rglob("*")) == before


def test_who_extracts_or_packs_a_part_is_told_of_the_others(newswarc, database, there, tmp_path):
    here = tmp_path / "collections" / "paper"
    with Collection.open(here, write=True, database=database):
        pass
    told = f"{here}: 1 file in other folders of the collection, to be extracted there; 'newswarc status {here}' names"
    said = newswarc("extract", "paper")
    assert (said.status, said.out) == (0, "")
    assert told in said.err
    assert f"all of it is in {socket.gethostname()}:{there}" in newswarc("pack", "paper").one_line
    with Collection.open(here, write=True, database=database) as collection:
        commit(collection, f"{DAY}/story-number-2-of-today", 2, "Ferry is on time again")
    assert told in newswarc("extract", "paper").err
    assert "1 file in other folders of the collection, to be packed there" in newswarc("pack", "paper").err
    assert "other folders" not in newswarc("extract", "paper", "--quiet").err
