"""The traceback of a failure, for who asks for it."""

import sys

import pytest

from archives.errors import CollectionMissing
from crawler.cli import main


@pytest.mark.parametrize("arguments", [("--debug", "export", "nowhere"), ("export", "nowhere", "--debug")])
def test_debug_stands_before_the_command_or_after_it(monkeypatch, tmp_path, arguments):
    monkeypatch.setenv("NEWSWARC_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["newswarc", *arguments])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(CollectionMissing):
        main()


def test_without_it_there_is_one_line(newswarc):
    assert newswarc("export", "nowhere").err.startswith("newswarc: ")
    assert newswarc("export", "nowhere").err.count("\n") == 1
