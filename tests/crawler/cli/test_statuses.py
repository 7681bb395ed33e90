"""The exit statuses that the reference lists are those that commands end with."""

import gzip
import re
from pathlib import Path

import pytest

from crawler.cli import COMMANDS, FOUND_BAD, INTERRUPTED, READER_LEFT, USAGE, newswarc
from tests.support.commands import run

REFERENCE = Path(__file__).parents[3] / "docs" / "reference.md"


@pytest.fixture(scope="module")
def table():
    """What each status means."""
    text = REFERENCE.read_text(encoding="utf-8").partition("## Exit statuses")[2].partition("\n## ")[0]
    return {int(status): meaning for status, meaning in re.findall(r"^\| (\d+) \| (.+) \|$", text, re.MULTILINE)}


def test_the_reference_and_the_help_have_all_of_them(table):
    assert table.keys() == {0, FOUND_BAD, USAGE, INTERRUPTED, READER_LEFT}
    told = " ".join(newswarc.help.split())
    assert all(re.search(rf"\b{status} \w", told) for status in table)
    stopped = {name.split()[0] for name in re.findall(r"`([a-z ]+)`", table[0])}
    assert stopped <= set(COMMANDS)
    assert all(name in told for name in stopped)


@pytest.mark.parametrize(
    ("status", "command"),
    [
        (0, ("sites",)),
        (FOUND_BAD, ("extract", "torn.warc.gz")),
        (USAGE, ("jobs", "show", "7")),
        (USAGE, ("crawl", "nobody")),
        (USAGE, ("status", "--nosuch")),
    ],
)
def test_a_command_ends_with_its_status(tmp_path, table, status, command):
    (tmp_path / "torn.warc.gz").write_bytes(b"WARC/1.1 and no more")
    done = run(tmp_path, "newswarc", *command)
    assert done.status == status, done.err
    if status == USAGE:
        assert "nothing is on standard output" in table[status]
        assert (done.out, len(done.faults)) == ("", 1)


@pytest.mark.parametrize(
    ("command", "environment", "said"),
    [
        (("extract", "--queue", "crawl.warc.gz", "-o", "out"), {}, "a list has a path or an address a line"),
        (("extract", "--queue", "paths.txt", "-o", "file"), {}, "file is a file; with --queue name a folder"),
        (("crawl", "http://127.0.0.1:9/"), {"HOME": "file"}, "no collection can be made there: Not a directory"),
        (("jobs", "list"), {"DATABASE": "nonsense"}, "NEWSWARC_DATABASE is 'nonsense', which cannot be"),
        (("jobs", "list"), {"DATABASE": "ada:secret@host"}, "NEWSWARC_DATABASE cannot be read as"),
        (("status", "x"), {"DATABASE": "postgresql://ada:secret@host:a/b"}, "NEWSWARC_DATABASE cannot be read as"),
        (("jobs", "list"), {"DATABASE": "mysql://ada:secret@host/news"}, "ada:***@host/news: no database that"),
    ],
)
def test_what_was_named_and_cannot_serve_is_no_fault_of_the_disk(tmp_path, command, environment, said):
    (tmp_path / "crawl.warc.gz").write_bytes(gzip.compress(b"WARC/1.1 \xff\xfe"))
    (tmp_path / "paths.txt").write_text("crawl.warc.gz\n")
    (tmp_path / "file").write_text("no folder")
    done = run(tmp_path, "newswarc", *command, **{f"NEWSWARC_{name}": value for name, value in environment.items()})
    assert (done.status, done.out) == (USAGE, "")
    assert said in done.one_line
    assert "secret" not in done.err
    assert "make room" not in done.err
