"""Ctrl-C and SIGTERM: work that was interrupted ends with 130, servers that are meant to be stopped with 0."""

import os
import signal
import socket
import subprocess
import time
import urllib.request

import pytest

from archives.collection import Collection
from tests.support.commands import BIN, environment_in

DAY = "/2024/06/11"
SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])


@pytest.fixture
def begin(tmp_path):
    """Begins a command in a process of its own, as a shell does."""
    begun = []

    def begin(*arguments):
        process = subprocess.Popen(
            [BIN / "newswarc", *arguments],
            cwd=tmp_path,
            env=environment_in(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        process.terminate()  # which takes along what it started
        process.communicate(timeout=20)


def wait_for(what, seconds=20.0):
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@SIGNALS
def test_crawl(begin, paper, number):
    paper.put_robots("User-agent: *\nCrawl-delay: 0.3\n")
    feed = paper.put_feed("/feed", *(paper.put_article(f"{DAY}/story-number-{n}-of-today") for n in range(30)))
    process = begin("crawl", feed, "--allow-private", "--collection", "paper")
    wait_for(lambda: any(path.startswith(DAY) for path in paper.asked))
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    (line,) = err.splitlines()
    assert line.startswith("newswarc: interrupted, ")
    assert "pending; the same command goes on with them" in line
    assert "shutdown" in out


def test_demo_while_it_crawls(tmp_path, begin):
    """Nothing is exported, verified or replayed of a crawl that was interrupted."""
    process = begin("demo")
    wait_for(lambda: any((tmp_path / "collections" / "demo").glob("archive/*.open")))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "newswarc: interrupted"
    assert "exporting" not in err


@SIGNALS
def test_extract_leaves_what_was_there(tmp_path, begin, number):
    (tmp_path / "out.jsonl").write_text("kept\n")
    os.mkfifo(tmp_path / "slow.warc")
    process = begin("extract", "slow.warc", "-o", "out.jsonl")
    with (tmp_path / "slow.warc").open("wb"):  # opens when the command does
        wait_for((tmp_path / ".out.jsonl.tmp").exists)
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.strip() == "newswarc: interrupted"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl", "slow.warc"]
    assert (tmp_path / "out.jsonl").read_text() == "kept\n"


@SIGNALS
def test_newsroom_is_meant_to_be_stopped(begin, port, number):
    process = begin("newsroom", "--port", str(port), "--articles", "3")
    wait_for(lambda: listens(port))
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == 0


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=["Ctrl-C", "SIGTERM", "terminal closed"]
)
def test_replay_is_meant_to_be_stopped_and_takes_pywb_along(tmp_path, begin, pywb, port, number):
    Collection.open(tmp_path / "collections" / "paper", write=True).close()
    process = begin("replay", "paper", "--port", str(port))
    assert process.stdout.readline().startswith(f"http://127.0.0.1:{port}/paper/")
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in err
    assert not listens(port)


def test_replay_at_a_port_that_is_taken(tmp_path, begin, pywb):
    """Another server's answer is not taken for pywb's."""
    Collection.open(tmp_path / "collections" / "paper", write=True).close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = begin("replay", "paper", "--port", str(port))
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert err == (
        f"newswarc: 127.0.0.1:{port}: cannot listen there (Address already in use); choose another port, or 0 for any\n"
    )


def test_replay_shows_where_to_begin(tmp_path, begin, pywb, paper):
    """Beside pywb's search form it prints the address of an article, and there it is."""
    story = paper.put_article(f"{DAY}/story-of-today-about-lamps")
    assert begin("crawl", story, "--allow-private", "--collection", "paper").wait(30) == 0
    process = begin("replay", "paper", "--port", "0")
    form, article = process.stdout.readline().strip(), process.stdout.readline().strip()
    assert form.endswith("/paper/")
    assert article.startswith(form)
    assert article.endswith(f"/{story}")
    page = article.replace(f"/{story}", f"mp_/{story}")  # within pywb's frame
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(page, timeout=20) as shown:
        assert b"story-of-today-about-lamps ferry" in shown.read()
