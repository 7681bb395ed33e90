"""Others open what we pack, and we open what others pack."""

import gzip
import json
import shutil
import subprocess
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from archives.collection import Collection
from archives.errors import ReplayUnavailable
from archives.exchange import Exchange, message
from archives.replay import replay
from archives.replay.pywb import find_wayback
from archives.verify.findings import Checked
from archives.wacz.mapped import mapped
from archives.wacz.pack import pack
from archives.wacz.signing import SigningKey
from archives.wacz.verify import verify_wacz
from tests.support.replayweb import texts_shown

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
STORY = b"<p>The ferry to Calder Rock is late again.</p>"
CHUNKS = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (STORY[:9], STORY[9:], b"")) + b"X-Press: 3\r\n"


ASKING = b"""<p></p><script>
fetch("/lamps", { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"quay":{"name":"south"}}' })
  .then((answer) => answer.text()).then((text) => { document.querySelector("p").textContent = text; });
</script>"""


def posted(path: str, sent: str, answer: str) -> Exchange:
    head = f"POST /{path} HTTP/1.1\r\nHost: news.example\r\nContent-Type: application/json\r\n\r\n"
    plain = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
    return replace(exchange(path, plain + answer.encode()), request=(head + sent).encode())


def exchange(path: str, response: bytes) -> Exchange:
    return Exchange(
        url=f"http://news.example/{path}",
        started=datetime(2024, 6, 11, 12, tzinfo=UTC),
        request=b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n",
        response=message(response),
    )


@pytest.fixture(scope="module")
def collection(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("packed") / "post"
    with Collection.open(path, write=True) as opened:
        chunked = HTML + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS
        story = opened.archive(exchange("chunked/", chunked))
        opened.archive(exchange("", HTML + b"\r\n<p>Bridge open</p>"))
        opened.seal()
        opened.archive(exchange("again/", chunked))
        for place in ("north", "south"):
            opened.archive(posted("lamps", f'{{"quay": {{"name": "{place}"}}}}', f"Lamps of the {place}."))
        opened.archive(exchange("script/", HTML + b"\r\n" + ASKING))
        reference = {"record_id": story.record_id, "date": story.date}
        item = {"url": story.url, "site": "post", "title": "Ferry late", "body": "Late.", "capture": reference}
        opened.catalog.put_article(item)
        (opened.layout.logs / "Crawl 1.log").write_text("crawled\n")
    return path


@pytest.fixture(scope="module")
def packed(collection) -> Path:
    path = collection.with_name("post.wacz")
    with Collection.open(collection) as opened:
        pack(opened, path, key=SigningKey(ec.generate_private_key(ec.SECP384R1())))
    return path


@pytest.fixture(scope="session")
def py_wacz() -> Path:
    """The program of py-wacz, which `make` puts beside pywb; or a skip that says how to get it."""
    try:
        beside = find_wayback().with_name("wacz")
    except ReplayUnavailable:
        beside = Path("wacz")
    found = next((path for path in (beside, shutil.which("wacz")) if path and Path(path).is_file()), None)
    if found is None:
        pytest.skip("py-wacz is not installed: .venv-replay/bin/pip install wacz, or 'make test'")
    return Path(found)


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_py_wacz_finds_our_package_valid(py_wacz, packed):
    assert "the passed WACZ is valid" in run(py_wacz, "validate", "-f", packed, cwd=packed.parent)


def test_we_find_the_packages_of_py_wacz_valid(py_wacz, collection, tmp_path):
    """From raw files, chunks and all; and from plain ones, which it does not gzip."""
    warcs = sorted((collection / "archive").glob("*.warc.gz"))
    (tmp_path / "plain.warc").write_bytes(gzip.decompress(warcs.pop().read_bytes()))
    warcs.append(tmp_path / "plain.warc")
    run(py_wacz, "create", "-t", "-d", "-o", "theirs.wacz", *warcs, cwd=tmp_path)
    checked = Checked()
    assert [str(finding) for finding in verify_wacz(tmp_path / "theirs.wacz", checked)] == []
    assert (checked.files, checked.captures) == (2, 6)


def test_their_index_of_our_records_is_ours(py_wacz, packed, tmp_path):
    """Packed anew by py-wacz, the de-chunked records are found at the same places, with the same digests."""
    with zipfile.ZipFile(packed) as archive:
        warcs = [archive.extract(name, tmp_path) for name in archive.namelist() if name.startswith("archive/")]
    run(py_wacz, "create", "-o", "theirs.wacz", *warcs, cwd=tmp_path)
    names = ("url", "digest", "recordDigest", "offset", "length", "filename")
    ours, theirs = (
        [(*line.split(" ")[:2], *(json.loads(line.split(" ", 2)[2])[name] for name in names)) for line in index(path)]
        for path in (packed, tmp_path / "theirs.wacz")
    )
    assert theirs == ours


def index(path: Path) -> list[str]:

    with zipfile.ZipFile(path) as archive:
        lines = gzip.decompress(archive.read("indexes/index.cdx.gz")).decode().splitlines()
    return [line for line in lines if not line.startswith("urn:")]


@pytest.fixture(scope="module")
def shown(packed, pywb) -> Iterator[str]:
    """Address under which pywb shows the package; the collection that it came from is out of reach."""
    home = packed.with_name("post")
    home.rename(packed.with_name("gone"))
    try:
        with mapped(packed) as folder, replay([folder], program=pywb) as server:
            yield server.page(folder.name, "20240611120000", "http://news.example/")
    finally:
        packed.with_name("gone").rename(home)


@pytest.mark.parametrize(("path", "text"), [("", b"Bridge open"), ("chunked/", STORY), ("again/", STORY)])
def test_pywb_shows_the_package_without_unpacking_it(shown, path, text):
    """Whatever the framing was, and also what is a revisit in another WARC file of the package."""
    with DIRECT.open(shown + path, timeout=30) as response:
        page = response.read()
    assert text in page
    assert b"X-Press" not in page


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The system's browser."""
    if not (program := shutil.which("chromium")):
        pytest.skip("Chromium is not installed: apt-get install chromium")
    return Path(program)


@pytest.fixture(scope="session")
def replayweb() -> Path:
    """The npm package of ReplayWeb.page, which `make test` puts beside pywb."""
    folder = Path(__file__).parents[2] / ".venv-replay" / "replaywebpage"
    if not (folder / "ui.js").is_file():
        pytest.skip("ReplayWeb.page is not installed: 'make test' fetches it with npm")
    return folder


@pytest.mark.timeout(120)
def test_replayweb_page_shows_the_package(chromium, replayweb, packed):
    """In the browser, by its own service worker: what was chunked, a revisit of it, what a script asks by POST."""
    urls = [f"http://news.example/{path}" for path in ("", "chunked/", "again/", "script/")]
    story = "The ferry to Calder Rock is late again."
    texts = ["Bridge open", story, story, "Lamps of the south."]
    assert texts_shown(chromium, replayweb, packed, urls) == dict(zip(urls, texts, strict=True))
