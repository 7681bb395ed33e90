"""Every kind of damage that is seeded into a whole collection is found, and told with its place and what to do."""

import gzip
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.exchange import Exchange, message
from archives.verify import verify
from archives.warc.members import MemberWriter
from archives.warc.reader import read_records
from archives.warc.record import Record

START = datetime(2024, 6, 11, 12, tzinfo=UTC)
REQUEST = b"GET /%d HTTP/1.1\r\nHost: news.example\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Ferry number %d is late</p>"


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """Two files: five pages and an item each, and a revisit in the second of a page in the first."""
    root = tmp_path_factory.mktemp("whole") / "post"
    lines = []
    for batch in range(2):
        with Collection.open(root, write=True) as collection:
            for number in range(batch * 5, batch * 5 + 5):
                one = Exchange(
                    url=f"http://news.example/{number}",
                    started=START + timedelta(seconds=number),
                    request=REQUEST % number,
                    response=message(RESPONSE % (0 if number == 9 else number)),
                )
                capture = collection.archive(one)
                names = ("warc", "offset", "length", "record_id", "date", "payload_digest", "status")
                reference = {name: getattr(capture, name) for name in names}
                item = {"url": capture.url, "title": f"Ferry {number}", "capture": reference, "revision": 1}
                collection.catalog.put_article(item)
                lines.append(json.dumps(item) + "\n")
    (root / "items" / "20240611T120000Z.jsonl").write_text("".join(lines))
    assert list(verify(root, extract=extract)) == []
    return root


def extract(payload: bytes, url: str, content_type: str | None, item) -> dict:
    return {"url": url, "title": f"Ferry {url.rsplit('/', 1)[1]}"}


def first(root: Path) -> Path:
    return min((root / "archive").iterdir())


def last(root: Path) -> Path:
    return max((root / "archive").iterdir())


def shard(root: Path) -> Path:
    return min((root / "indexes").iterdir())


def records(path: Path) -> list[Record]:
    return list(read_records(path))


def members(path: Path) -> list[bytes]:
    content = path.read_bytes()
    return [gzip.decompress(content[record.offset : record.end]) for record in records(path)]


def write_members(path: Path, contents: list[bytes]) -> None:
    """As the project's own writer compresses them, so that what follows from other lengths does not hide the damage."""
    with path.open("wb") as out:
        for content in contents:
            member = MemberWriter(out)
            member.write(content)
            member.close()


def edited(number: int, pattern: bytes, new: bytes) -> Callable[[Path], None]:
    """Rewrites a member of the first file; 1 is the first response, 2 its request, and so on."""

    def edit(root: Path) -> None:
        contents = members(first(root))
        contents[number], count = re.subn(pattern, new, contents[number], count=1)
        assert count == 1
        write_members(first(root), contents)

    return edit


def longer_by(count: int) -> Callable[[Path], None]:
    """The length that the first response states is so much more than it has."""

    def edit(root: Path) -> None:
        stated = int(records(first(root))[1].get("Content-Length"))
        edited(1, b"Content-Length: %d" % stated, b"Content-Length: %d" % (stated + count))(root)

    return edit


def in_revisit(pattern: bytes, new: bytes) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        contents = members(last(root))
        (number,) = (number for number, one in enumerate(contents) if b"WARC-Type: revisit" in one)
        contents[number], count = re.subn(pattern, new, contents[number], count=1)
        assert count == 1
        write_members(last(root), contents)

    return edit


def overwritten(number: int, at: int, new: bytes | None = None) -> Callable[[Path], None]:
    """Flips a bit of a member, `at` bytes behind its start or before its end, or puts other bytes there."""

    def overwrite(root: Path) -> None:
        record = records(first(root))[number]
        place = record.offset + at if at >= 0 else record.end + at
        content = bytearray(first(root).read_bytes())
        content[place : place + len(new or b"x")] = new or bytes([content[place] ^ 4])
        first(root).write_bytes(content)

    return overwrite


def cut_out(number: int, start: int, end: int, put: bytes = b"") -> Callable[[Path], None]:
    """Takes bytes out of a member, counted as in a slice, or puts some in their place."""

    def cut(root: Path) -> None:
        content = first(root).read_bytes()
        record = records(first(root))[number]
        member = content[record.offset : record.end]
        kept = member[:start] + put + member[end:]
        first(root).write_bytes(content[: record.offset] + kept + content[record.end :])

    return cut


def id_of_another(root: Path) -> None:
    one, two = (records(first(root))[number].record_id.encode() for number in (1, 3))
    edited(3, b"WARC-Record-ID: " + two, b"WARC-Record-ID: " + one)(root)


def swapped(header: bytes) -> Callable[[Path], None]:
    """Two responses with each other's value of a header."""

    def swap(root: Path) -> None:
        contents = members(first(root))
        line = re.compile(header + rb": [^\r]*")
        one, other = line.search(contents[1])[0], line.search(contents[3])[0]
        contents[1], contents[3] = contents[1].replace(one, other), contents[3].replace(other, one)
        write_members(first(root), contents)

    return swap


def in_shard(change: Callable[[list[str]], list[str]]) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        lines = shard(root).read_text().splitlines(keepends=True)
        changed = change(list(lines))
        assert changed != lines
        shard(root).write_text("".join(changed))

    return apply


def offset_in(line: str) -> str:
    return re.search(r'"offset": "\d+', line)[0]


def five_more(number: re.Match[str]) -> str:
    return str(int(number[0]) + 5)


def sql(statement: str) -> Callable[[Path], None]:
    def execute(root: Path) -> None:
        with sqlite3.connect(root / "catalog.sqlite") as database:
            assert database.execute(statement).rowcount
        database.close()

    return execute


def in_items(pattern: str, new: str) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        (path,) = (root / "items").iterdir()
        text, count = re.subn(pattern, new, path.read_text(), count=1)
        assert count == 1
        path.write_text(text)

    return apply


def one_member(root: Path) -> None:
    first(root).write_bytes(gzip.compress(b"".join(members(first(root)))))


def without_members(*numbers: int) -> Callable[[Path], None]:
    def drop(root: Path) -> None:
        write_members(first(root), [one for number, one in enumerate(members(first(root))) if number not in numbers])

    return drop


def twice(root: Path) -> None:
    first(root).with_name("copy.warc.gz").write_bytes(first(root).read_bytes())


def renamed(root: Path) -> None:
    first(root).rename(first(root).with_name("other.warc.gz"))


DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "bit of a block": (overwritten(1, 120), "damaged|digest"),
    "bit of a gzip header": (overwritten(1, 0), "no gzip member begins here"),
    "bit of the method": (overwritten(1, 2), "damaged"),
    "bit of the CRC": (overwritten(1, -7), "damaged"),
    "bit of the size": (overwritten(1, -3), "damaged"),
    "zeros in a member": (overwritten(3, 60, bytes(40)), "damaged"),
    "block changed": (edited(1, b"is late", b"on time"), "block digest is sha1:"),
    "payload digest wrong": (edited(1, b"Payload-Digest: sha1:...", b"Payload-Digest: sha1:AAA"), "payload digest is"),
    "digests swapped": (swapped(b"WARC-Block-Digest"), "block digest is"),
    "payload digests swapped": (swapped(b"WARC-Payload-Digest"), "payload digest is"),
    "digest of no kind": (edited(1, b"Block-Digest: sha1:", b"Block-Digest: crc:"), "cannot be recomputed"),
    "length too long by 5": (longer_by(5), "torn"),
    "length too short by 5": (longer_by(-5), "several records in one gzip member"),
    "length that is none": (edited(1, rb"Content-Length: \d+", b"Content-Length: many"), "record's end is unknown"),
    "length missing": (edited(1, rb"Content-Length: \d+\r\n", b""), "record's end is unknown"),
    "date missing": (edited(1, rb"WARC-Date: [^\r]*\r\n", b""), "WARC-Date is missing"),
    "date bad": (edited(1, rb"WARC-Date: [^\r]*", b"WARC-Date: 2024-02-31T12:00:00Z"), "which is no date"),
    "date of another form": (edited(1, rb"WARC-Date: [^\r]*", b"WARC-Date: 11 June 2024"), "which is no date"),
    "record id missing": (edited(1, rb"WARC-Record-ID: [^\r]*\r\n", b""), "WARC-Record-ID is missing"),
    "record id bare": (edited(1, rb"WARC-Record-ID: <([^>]*)>", rb"WARC-Record-ID: \1"), "no URI in angle brackets"),
    "type missing": (edited(1, rb"WARC-Type: response\r\n", b""), "WARC-Type is missing"),
    "target missing": (edited(1, rb"WARC-Target-URI: [^\r]*\r\n", b""), "WARC-Target-URI is missing"),
    "header line without colon": (edited(1, rb"WARC-IP|WARC-Warcinfo-ID:", b"WARC Warcinfo"), "not 'Name: value'"),
    "header twice": (edited(1, rb"(WARC-Date: [^\r]*\r\n)", rb"\1\1"), "warc-date is there twice"),
    "bare line feeds": (edited(1, rb"WARC/1.1\r\n", b"WARC/1.1\n"), "bare line feed"),
    "version of another kind": (edited(1, rb"WARC/1.1", b"WORC/1.1"), "not a WARC record"),
    "version of nobody": (edited(1, rb"WARC/1.1", b"WARC/9.9"), "the version is WARC/9.9"),
    "type of nobody": (edited(2, rb"WARC-Type: request", b"WARC-Type: rebuest"), "WARC-Type is 'rebuest'"),
    "content type missing": (edited(1, rb"Content-Type: application/[^\r]*\r\n", b""), "Content-Type is missing"),
    "content type of another kind": (edited(2, rb"application/http", b"application/text"), "Content-Type is 'applicat"),
    "block digest missing": (edited(1, rb"WARC-Block-Digest: [^\r]*\r\n", b""), "WARC-Block-Digest is missing"),
    "payload digest missing": (edited(1, rb"WARC-Payload-Digest: [^\r]*\r\n", b""), "WARC-Payload-Digest is missing"),
    "warcinfo of nobody": (edited(1, rb"(WARC-Warcinfo-ID: <urn:)", rb"\1x"), "WARC-Warcinfo-ID names <urn:x"),
    "warcinfo not named": (edited(1, rb"WARC-Warcinfo-ID: [^\r]*\r\n", b""), "WARC-Warcinfo-ID is missing"),
    "file of another name": (edited(0, rb"(WARC-Filename: )", rb"\1x"), "WARC-Filename is xpost-.*, and the file is"),
    "pair on one side": (edited(2, rb"WARC-Concurrent-To: [^\r]*\r\n", b""), "does not name .* which names it"),
    "pair on the other side": (edited(1, rb"WARC-Concurrent-To: [^\r]*\r\n", b""), "does not name .* which names it"),
    "address of nothing": (edited(1, rb"(WARC-Date:)", rb"WARC-IP-Address: 300.1.2.3\r\n\1"), "which is no address"),
    "truncated for no reason": (edited(1, rb"(WARC-Date:)", rb"WARC-Truncated: boredom\r\n\1"), "is 'boredom', which"),
    "profile unknown": (in_revisit(rb"identical-payload-digest", b"alike"), "so that nobody knows what is revisited"),
    "revisit of no date": (in_revisit(rb"(Refers-To-Date: )[^\r]*", rb"\1then"), "WARC-Refers-To-Date is 'then'"),
    "revisit of another date": (in_revisit(rb"(Refers-To-Date: 20)24", rb"\g<1>23"), "and the record .* is of 2024-06"),
    "revisit of another target": (in_revisit(rb"(Refers-To-Target-URI: [^\r]*)", rb"\1?x"), r"/0\?x, and the record"),
    "revisit without date": (in_revisit(rb"WARC-Refers-To-Date: [^\r]*\r\n", b""), "WARC-Refers-To-Date is missing"),
    "revisit without target": (in_revisit(rb"WARC-Refers-To-Tar[^\r]*\r\n", b""), "Refers-To-Target-URI is missing"),
    "revisit without id": (in_revisit(rb"WARC-Refers-To: [^\r]*\r\n", b""), "WARC-Refers-To is missing"),
    "end missing": (edited(1, rb"\r\n\r\n\Z", b""), "does not end with two CRLF"),
    "duplicate id": (id_of_another, "was used before"),
    "pair of another page": (swapped(b"WARC-Concurrent-To"), "as captured with it, which"),
    "request gone": (without_members(10), "there is no such record"),
    "warcinfo gone": (without_members(0), "does not begin with a warcinfo record"),
    "torn tail": (lambda root: os.truncate(first(root), first(root).stat().st_size - 9), "is torn"),
    "truncated member in the middle": (cut_out(3, 50, 90), "damaged|torn"),
    "garbage between members": (cut_out(3, 0, 0, b"garbage!"), "no gzip member begins here"),
    "nothing in the file": (lambda root: os.truncate(first(root), 0), "it is empty"),
    "one member for all": (one_member, "several records in one gzip member"),
    "shard unsorted": (in_shard(lambda lines: lines[::-1]), "not in bytewise order"),
    "shard line twice": (in_shard(lambda lines: [lines[0], *lines]), "stands there twice"),
    "shard line missing": (in_shard(lambda lines: lines[1:]), "a line is missing"),
    "shard line torn": (in_shard(lambda lines: [*lines[:-1], lines[-1][:70] + "\n"]), "is no CDXJ line"),
    "index past the end": (
        in_shard(lambda lines: [re.sub(r'"offset": "\d+', '"offset": "9999999', lines[0]), *lines[1:]]),
        "where no capture begins",
    ),
    "index to another record": (
        in_shard(lambda lines: [re.sub(r'"offset": "\d+', offset_in(lines[1]), lines[0]), *lines[1:]]),
        "line 2 points to .* as a line before it does",
    ),
    "length in the index off by 5": (
        in_shard(lambda lines: [re.sub(r'(?<="length": ")\d+', five_more, lines[0]), *lines[1:]]),
        r"says length is (\d+), the record says (?!\1)",
    ),
    "shard missing": (lambda root: shard(root).unlink(), "the shard is missing"),
    "shard of nobody": (lambda root: shutil.copy(shard(root), root / "indexes/z.cdxj"), "whose WARC file is not there"),
    "catalog row missing": (sql("DELETE FROM captures WHERE url LIKE '%/2'"), "is not in the catalog"),
    "catalog row changed": (sql("UPDATE captures SET status = 404 WHERE url LIKE '%/2'"), "status is 404, the record"),
    "catalog row of nothing": (sql("UPDATE captures SET offset = 7 WHERE url LIKE '%/2'"), "here, the file has not"),
    "revisit of nothing": (sql("DELETE FROM captures WHERE url LIKE '%/0'"), "refers to .*not in the collection"),
    "orphan revisit": (without_members(1, 2), "there is no such record"),
    "WARC missing": (lambda root: first(root).unlink(), "has captures in this file, and it is not there"),
    "WARC under another name": (renamed, "has captures in this file, and it is not there"),
    "WARC twice": (twice, "is used in another file too"),
    "stray file": (lambda root: (root / "archive" / "notes.txt").write_text("x"), "a file that is no WARC file"),
    "item changed": (in_items("Ferry 3", "Ferry 4"), "title: not as in the catalog"),
    "item without capture": (in_items(r'"capture": \{[^}]*\}', '"capture": null'), "it names no capture"),
    "item of another capture": (in_items(r'"record_id": "<urn:uuid:[^>]*', '"record_id": "<urn:x:1'), "is not in the"),
    "item at another place": (in_items(r'"offset": \d+', '"offset": 1'), "its capture's offset is"),
    "item torn": (in_items(r"\}\n\Z", ""), "not an item"),
    "article changed": (sql("UPDATE revisions SET item = replace(item, 'Ferry 3', 'Ferry 4')"), "not as it was commi"),
    "article of other bytes": (
        sql("UPDATE revisions SET item = replace(item, 'news.example/3', 'news.example/4')"), "its capture is of",
    ),
}  # fmt: skip


TOLD_LATER = {"revisit of nothing", "orphan revisit", "WARC twice", "article changed"}
"""What follows from these comes before what only all files together, or the whole catalog, tell."""


def test_what_is_only_written_anew_is_no_damage(whole, tmp_path):
    root = tmp_path / "post"
    shutil.copytree(whole, root)
    write_members(first(root), members(first(root)))
    assert list(verify(root, extract=extract)) == []


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_found(whole, tmp_path, kind):
    damage, what = DAMAGE[kind]
    root = tmp_path / "post"
    shutil.copytree(whole, root)
    damage(root)
    found = list(verify(root, extract=extract))
    suspects = found if kind in TOLD_LATER else found[:1]
    assert any(re.search(what, finding.what) for finding in suspects), [str(finding) for finding in found]
    assert [str(finding) for finding in found if not finding.next or not finding.file.startswith(str(root))] == []
    assert [str(finding) for finding in found if len(str(finding)) > 500] == []


def test_many_processes_say_what_one_says(whole, tmp_path):
    root = tmp_path / "post"
    shutil.copytree(whole, root)
    for kind in ("block changed", "shard line missing", "item changed"):
        DAMAGE[kind][0](root)
    one, two = list(verify(root)), list(verify(root, jobs=2))
    assert len(one) > 3
    assert sorted(map(str, one)) == sorted(map(str, two))
    files = list((root / "archive").iterdir())
    assert sorted(map(str, verify(*files, jobs=2))) == sorted(map(str, verify(*files)))


def test_what_follows_from_a_lost_file_is_one_line(whole, tmp_path):
    root = tmp_path / "post"
    shutil.copytree(whole, root)
    lost = first(root)
    lost.unlink()
    gone, follows = verify(root, extract=extract)
    assert gone.what == "the catalog has captures in this file, and it is not there"
    assert follows.what.endswith(": 11 items, 1 revisit, 1 shard")
    assert gone.file == follows.file == str(lost)
