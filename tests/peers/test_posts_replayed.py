"""Answers to POST, filed under what was sent: pywb has the same keys, and replays each to who sends the same."""

import json
import subprocess
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.exchange import Exchange, message
from archives.replay import replay
from archives.verify import verify
from archives.verify.findings import Checked
from archives.wacz.pack import pack
from archives.wacz.verify import verify_wacz

URL = "http://news.example/graphql"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SENT = {
    "nested": (
        JSON,
        b'{"operation": "story", "variables": {"id": 7, "parts": ["text", "images"], "all": true, "x": null}}',
    ),
    "numbers": (JSON, b'{"id": 7.0, "score": 0.5, "text": "caf\xc3\xa9 & more", "": 1}'),
    "broken": (JSON, b'{"id": '),
    "form": (FORM, b"story=7&part=text+and+more&A=B"),
    "text": ("text/plain;charset=UTF-8", b'{"id": 8}'),
    "bytes": ("application/octet-stream", bytes(range(64))),
    "long": (JSON, json.dumps({"query": "x" * 9_000}).encode()),
}
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def posted(number: int, kind: str, body: bytes, url: str = URL, method: str = "POST") -> Exchange:
    answer = f'{{"answer": {number}}}'.encode()
    head = f"{method} / HTTP/1.1\r\nHost: news.example\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return Exchange(
        url=url,
        started=datetime(2024, 6, 11, 12, tzinfo=UTC) + timedelta(seconds=number),
        request=head.encode() + body,
        response=message(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + answer),
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("posts") / "post"
    with Collection.open(path, write=True) as collection:
        for number, (kind, body) in enumerate(SENT.values()):
            collection.archive(posted(number, kind, body))
        collection.archive(posted(50, FORM, b"b=2", url=f"{URL}?a=1"))
        collection.archive(posted(51, JSON, b'{"id": 7}', method="PUT"))
        collection.archive(posted(52, JSON, b"", method="DELETE"))
    return path


def test_pywb_files_them_under_the_same_keys(root, pywb):
    (warc,), (shard,) = (root / "archive").iterdir(), (root / "indexes").iterdir()
    done = subprocess.run(
        [pywb.with_name("cdx-indexer"), "-j", "-s", "-p", warc], capture_output=True, check=True, text=True
    )
    theirs, ours = ([line.split(" ")[:2] for line in text.splitlines()] for text in (done.stdout, shard.read_text()))
    assert theirs == ours
    assert len({key for key, _ in ours}) == len(SENT) + 3


def test_pywb_answers_who_sends_the_same(root, pywb):
    with replay([root], program=pywb) as server:
        for number, (name, (kind, body)) in enumerate(SENT.items()):
            address = f"{server.url}/{root.name}/20240611120000mp_/{URL}"
            request = urllib.request.Request(address, data=body, headers={"Content-Type": kind}, method="POST")
            with DIRECT.open(request, timeout=30) as response:
                assert json.loads(response.read()) == {"answer": number}, name


def test_they_stand_for_no_answer_to_a_get(root):
    with Collection.open(root) as collection:
        assert collection.latest(URL) is None
        assert len(list(collection.captures(URL))) == len(SENT) + 2
    assert list(verify(root)) == []


def test_no_answer_to_a_get_refers_to_them(tmp_path):
    """Nor they to one: replay would look for the payload under the URL alone."""
    with Collection.open(tmp_path / "post", write=True) as collection:
        kinds = [
            collection.archive(posted(1, JSON, body, method=method)).kind
            for method, body in (("POST", b'{"id": 1}'), ("GET", b""), ("POST", b'{"id": 2}'), ("GET", b""))
        ]
    assert kinds == ["response", "response", "response", "revisit"]


def test_a_package_of_them_is_whole(root, tmp_path):
    with Collection.open(root) as collection:
        pack(collection, tmp_path / "post.wacz")
    assert list(verify_wacz(tmp_path / "post.wacz", Checked())) == []
