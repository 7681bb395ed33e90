import sys
from pathlib import Path

import pytest

from archives.errors import ReplayUnavailable
from archives.replay import replay
from archives.replay.pywb import configuration, find_wayback


def test_pywb_that_is_named_but_not_there(monkeypatch):
    monkeypatch.setenv("NEWSWARC_PYWB", "/nowhere/wayback")
    with pytest.raises(ReplayUnavailable, match="/nowhere/wayback, which is no file; install pywb"):
        find_wayback()


def test_pywb_that_is_not_installed(monkeypatch, tmp_path):
    monkeypatch.delenv("NEWSWARC_PYWB", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReplayUnavailable, match="environment of its own"):
        find_wayback()


def test_pywb_in_an_environment_beside_this_one(monkeypatch, tmp_path):
    monkeypatch.delenv("NEWSWARC_PYWB", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    program = tmp_path / ".venv-replay" / "bin" / "wayback"
    program.parent.mkdir(parents=True)
    program.touch()
    assert find_wayback() == program


def test_a_program_that_ends_at_once(tmp_path):
    program = tmp_path / "wayback"
    program.write_text("#!/bin/sh\necho no such port >&2\nexit 3\n")
    program.chmod(0o755)
    with (
        pytest.raises(ReplayUnavailable, match="ended with status 3: no such port"),
        replay([tmp_path], program=program),
    ):
        pass


def test_the_process_ends_with_the_block(pywb, tmp_path):
    (tmp_path / "c" / "archive").mkdir(parents=True)
    (tmp_path / "c" / "indexes").mkdir()
    with replay([Path(tmp_path / "c")], program=pywb) as server:
        assert server.process.poll() is None
        assert server.page("c", "20310302", "http://example.org/") == f"{server.url}/c/20310302mp_/http://example.org/"
    assert server.process.poll() is not None


def test_collections_of_one_name(tmp_path):
    """pywb knows them by their names: one would hide the other."""
    with pytest.raises(ReplayUnavailable, match="paper: several collections have this name; replay them one by one"):
        configuration([tmp_path / "one" / "paper", tmp_path / "two" / "paper"])
