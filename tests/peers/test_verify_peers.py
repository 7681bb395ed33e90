"""What other tools write is whole, and verification says so."""

import gzip
import hashlib
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archives.verify import Checked, verify
from crawler.newsroom import Newsroom
from tests.support.commands import run


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=10, crawl_delay=0.0) as opened:
        yield opened


def findings(*paths: Path) -> list[str]:
    checked = Checked()
    found = [str(finding) for finding in verify(*paths, checked=checked)]
    assert checked.records > 5
    return found


FORMS = pytest.mark.parametrize("options", [[], ["--no-warc-compression"], ["--warc-max-size=40k"]], ids=" ".join)


@pytest.fixture
def wget(newsroom, tmp_path, options) -> list[Path]:
    """What wget archives of two listings and the pages that they link to."""
    if not (program := shutil.which("wget")):
        pytest.skip("wget is not installed: apt-get install wget")
    more = ["--recursive", "--level=1", "--quiet", "--execute=robots=off", "--warc-file=x", "--no-proxy"]
    subprocess.run(
        [program, *more, *options, f"{newsroom.url}/", f"{newsroom.url}/news"], cwd=tmp_path, timeout=60, check=False
    )
    return sorted(tmp_path.glob("x*.warc*"))


@FORMS
def test_wget(wget):
    """Its revisits, chunked responses, and the log and the manifest that it adds as records; one file or several."""
    assert wget
    assert findings(*wget) == []


@FORMS
def test_what_wget_archived_is_extracted(wget, newsroom, tmp_path):
    """The articles are those that the newspaper wrote, each with its place in wget's file."""
    done = run(tmp_path, "newswarc", "extract", *wget)
    items = [json.loads(line) for line in done.out.splitlines()]
    written = {story.url: story.title for story in newsroom.stories}
    found = {item["url"]: item["title"] for item in items if item["url"] in written}
    assert len(found) >= 4
    assert found == {url: written[url] for url in found}
    assert {item["capture"]["warc"] for item in items} <= {path.name for path in wget}


class InMemory(WARCWriter):
    """warcio's writer, which leaves temporary files open if it may make some."""

    def _create_temp_file(self):
        return io.BytesIO()


def page_records(writer: WARCWriter, version: str) -> None:
    """A file as warcio's users write them."""
    writer.write_record(writer.create_warcinfo_record("x.warc.gz", {"software": "test", "format": version}))
    for number in range(3):
        url = f"http://news.example/{number}"
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        response = writer.create_warc_record(url, "response", io.BytesIO(b"<p>%d</p>" % number), http_headers=head)
        asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "news.example")], is_http_request=True)
        request = writer.create_warc_record(url, "request", http_headers=asked)
        writer.write_request_response_pair(request, response)
        digest = response.rec_headers["WARC-Payload-Digest"]
        date = response.rec_headers["WARC-Date"]
        writer.write_record(writer.create_revisit_record(f"{url}?again", digest, url, date, http_headers=head))
        writer.write_record(
            writer.create_warc_record(url, "resource", io.BytesIO(b"text"), warc_content_type="text/plain")
        )
        writer.write_record(writer.create_warc_record(f"metadata:{url}", "metadata", io.BytesIO(b"a: b\r\n")))


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_warcio(tmp_path, version, compressed):
    path = tmp_path / ("x.warc.gz" if compressed else "x.warc")
    with path.open("wb") as out:
        page_records(InMemory(out, gzip=compressed, warc_version=version), version)
    assert findings(path) == []


def browsertrix_record(kind: str, target: str, block: bytes, content_type: str, number: int, *more: str) -> bytes:
    """As warcio.js writes records: SHA-256 in hexadecimal, milliseconds, angle brackets around the id alone."""
    head = [
        "WARC/1.1",
        f"WARC-Target-URI: {target}",
        "WARC-Date: 2024-06-11T12:00:00.123Z",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>",
        f"Content-Type: {content_type}",
        *more,
        f"WARC-Block-Digest: sha256:{hashlib.sha256(block).hexdigest()}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def test_browsertrix(tmp_path):
    """Requests that name their response, pages in Unicode, records of its own under `urn:`, multi-line JSON headers."""
    path, contents = tmp_path / "rec-0.warc.gz", []
    body = "<p>Überfahrt</p>".encode()
    payload = f"WARC-Payload-Digest: sha256:{hashlib.sha256(body).hexdigest()}"
    for number in range(0, 9, 3):
        url = f"https://news.example/{number}"
        response = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-orig-transfer-encoding: chunked\r\n\r\n" + body
        extra = [
            "WARC-Page-ID: 3f1",
            "WARC-Resource-Type: document",
            'WARC-JSON-Metadata: {"ipType":"Public"}',
            payload,
        ]
        concurrent = f"WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-{number:012d}>"
        kind = "application/http; msgtype="
        contents += [
            browsertrix_record("response", url, response, f"{kind}response", number, *extra),
            browsertrix_record("request", url, b"GET / HTTP/1.1\r\n\r\n", f"{kind}request", number + 1, concurrent),
            browsertrix_record("resource", f"urn:pageinfo:{url}", b"{}", "application/json", number + 2),
        ]
    path.write_bytes(b"".join(map(gzip.compress, contents)))
    assert findings(path) == []
