"""What is said of packages that were altered, that others made, and that were made to mislead."""

import gzip
import hashlib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from archives.errors import MalformedPackage
from archives.verify.findings import Checked
from archives.wacz.mapped import mapped, newest_page
from archives.wacz.pack import pack
from archives.wacz.reader import Wacz, is_wacz
from archives.wacz.verify import verify_wacz

Change = Callable[[bytes], bytes]


@pytest.fixture
def packed(collection, exchange, clock, tmp_path) -> Path:
    collection.archive(exchange("http://news.example/a"))
    collection.archive(exchange("http://news.example/b", b"<p>Bridge open</p>"))
    collection.seal()
    pack(collection, tmp_path / "post.wacz", now=clock)
    return tmp_path / "post.wacz"


def altered(path: Path, changes: dict[str, Change | None], *, truly: bool = False, deflate: bool = False) -> Path:
    """The package with entries changed or, for None, left out; `truly`, with a manifest that agrees."""
    out = path.with_name("altered.wacz")
    resources = []
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            change = changes.get(info.filename, lambda content: content)
            if change is None:
                continue
            content = change(source.read(info))
            if truly and info.filename.startswith("datapackage"):
                continue
            target.writestr(info.filename, content, zipfile.ZIP_DEFLATED if deflate else info.compress_type)
            digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
            resources.append({"name": "x", "path": info.filename, "hash": digest, "bytes": len(content)})
        if truly:
            manifest = {"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}
            target.writestr("datapackage.json", json.dumps(manifest))
    return out


def found(path: Path) -> list[str]:
    return [str(finding).replace(str(path), "") for finding in verify_wacz(path, Checked())]


def warc_name(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return next(name for name in archive.namelist() if name.startswith("archive/"))


def last_byte_changed(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


def test_a_changed_record_is_told_with_its_place(packed):
    name = warc_name(packed)
    path = altered(packed, {name: last_byte_changed})
    said = found(path)
    assert said[0].startswith(f"/{name}: its hash is sha256:")
    assert any(line.startswith(f"/{name} at ") and "gzip member is" in line for line in said)


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("pages/pages.jsonl", lambda content: content + b"{}\n", "/pages/pages.jsonl: it has "),
        ("pages/pages.jsonl", None, "/pages/pages.jsonl: datapackage.json lists it, and it is not there; "),
        ("datapackage.json", lambda content: content + b" ", "/datapackage.json: its hash is sha256:"),
        ("datapackage.json", lambda content: b"{", "/datapackage.json: not JSON ("),
        ("datapackage.json", None, "/datapackage.json: it is missing"),
        ("indexes/index.idx", lambda content: content, ""),
    ],
    ids=["a page added", "pages gone", "manifest touched", "manifest torn", "manifest gone", "nothing"],
)
def test_what_was_altered_is_named(packed, name, change, said):
    faults = found(altered(packed, {name: change}))
    assert faults[0].startswith(said) if said else faults == []


def index_with(change: Callable[[list[bytes]], list[bytes]]) -> Change:
    """A new index of changed lines."""
    return lambda content: gzip.compress(b"".join(change(gzip.decompress(content).splitlines(keepends=True))))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[1:], "the capture of http://news.example/a is not in the index"),
        (lambda lines: lines[::-1], "not in bytewise order"),
        (lambda lines: [line.replace(b'"offset": "', b'"offset": "1') for line in lines], "where no record begins"),
        (lambda lines: [line.replace(b"ple/a", b"ple/c") for line in lines], "the record says 'http://news.example/a'"),
        (lambda lines: [line.replace(b" 2024", b" 2023") for line in lines], "timestamp is '20230611120000'"),
        (lambda lines: [line.replace(b'gest": "sha1:', b'gest": "sha1:A') for line in lines], "digest is 'sha1:A"),
        (lambda lines: [*lines, b"no line\n"], "line 3: not a CDXJ line"),
    ],
    ids=["a line gone", "order", "offset", "url", "time", "digest", "no line"],
)
def test_an_index_that_is_not_of_these_records(packed, change, said):
    path = altered(packed, {"indexes/index.cdx.gz": index_with(change), "indexes/index.idx": None}, truly=True)
    assert any(said in line for line in found(path)), found(path)


def test_a_block_that_is_not_where_the_idx_says(packed):
    path = altered(packed, {"indexes/index.idx": lambda text: text.replace(b'"offset": 0', b'"offset": 900000')})
    assert any("/indexes/index.idx, line 2: its block ends at 900," in line for line in found(path))


def test_a_package_as_archiveweb_page_writes_it(packed):
    """Plain index with milliseconds, digests without label, nothing deflated, no digest of the manifest."""

    def plain(content: bytes) -> bytes:
        text = gzip.decompress(content).decode().replace('"sha1:', '"').replace("20240611120000 ", "20240611120000250 ")
        return text.encode()

    path = altered(packed, {"indexes/index.cdx.gz": plain, "indexes/index.idx": None}, truly=True)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(path.with_name("theirs.wacz"), "w") as target:
        for name in source.namelist():
            content = source.read(name).replace(b"index.cdx.gz", b"index.cdx")
            target.writestr(name.replace(".cdx.gz", ".cdx"), content)
    assert found(path.with_name("theirs.wacz")) == []


def test_a_package_that_was_deflated_is_read_all_the_same(packed):
    """Zipped by hand, as people do; replay gets its WARC file unpacked."""
    path = altered(packed, {}, deflate=True)
    assert [line for line in found(path) if "compressed a second time" not in line] == []
    with mapped(path) as folder:
        assert sorted(file.name for file in (folder / "archive").iterdir()) == ["0.warc.gz", "package.wacz"]


def test_a_mapped_package_leads_into_the_zip(packed):
    """Offsets of the index are offsets in the ZIP, where the same member begins."""
    with mapped(packed) as folder:
        assert folder.name == "post"
        lines = (folder / "indexes" / "index.cdxj").read_text().splitlines()
        for line in lines:
            fields = json.loads(line.split(" ", 2)[2])
            assert fields["filename"] == "package.wacz"
            start, length = int(fields["offset"]), int(fields["length"])
            member = (folder / "archive" / "package.wacz").read_bytes()[start : start + length]
            assert fields["url"].encode() in gzip.decompress(member)
    assert not folder.exists()
    assert len(lines) == 2
    assert newest_page(packed) is None


def raw_zip(*entries: tuple[str, bytes], declared: int | None = None, flags: int = 0, method: int = 0) -> bytes:
    """A ZIP by hand, so that it can lie; `declared` replaces the unpacked size of every entry."""
    body, directory = b"", b""
    for name, content in entries:
        size = len(content) if declared is None else declared
        common = struct.pack("<HHHHIIIHH", flags, method, 0, 33, zlib.crc32(content), len(content), size, len(name), 0)
        directory += b"PK\x01\x02\x14\x00\x14\x00" + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        directory += name.encode()
        body += b"PK\x03\x04\x14\x00" + common + name.encode() + content
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def overlapping() -> bytes:
    """Two names for one stretch of bytes, as in bombs that grow with their square."""
    content = raw_zip(("archive/a.warc", b"one"), ("archive/b.warc", b"two"))
    place = content.rindex(b"archive/b.warc") - 4
    return content[:place] + struct.pack("<I", 0) + content[place + 4 :]


HOSTILE = {
    "out of the folder": (raw_zip(("archive/../../evil.warc", b"x")), "names a place outside of the package"),
    "absolute": (raw_zip(("/etc/passwd", b"x")), "names a place outside of the package"),
    "backslashes": (raw_zip(("archive\\..\\evil", b"x")), "names a place outside of the package"),
    "bomb": (raw_zip(("pages/pages.jsonl", b"x"), declared=3 << 30, method=8), "is a ZIP bomb: 3,072 MB from 1 bytes"),
    "two sizes": (raw_zip(("a", b"x"), declared=2), "is stored and yet of two sizes"),
    "overlapping": (overlapping(), "overlaps another"),
    "twice": (raw_zip(("datapackage.json", b"{}"), ("datapackage.json", b"[]")), "is there twice"),
    "encrypted": (raw_zip(("a", b"x"), flags=1), "is encrypted"),
    "another compression": (raw_zip(("a", b"x"), method=12), "is compressed by method 12"),
    "cut off": (raw_zip(("a", b"x" * 100))[:-40], "its ZIP directory cannot be read"),
    "directory elsewhere": (raw_zip(("a", b"x"))[40:], "not a WACZ: it is no ZIP file"),
    "no ZIP": (b"Buy milk.\n", "not a WACZ: it is no ZIP file, but begins with b'Buy '"),
    "empty": (b"", "not a WACZ: it is no ZIP file"),
    "WACZ files inside": (raw_zip(("archive/inner.wacz", b"x")), "holds WACZ files, not WARC files; unzip it"),
}


@pytest.mark.parametrize(("content", "said"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_package_made_to_mislead(content, said, tmp_path):
    path = tmp_path / "hostile.wacz"
    path.write_bytes(content)
    assert is_wacz(path)
    assert any(said in line for line in found(path)), found(path)
    with pytest.raises(MalformedPackage, match=r"hostile\.wacz: "), Wacz(path) as wacz:
        assert wacz.warcs


def test_a_content_that_is_longer_than_it_says_is_not_believed(tmp_path):
    """What is unpacked ends at the declared size, and its checksum tells."""
    body = zlib.compress(b"{" + b" " * 1_000_000 + b"}")[2:-4]
    (tmp_path / "x.wacz").write_bytes(raw_zip(("datapackage.json", body), declared=10, method=8))
    said = "/datapackage.json: damaged in the ZIP (Bad CRC-32 for file 'datapackage.json'); fetch the file again"
    assert found(tmp_path / "x.wacz")[0] == said


def test_what_a_terminal_would_obey_is_not_printed(packed):
    """A package may say anything; its words come out as text."""

    def lying(content: bytes) -> bytes:
        manifest = json.loads(content)
        manifest["resources"].append({"path": "archive/\x1b[2J\x9b5m", "hash": "sha256:\x1b]0;owned\x07"})
        return json.dumps(manifest).encode()

    said = found(altered(packed, {"datapackage.json": lying}))
    assert any("archive/\ufffd[2J\ufffd5m: datapackage.json lists it" in line for line in said)
    assert all(line.isprintable() for line in said)


def test_a_bomb_in_an_index_is_refused(packed, monkeypatch):
    monkeypatch.setattr("archives.warc.members.BOMB_SIZE", 1 << 20)
    path = altered(packed, {"indexes/index.cdx.gz": lambda _: gzip.compress(b"\n" * (2 << 20))}, truly=True)
    assert any("/indexes/index.cdx.gz: the gzip member at 0 is damaged (a gzip bomb" in line for line in found(path))


@pytest.mark.parametrize("cut", range(0, 2000, 97))
def test_a_package_that_was_cut_off_anywhere(packed, cut):
    content = packed.read_bytes()
    packed.write_bytes(content[: len(content) * cut // 2000])
    assert len(found(packed)) == 1


@pytest.mark.parametrize(
    ("pattern", "new", "told"),
    [
        (rb"0000000003>\r\nWARC-Date", rb"0000000002>\r\nWARC-Date", "was used before"),
        (rb"(?s)(Type: request.*?WARC-Concurrent-To: <urn:uuid:)0", rb"\1f", "names <urn:uuid:f"),
        (rb"(WARC-Refers-To: <urn:uuid:)0", rb"\1f", "and there is no such record in the package"),
    ],
)
def test_records_of_a_package_that_do_not_answer_to_each_other(
    collection, exchange, clock, tmp_path, pattern, new, told
):
    collection.archive(exchange("http://news.example/a"))
    collection.archive(exchange("http://news.example/copy"))
    collection.seal()
    pack(collection, tmp_path / "post.wacz", now=clock)
    assert found(tmp_path / "post.wacz") == []

    def changed(content: bytes) -> bytes:
        text, count = re.subn(pattern, new, gzip.decompress(content), count=1)
        assert count == 1
        return b"".join(gzip.compress(b"WARC/1.1\r\n" + part) for part in text.split(b"WARC/1.1\r\n")[1:])

    path = altered(tmp_path / "post.wacz", {warc_name(tmp_path / "post.wacz"): changed}, truly=True)
    assert any(told in one for one in found(path)), found(path)
