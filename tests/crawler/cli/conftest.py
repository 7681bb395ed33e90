"""The command, called as from a shell but in this process, and a small collection."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from archives.collection import Collection
from archives.exchange import Exchange, message
from crawler.cli import main
from tests.support.commands import Said


@pytest.fixture
def newswarc(tmp_path, monkeypatch, capsys) -> Callable[..., Said]:
    """`newswarc(*arguments)` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSWARC_HOME", str(tmp_path / "collections"))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("NEWSWARC_SITES", raising=False)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("crawler.cli.extract.settle_in", lambda: None)  # this process goes on

    def run(*arguments) -> Said:
        monkeypatch.setattr(sys, "argv", ["newswarc", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(end.value.code or 0, said.out, said.err)

    return run


@pytest.fixture
def archived(tmp_path) -> Callable[..., None]:
    """Archives pages into the collection `paper`: (path, content, truncated), a minute between two."""

    def archive(*captures: tuple[str, bytes, str | None]) -> None:
        with Collection.open(tmp_path / "collections" / "paper", write=True) as collection:
            for number, (path, content, truncated) in enumerate(captures):
                collection.archive(exchange(f"https://news.example{path}", content, truncated, number))

    return archive


def exchange(url: str, content: bytes, truncated: str | None, number: int) -> Exchange:
    path = url.removeprefix("https://news.example")
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(content)}\r\n\r\n"
    return Exchange(
        url=url,
        started=datetime(2031, 3, 2, 8, tzinfo=UTC) + timedelta(minutes=number),
        request=f"GET {path} HTTP/1.1\r\nHost: news.example\r\n\r\n".encode(),
        response=message(head.encode() + content),
        truncated=truncated,
    )
