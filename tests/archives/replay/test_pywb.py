import sys
from pathlib import Path

import pytest

from archives.cdxj import Capture
from archives.collection import Collection
from archives.errors import ReplayUnavailable
from archives.replay import replay
from archives.replay.pywb import DIRECT, configuration, find_wayback


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


def test_what_comes_within_a_second_is_replayed(pywb, exchange, tmp_path):
    """Of two files that are sealed in one second, pywb has listed the first alone."""

    def archived(url: str) -> Capture:
        with Collection.open(tmp_path / "paper", write=True) as collection:
            return collection.archive(exchange(url, url.encode()))

    archived("http://news.example/before")
    with replay([tmp_path / "paper"], program=pywb) as running:
        for url in ("http://news.example/first", "http://news.example/second"):
            page = running.page("paper", archived(url).timestamp, url, modifier="id_")
            with DIRECT.open(page, timeout=30) as shown:
                assert shown.read() == url.encode()


def test_collections_of_one_name(tmp_path):
    """pywb knows them by their names: one would hide the other."""
    with pytest.raises(ReplayUnavailable, match="paper: several collections have this name; replay them one by one"):
        configuration([tmp_path / "one" / "paper", tmp_path / "two" / "paper"])
