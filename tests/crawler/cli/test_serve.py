"""`newswarc serve`: opens, replays beside itself, ends when it is stopped, and says in one line what it cannot do."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from archives.collection import Collection
from tests.archives.takedown.stories import at, item_of
from tests.support.commands import BIN, environment_in, free_port, run, settle_newsroom
from tests.support.serving import NO_PROXY, serving


@pytest.fixture
def shelf(tmp_path):
    """A collection with one story."""
    root = tmp_path / "collections" / "paper"
    with Collection.open(root, write=True) as collection:
        capture = collection.archive(at(1, "http://news.example/ferry", b"<p>It is late.</p>"))
        item = item_of(capture, b"It is late.")
        collection.catalog.put_article({**item, "title": "Ferry late", "images": [], "date_published": None})
    return root


def test_it_opens_and_ends(tmp_path, shelf):
    with serving(tmp_path, shelf, "--no-replay") as room:
        assert room.address.startswith("http://127.0.0.1:")
        assert room.replay is None
        status, page = room.get("/")
        assert (status, b"Ferry late" in page) == (200, True)
        assert room.health()["why_no_replay"] == "replay was turned off"
        assert room.get("/", Host="evil.example")[0] == 421


def test_the_replay_server_is_started_again_when_it_dies(tmp_path, shelf, pywb):
    """At the same address: pages that were open go on."""
    with serving(tmp_path, "paper") as room:
        room.wait_for_replay()
        assert room.health()["replay"] == room.replay
        first = children_of(room.process.pid)
        for number in first:
            os.kill(number, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while children_of(room.process.pid) in (first, []):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        room.wait_for_replay()
        assert room.health()["replay"] == room.replay
        kept = children_of(room.process.pid)
    assert [number for number in kept if alive(number)] == []


def children_of(number: int) -> list[int]:
    tasks = Path(f"/proc/{number}/task").iterdir()
    return sorted(int(child) for task in tasks for child in (task / "children").read_text().split())


def alive(number: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_without_pywb_everything_else_is_there(tmp_path, shelf):
    with serving(tmp_path, "paper", NEWSWARC_PYWB="/nowhere/wayback") as room:
        assert room.replay is None
        assert "/nowhere/wayback" in room.health()["why_no_replay"]
        assert room.get("/")[0] == 200


def test_a_token_is_asked_for(tmp_path, shelf):
    with serving(tmp_path, "paper", "--no-replay", NEWSWARC_TOKEN="open-sesame") as room:
        assert "open-sesame" not in room.address, "who gave it knows it; it is for no log"
        assert room.get("/")[0] == 401
        assert room.get("/health", Authorization="Bearer open-sesame")[0] == 200


def test_a_collection_is_read_while_it_is_crawled_into(tmp_path, shelf, desk, paper):
    """Articles that come meanwhile show without a restart."""
    with serving(tmp_path, "paper", "--no-replay") as room:
        desk.write_site(feeds=[paper.put_feed("/rss", paper.put_article("/2024/06/12/lighthouse-story-of-today"))])
        desk.crawl()
        assert b"lighthouse-story-of-today" in room.get("/search?q=lighthouse")[1]
        assert json.loads(room.get("/api/search?q=lighthouse")[1])["total"] == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "no collection there"),
        (["paper", "paper"], "several collections have this name"),
        (["paper", "--port", "99999"], "99999"),
        (["paper", "--host", "nowhere.invalid"], "cannot listen there"),
    ],
)
def test_what_cannot_be_served_is_told_in_one_line(tmp_path, shelf, arguments, told):
    said = run(tmp_path, "newswarc", "serve", *arguments)
    assert said.status == 2
    assert told in said.one_line


@pytest.mark.parametrize(("option", "told"), [("--port", "choose another --port"), ("--replay-port", "another port")])
def test_a_port_that_is_taken_is_told(tmp_path, shelf, option, told):
    """Whoever asked for replay at a port has links to it: none at all, or another one, would not do."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = run(
            tmp_path, "newswarc", "serve", "paper", "--port", "0", option, str(port), NEWSWARC_PYWB=shutil.which("true")
        )
    assert said.status == 2
    assert f"127.0.0.1:{port}: cannot listen there" in said.one_line
    assert told in said.one_line


@pytest.mark.parametrize(("wanted", "minute"), [("12:00:50", 1), ("12:08:00", 9)])
def test_memento(tmp_path, pywb, wanted, minute):
    """The TimeMap has every capture; the TimeGate leads to the one that is next to a time (RFC 7089)."""
    root, url = tmp_path / "collections" / "paper", "http://news.example/ferry"
    with Collection.open(root, write=True) as collection:
        for late in (1, 9):
            capture = collection.archive(at(late, url, b"<p>It is %d minutes late.</p>" % late))
            collection.catalog.put_article(item_of(capture, b"It is %d minutes late." % late))
    with serving(tmp_path, root) as room:
        room.wait_for_replay()
        page = room.get(f"/article?url={url}")[1].decode()
        timemap, timegate = (re.search(rf'rel="{name}"[^>]* href="([^"]+)"', page)[1] for name in LINKS)
        listed = asked(timemap)[1]
        links = asked(timegate, **{"Accept-Datetime": f"Tue, 11 Jun 2024 {wanted} GMT"})[0]["Link"]
    assert listed.count('rel="memento"') == 2
    assert f"/2024061112{minute:02d}00mp_/{url}" in links


LINKS = ("timemap", "timegate")


def asked(url: str, **headers: str) -> tuple[Message, str]:
    """Headers and text of an answer."""
    with NO_PROXY.open(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return answer.headers, answer.read().decode()


def test_the_demo_names_the_reading_room_and_opens_it(tmp_path, pywb):
    settle_newsroom(tmp_path, f"127.0.0.1:{free_port()}")
    with subprocess.Popen(
        [BIN / "newswarc", "demo", "--serve"],
        cwd=tmp_path,
        env=environment_in(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("http://"):
                break
        with NO_PROXY.open(said[-1].strip() + "health", timeout=30) as answer:
            health = json.load(answer)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert said[-2].split("read it")[1].strip() == f"newswarc serve {tmp_path / 'collections' / 'demo'}"
    assert health["collections"]["demo"]["articles"] > 20
