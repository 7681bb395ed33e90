"""What a person is told who typed something else than was meant: what, what next, and an exit status."""

import json

import pytest

from crawler.cli.options import counted
from tests.support.commands import run

STORY = "/2031/03/02/a-ferry-for-the-harbour"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["extrct"], "No such command 'extrct'; did you mean 'extract'?"),
        (["frobnicate"], "No such command 'frobnicate'; see 'newswarc --help'"),
        (["crawl"], "Missing argument 'SITE|URL…'; see 'newswarc crawl --help'"),
        (
            ["crawl", "newsroom", "-o", "/nonexistent/a.jsonl"],
            "/nonexistent is not there; make it, or choose another place",
        ),
        (["export", "paper", "-o", "folder"], "folder is a folder; name a file"),
        (["export", "paper", "--format", "markdown", "-o", "file"], "file is a file; name a folder"),
        (["export", "paper", "--format", "markdown"], "name their folder with -o, or a store in NEWSWARC_STORE"),
        (["export", "paper", "--site", "nosuch"], "no article of the site 'nosuch'; no article in it has a site"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_one_line_says_what_next(newswarc, archived, tmp_path, page, arguments, says):
    archived((STORY, page(STORY), None))
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    said = newswarc(*arguments)
    assert said.err.startswith("newswarc: ")
    assert said.err.endswith(f"{says}\n")
    assert said.err.count("\n") == 1
    assert (said.status, said.out) == (2, "")


def test_the_bare_command_shows_its_help(newswarc):
    said = newswarc()
    assert said.err.startswith("Usage: newswarc ")
    assert "\n  crawl " in said.err
    assert said.status == 2


def test_a_site_as_its_file_has_it(newswarc):
    """Patterns whole, brackets too; nothing of Python's own notation."""
    said = newswarc("sites", "themoscowtimes")
    assert r"/\d{4}/\d{2}/\d{2}/[\w%-]+" in [line.split()[-1] for line in said.out.splitlines()]
    assert "politeness.delay        1.0" in said.out
    for sign in ("UrlPattern", "None", "{'", "('", "True", "False"):
        assert sign not in said.out
    row = json.loads(newswarc("sites", "themoscowtimes", "--json").out)
    assert row["reject"] == [r"/\d{4}/\d{2}/\d{2}/[\w%-]+/print/?"]


def test_all_sites_for_programs(newswarc):
    rows = {row["name"]: row for row in json.loads(newswarc("sites", "--json").out)}
    assert rows["newsroom"]["politeness"]["recheck_after"] == ["0 d"]
    assert rows["themoscowtimes"]["politeness"]["recheck_after"] is None


def test_a_faulty_site_file_is_one_line_for_scrapy_too(tmp_path):
    (tmp_path / "mine.toml").write_text('feeds = ["https://n.example/rss"]\n')
    for command in (["list"], ["crawl", "newsroom"]):
        done = run(tmp_path, "scrapy", *command, NEWSWARC_SITES=str(tmp_path))
        assert done.err.startswith(f"newswarc: {tmp_path / 'mine.toml'}: domains: is missing; ")
        assert (done.status, done.err.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        (("-a", "max_pages=-3"), "max_pages: '-3' is no number from 0 on; "),
        (("-a", "max_pages=abc"), "max_pages: 'abc' is no number from 0 on; "),
        (("-a", "base=nonsense"), "base: no scheme; give an origin such as "),
        (("-a", "base=http://user:hush@127.0.0.1/"), "base: URL with a password; "),
        (("-s", "CAPTURE_REPLAY_DATE=yesterday"), "CAPTURE_REPLAY_DATE: 'yesterday' is no date; "),
        (("-s", "CAPTURE_REPLAY_MISS=abc"), "CAPTURE_REPLAY_MISS: 'abc' is no HTTP status; "),
        (("-s", "NEWSWARC_REQUISITES=pictures"), "NEWSWARC_REQUISITES: 'pictures' is unknown; write all, images, none"),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_an_argument_of_scrapys_that_cannot_be_meant(tmp_path, argument, says):
    done = run(tmp_path, "scrapy", "crawl", "newsroom", *argument, "-s", "LOG_LEVEL=ERROR")
    assert done.err.startswith(f"newswarc: {says}")
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert "hush" not in done.err
    assert not (tmp_path / "collections").exists()


@pytest.mark.parametrize("contact", ["not a contact", "desk", "https://", "desk@example", "me@example.org\x07"])
def test_a_contact_that_nobody_can_write_to(newswarc, monkeypatch, contact):
    monkeypatch.setattr("crawler.settings.NEWSWARC_CONTACT", contact)
    said = newswarc("crawl", "newsroom")
    assert said.err.startswith(f"newswarc: NEWSWARC_CONTACT: {contact!r} is neither a URL nor a mail address; ")
    assert said.status == 2


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 articles"), (1, "1 article"), (2, "2 articles"), (1200, "1,200 articles")]
)
def test_one_of_a_kind(number, expected):
    assert counted(number, "article") == expected


@pytest.mark.parametrize("group", [[], ["jobs"], ["sites"], ["schedule"], ["alerts"]], ids=" ".join)
def test_help_says_all_of_what_a_command_does(newswarc, monkeypatch, group):
    """In a terminal of 80 columns the first sentence of each is folded, and not cut off."""
    monkeypatch.setenv("COLUMNS", "80")
    _, told, commands = newswarc(*group, "--help").out.partition("Commands:\n")
    assert told
    assert "..." not in commands
    assert max(map(len, commands.splitlines())) <= 80
