"""Bad input gets one clear line (what, where, what next) and an exit status, and costs nothing that was there."""

import gzip
import json
import os
import socket

import pytest

from archives.collection import Collection
from tests.support.warcs import response


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["extract", "missing.warc.gz"], 2, "missing.warc.gz: no such file or collection"),
        (["extract"], 2, "INPUT"),
        (["export", "nowhere"], 2, "no collection there"),
        (["verify", "nowhere"], 2, "no such file or collection"),
        (["replay", "nowhere"], 2, "no collection there"),
        (["status", "nowhere"], 2, "no collection there"),
        (["sites", "nowhere"], 2, "no site 'nowhere'"),
        (["crawl", "nowhere"], 2, "neither a site nor an address"),
        (["crawl", "https://news.example/\x01"], 2, "control character"),
        (["crawl", "https://user:hush@news.example/"], 2, "newswarc: https://news.example/: URL with a password; "),
        (["crawl", "user:hush@news.example"], 2, "newswarc: news.example: neither a site nor an address"),
        *((["crawl", "newsroom", "--collection", name], 2, f"{name!r} is no name") for name in ("", ".", "..")),
        (["status", "."], 2, "'.' is no name of a collection; for a folder of any place write it with a slash"),
        (["export", ""], 2, "'' is no name of a collection"),
        (["pack", "sites/notes.txt"], 2, "notes.txt: a file, and no collection"),
        (["export", "sites/notes.txt"], 2, "notes.txt: a file, and no collection"),
        (["status", "sites/notes.txt"], 2, "notes.txt: a file, and no collection"),
        (["recover", "sites/notes.txt"], 2, "notes.txt: a file, and no collection"),
        (["replay", "sites/notes.txt"], 2, "notes.txt: neither a collection nor a WACZ"),
        (["crawl", "https://news.example/" + "a" * 20_000], 2, "characters"),
        (["newsroom", "--clock", "yesterday"], 2, "'yesterday' is not an ISO 8601 time"),
        (["demolish"], 2, "No such command"),
    ],
    ids=lambda value: " ".join(map(str, value))[:40] if isinstance(value, list) else "",
)
def test_what_cannot_be_carried_out(person, arguments, status, words):
    (person.folder / "sites" / "notes.txt").write_text("Buy milk.\n")
    done = person.newswarc(*arguments)
    assert words in done.one_line
    assert "hush" not in done.err
    assert done.status == status


def test_a_file_that_is_no_warc(person, tmp_path):
    (tmp_path / "notes.txt").write_text("Buy milk.\n")
    for command in ("extract", "verify"):
        done = person.newswarc(command, "notes.txt")
        assert "not a WARC file" in done.err + done.out
        assert done.status == 1


LAMPS = "https://news.example/2031/03/02/lamps"


def member(page: bytes, number: int = 1) -> bytes:
    return gzip.compress(response(f"{LAMPS}-{number}", page, number=number))


def test_a_warc_with_a_torn_tail_gives_what_is_whole(person, story, tmp_path):
    whole = member(story().encode(), 40)
    torn = member(story().encode(), 50)[:-40]
    (tmp_path / "torn.warc.gz").write_bytes(whole + torn)
    done = person.newswarc("extract", "torn.warc.gz")
    assert done.out.count("\n") == 1
    assert f"torn.warc.gz at {len(whole)}" in done.one_line
    assert done.status == 1


def test_twenty_megabytes_of_nested_tags(person, tmp_path):
    (tmp_path / "deep.html").write_bytes(b"<html><body>" + b"<div>" * 4_000_000)
    done = person.newswarc("extract", "deep.html", "--url", "https://news.example/deep")
    assert "Traceback" not in done.err
    assert done.status == 0


def test_an_output_that_cannot_be_written_keeps_what_was_there(person, tmp_path):
    (tmp_path / "out.jsonl").write_text("kept\n")
    done = person.newswarc("extract", "missing.warc", "-o", "out.jsonl")
    assert done.status == 2
    assert (tmp_path / "out.jsonl").read_text() == "kept\n"


def test_a_second_writer_is_refused(person, tmp_path):
    with Collection.open(tmp_path / "collections" / "paper", write=True):
        done = person.newswarc("crawl", "http://127.0.0.1:9/", "--allow-private", "--collection", "paper")
    assert "another process is writing" in done.one_line
    assert done.status == 2


def test_a_folder_that_cannot_be_written(person, tmp_path):
    (tmp_path / "collections").write_text("in the way")
    done = person.newswarc("crawl", "http://127.0.0.1:9/", "--allow-private", "--collection", "paper")
    assert "choose another folder" in done.one_line
    assert done.status == 2
    assert (tmp_path / "collections").read_text() == "in the way"


def test_the_traceback_comes_with_debug(person):
    done = person.newswarc("--debug", "export", "nowhere")
    assert "Traceback" in done.err


def test_a_lone_file_from_an_address_that_is_none(person, story, tmp_path):
    (tmp_path / "page.html").write_bytes(story().encode())
    done = person.newswarc("extract", "page.html", "--url", "https://[::1")
    assert "--url" in done.one_line
    assert done.status == 2


@pytest.mark.parametrize("length", [3, 10, 60, 200])
def test_a_warc_that_was_cut_off(person, story, length, tmp_path):
    """Nothing whole is in it: it is no WARC file, or a torn one."""
    (tmp_path / "cut.warc.gz").write_bytes(member(story().encode(), 40)[:length])
    for command in ("extract", "verify"):
        done = person.newswarc(command, "cut.warc.gz")
        assert "cut.warc.gz at 0: " in done.err + done.out
        assert "Traceback" not in done.err
        assert done.status == 1


def test_a_torn_tail_is_named_by_verify(person, story, tmp_path):
    whole = member(story().encode(), 40)
    (tmp_path / "torn.warc.gz").write_bytes(whole + member(story().encode(), 50)[:-40])
    done = person.newswarc("verify", "torn.warc.gz")
    assert done.out.count("\n") == 1
    assert done.out.startswith(f"torn.warc.gz at {len(whole)}: ")
    assert done.status == 1


def test_a_port_that_is_taken(person):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = person.newswarc("newsroom", "--port", str(taken.getsockname()[1]))
    assert "choose another port" in done.one_line
    assert done.status == 2


def test_a_collection_whose_catalog_is_none(person, tmp_path):
    """A file that is no database is told, and left as it is."""
    Collection.open(tmp_path / "collections" / "paper", write=True).close()
    catalog = tmp_path / "collections" / "paper" / "catalog.sqlite"
    catalog.write_bytes(b"Buy milk.\n" * 1_000)
    crawl = ["crawl", "http://127.0.0.1:9/", "--collection", "paper"]
    for command in (["export", "paper"], ["status"], ["verify", "paper"], crawl):
        done = person.newswarc(*command)
        assert "catalog.sqlite: file is not a database; " in done.one_line
        assert done.status == 1
    assert catalog.read_bytes() == b"Buy milk.\n" * 1_000


def test_standard_output_by_its_name_is_gone_on_with(person, story, tmp_path):
    """As a shell's `>>` has it: what stands in the file stays before what comes."""
    (tmp_path / "one.warc").write_bytes(response(f"{LAMPS}-1", story().encode(), number=1))
    out = tmp_path / "out.jsonl"
    out.write_text("kept\n")
    with out.open("a") as stdout:
        done = person.newswarc("extract", "one.warc", "-o", "/dev/stdout", stdout=stdout.fileno())
    assert done.status == 0
    kept, line = out.read_text().splitlines()
    assert (kept, json.loads(line)["url"]) == ("kept", f"{LAMPS}-1")


@pytest.mark.parametrize(
    "arguments",
    [["extract", "one.warc"], ["extract", "one.warc", "-o", "/dev/stdout"], ["sites"], ["sites", "--json"]],
    ids=" ".join,
)
def test_a_reader_that_goes_away_is_no_fault(person, story, tmp_path, arguments):
    """As `head` does: the status is that of a program which SIGPIPE has ended."""
    (tmp_path / "one.warc").write_bytes(response(f"{LAMPS}-1", story().encode(), number=1))
    read, write = os.pipe()
    os.close(read)
    done = person.newswarc(*arguments, stdout=write)
    os.close(write)
    assert done.status == 141
    assert done.faults == []
