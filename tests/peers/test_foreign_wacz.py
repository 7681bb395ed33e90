"""A package as browser crawlers make it with py-wacz: nothing in it is a fault, and pywb shows it out of the ZIP."""

import gzip
import hashlib
import shutil
import subprocess
import urllib.request
from itertools import count
from pathlib import Path

import pytest

from archives.errors import ReplayUnavailable
from archives.replay import replay
from archives.replay.pywb import find_wayback
from archives.verify.findings import Checked
from archives.wacz.mapped import mapped, newest_page
from archives.wacz.verify import verify_wacz

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
PAGE = b"<html><title>A ferry</title><p>Late again.</p></html>"
NUMBERS = count(1)


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def record(kind: str, uri: str | None, block: bytes, content_type: str, **more: str) -> bytes:
    headers = {
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{next(NUMBERS):012d}>",
        **({"WARC-Target-URI": uri} if uri else {}),
        "WARC-Date": "2024-06-11T12:00:00.123Z",
        "WARC-Type": kind,
        "Content-Type": content_type,
        **{name.replace("_", "-"): value for name, value in more.items()},
        "WARC-Block-Digest": sha256(block),
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return gzip.compress(f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n")


def pair(url: str, head: bytes, body: bytes, method: str = "GET", sent: bytes = b"") -> bytes:
    """A response, then its request; the digests are SHA-256 in hexadecimal."""
    response = b"HTTP/1.1 " + head + b"\r\n\r\n" + body
    first = record("response", url, response, "application/http; msgtype=response", WARC_Payload_Digest=sha256(body))
    request = f"{method} / HTTP/1.1\r\nHost: news.example\r\nContent-Type: application/json\r\n\r\n".encode() + sent
    named = gzip.decompress(first).split(b"WARC-Record-ID: ")[1].split(b"\r\n")[0].decode()
    return first + record("request", url, request, "application/http; msgtype=request", WARC_Concurrent_To=named)


def crawled() -> bytes:
    """Pages, and what browser crawlers archive besides: APIs, parts of films, pre-flights, screenshots, texts."""
    revisit = {
        "WARC_Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        "WARC_Payload_Digest": sha256(PAGE),
        "WARC_Refers_To_Target_URI": "https://news.example/",
        "WARC_Refers_To_Date": "2024-06-11T12:00:00.123Z",
    }
    html = b"200 OK\r\ncontent-type: text/html"
    return b"".join(
        [
            record("warcinfo", None, b"software: a browser\r\n", "application/warc-fields"),
            pair("https://news.example/", html + b"\r\nx-orig-content-encoding: br", PAGE),
            pair("https://news.example/api", b"200 OK\r\ncontent-type: application/json", b"{}", "POST", b'{"a":1}'),
            pair("https://news.example/film", b"206 Part\r\ncontent-range: bytes 5-9/20", b"aaaaa"),
            pair("https://news.example/api", b"204 None", b"", "OPTIONS"),
            pair("https://news.example/head", html, b"", "HEAD"),
            record(
                "revisit",
                "https://news.example/again",
                b"HTTP/1.1 " + html + b"\r\n\r\n",
                "application/http; msgtype=response",
                **revisit,
            ),
            record("resource", "urn:pageinfo:https://news.example/", b"{}", "application/json"),
            record("resource", "urn:text:https://news.example/", b"Late again.", "text/plain"),
            record("resource", "urn:view:https://news.example/", b"\x89PNG", "image/png"),
            record("warcinfo", None, b"software: once more\r\n", "application/warc-fields"),
        ]
    )


PAGES = """{"format": "json-pages-1.0", "id": "pages", "title": "Seed Pages", "hasText": "false"}
{"id": "p1", "url": "https://news.example/", "title": "A ferry", "ts": "2024-06-11T12:00:00.123Z", "status": 200}
{"id": "p2", "url": "https://news.example/failed", "ts": "2024-06-11T11:00:00.123Z", "loadState": 0, "status": 0}
"""


@pytest.fixture(scope="module")
def foreign(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("foreign")
    try:
        program = shutil.which("wacz", path=find_wayback().parent) or shutil.which("wacz")
    except ReplayUnavailable:
        program = shutil.which("wacz")
    if program is None:
        pytest.skip("py-wacz is not installed: .venv-replay/bin/pip install wacz, or 'make test'")
    (folder / "rec-0.warc.gz").write_bytes(crawled())
    (folder / "logs").mkdir()
    (folder / "logs" / "crawl.log").write_text("{}\n")
    for name in ("pages.jsonl", "extraPages.jsonl"):
        (folder / name).write_text(PAGES)
    options = ["-p", "pages.jsonl", "-e", "extraPages.jsonl", "-c", "-l", "logs", "-o", "foreign.wacz"]
    command = [program, "create", *options, "rec-0.warc.gz"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "foreign.wacz"


def test_nothing_in_it_is_a_fault(foreign):
    checked = Checked()
    assert [str(finding) for finding in verify_wacz(foreign, checked)] == []
    assert (checked.records, checked.captures) == (16, 9)


def test_pywb_shows_it(foreign, pywb):
    assert newest_page(foreign) == ("https://news.example/", "2024-06-11T12:00:00.123Z")
    with mapped(foreign) as folder, replay([folder], program=pywb) as server:
        for url in ("https://news.example/", "https://news.example/again"):
            with DIRECT.open(server.page(folder.name, "20240611120000", url), timeout=30) as response:
                assert b"Late again." in response.read()
