"""Bad input gets one clear line (what, where, what next) and an exit status, and costs nothing that was there."""

import gzip
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from archives.collection import Collection

BIN = Path(sys.executable).parent


def newswarc(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NEWSWARC_HOME": str(cwd / "collections")}
    return subprocess.run(
        [BIN / "newswarc", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    faults = [line for line in done.stderr.splitlines() if line.startswith("newswarc: ")]
    assert len(faults) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return faults[0]


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
        (["crawl", "https://news.example/" + "a" * 20_000], 2, "characters"),
        (["newsroom", "--clock", "yesterday"], 2, "'yesterday' is not an ISO 8601 time"),
        (["demolish"], 2, "No such command"),
    ],
    ids=lambda value: " ".join(map(str, value))[:40] if isinstance(value, list) else "",
)
def test_what_cannot_be_carried_out(arguments, status, words, tmp_path):
    done = newswarc(*arguments, cwd=tmp_path)
    assert words in one_line(done)
    assert done.returncode == status


def test_a_file_that_is_no_warc(tmp_path):
    (tmp_path / "notes.txt").write_text("Buy milk.\n")
    for command in ("extract", "verify"):
        done = newswarc(command, "notes.txt", cwd=tmp_path)
        assert "not a WARC file" in done.stderr + done.stdout
        assert done.returncode == 1


def record(url: str, page: bytes) -> bytes:
    message = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(page) + page
    )
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{len(page):012d}>\r\n"
        f"WARC-Date: 2031-03-02T08:00:00Z\r\nWARC-Target-URI: {url}\r\n"
        f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(message)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + message + b"\r\n\r\n")


def story(number: int) -> bytes:
    paragraphs = "".join(
        f"<p>The council of Varnholm met for the {word} time this spring and heard the harbour master, who asked for "
        f"{number} new lamps along the northern quay before the autumn storms.</p>"
        for word in ("first", "second", "third", "fourth")
    )
    return f"<html><body><article><h1>Council asks for {number} lamps</h1>{paragraphs}</article></body></html>".encode()


def test_a_warc_with_a_torn_tail_gives_what_is_whole(tmp_path):
    whole = record("https://news.example/2031/03/02/lamps-40", story(40))
    torn = record("https://news.example/2031/03/02/lamps-50", story(50))[:-40]
    (tmp_path / "torn.warc.gz").write_bytes(whole + torn)
    done = newswarc("extract", "torn.warc.gz", cwd=tmp_path)
    assert done.stdout.count("\n") == 1
    assert f"torn.warc.gz at {len(whole)}" in one_line(done)
    assert done.returncode == 1


def test_twenty_megabytes_of_nested_tags(tmp_path):
    (tmp_path / "deep.html").write_bytes(b"<html><body>" + b"<div>" * 4_000_000)
    done = newswarc("extract", "deep.html", "--url", "https://news.example/deep", cwd=tmp_path)
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1)


def test_an_output_that_cannot_be_written_keeps_what_was_there(tmp_path):
    (tmp_path / "out.jsonl").write_text("kept\n")
    done = newswarc("extract", "missing.warc", "-o", "out.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "out.jsonl").read_text() == "kept\n"


def test_a_second_writer_is_refused(tmp_path):
    with Collection.open(tmp_path / "collections" / "paper", write=True):
        done = newswarc("crawl", "http://127.0.0.1:9/", "--allow-private", "--collection", "paper", cwd=tmp_path)
    assert "another process is writing" in one_line(done)
    assert done.returncode == 2


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "collections").write_text("in the way")
    done = newswarc("crawl", "http://127.0.0.1:9/", "--allow-private", "--collection", "paper", cwd=tmp_path)
    assert "choose another folder" in one_line(done)
    assert done.returncode in (1, 2)
    assert (tmp_path / "collections").read_text() == "in the way"


def test_the_traceback_comes_with_debug(tmp_path):
    done = newswarc("--debug", "export", "nowhere", cwd=tmp_path)
    assert "Traceback" in done.stderr


def test_a_lone_file_from_an_address_that_is_none(tmp_path):
    (tmp_path / "page.html").write_bytes(story(40))
    done = newswarc("extract", "page.html", "--url", "https://[::1", cwd=tmp_path)
    assert "--url" in one_line(done)
    assert done.returncode == 2


@pytest.mark.parametrize("length", [3, 10, 60, 200])
def test_a_warc_that_was_cut_off(tmp_path, length):
    """Nothing whole is in it: it is no WARC file, or a torn one."""
    (tmp_path / "cut.warc.gz").write_bytes(record("https://news.example/2031/03/02/lamps-40", story(40))[:length])
    for command in ("extract", "verify"):
        done = newswarc(command, "cut.warc.gz", cwd=tmp_path)
        assert "cut.warc.gz at 0: " in done.stderr + done.stdout
        assert "Traceback" not in done.stderr
        assert done.returncode == 1


def test_a_torn_tail_is_named_by_verify(tmp_path):
    whole = record("https://news.example/2031/03/02/lamps-40", story(40))
    (tmp_path / "torn.warc.gz").write_bytes(whole + record("https://news.example/2031/03/02/a", story(50))[:-40])
    done = newswarc("verify", "torn.warc.gz", cwd=tmp_path)
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith(f"torn.warc.gz at {len(whole)}: ")
    assert done.returncode == 1


def test_a_port_that_is_taken(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = newswarc("newsroom", "--port", str(taken.getsockname()[1]), cwd=tmp_path)
    assert "choose another port" in one_line(done)
    assert done.returncode == 2


def test_a_collection_whose_catalog_is_none(tmp_path):
    """A file that is no database is told, and left as it is."""
    Collection.open(tmp_path / "collections" / "paper", write=True).close()
    catalog = tmp_path / "collections" / "paper" / "catalog.sqlite"
    catalog.write_bytes(b"Buy milk.\n" * 1_000)
    crawl = ["crawl", "http://127.0.0.1:9/", "--collection", "paper"]
    for command in (["export", "paper"], ["status"], ["verify", "paper"], crawl):
        done = newswarc(*command, cwd=tmp_path)
        assert "catalog.sqlite: file is not a database; " in one_line(done)
        assert done.returncode == 1
    assert catalog.read_bytes() == b"Buy milk.\n" * 1_000
