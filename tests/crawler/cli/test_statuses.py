"""The exit statuses that the reference lists are those that commands end with."""

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
