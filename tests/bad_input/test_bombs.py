"""What is small on the wire and endless when it is opened is refused with one line, in little memory."""

import gzip
import json
import struct
import zlib
from pathlib import Path

import brotli
import pytest
import sqlalchemy as sa

from archives.warc import members
from crawler.frontier import read_entries
from tests.support.warcs import response

MEGABYTE = bytes(2**20)
STORY = "https://news.example/2031/03/02/council-asks-for-lamps"


def bomb(megabytes: int, start: bytes = b"", piece: bytes = MEGABYTE) -> bytes:
    """A gzip member, of which one megabyte is compressed and then repeated: a full flush forgets what was before."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    opening = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    repeated = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum, size = zlib.crc32(start), len(start) + megabytes * len(piece)
    for _ in range(megabytes):
        checksum = zlib.crc32(piece, checksum)
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    return head + opening + repeated * megabytes + packer.flush() + struct.pack("<II", checksum, size)


def ledger(collection: Path) -> dict[str, tuple[str, str | None]]:
    engine = sa.create_engine(f"sqlite:///{collection / 'catalog.sqlite'}")
    entries = {entry.url: (entry.state, entry.reason) for entry in read_entries(engine)}
    engine.dispose()
    return entries


def test_a_page_that_is_a_gzip_bomb(person, paper, story):
    """It is archived as it came and failed in the ledger, with its reason; the other pages are as good as ever."""
    good = paper.put_body("/2031/03/02/council-asks-for-lamps", "text/html", story().encode())
    bad = paper.put_body("/2031/03/02/council-asks-for-more", "text/html", bomb(70), Content_Encoding="gzip")
    person.write_site("paper", feeds=[paper.put_feed("/feed", good, bad)])
    done = person.newswarc("crawl", "paper", "--json")
    summary = json.loads(done.out)
    assert (done.status, done.faults) == (0, [])
    assert (summary["articles"], summary["failed"]) == (1, {"too large": 1})
    assert ledger(person.folder / "collections" / "paper")[bad] == ("failed", "too large")
    assert person.newswarc("verify", "paper", "--deep").status == 0


def test_an_archived_page_that_is_a_gzip_bomb(person, paper, story):
    """`extract` tells which capture cannot be opened, and goes on."""
    good = paper.put_body("/2031/03/02/council-asks-for-lamps", "text/html", story().encode())
    bad = paper.put_body("/2031/03/02/council-asks-for-more", "text/html", bomb(70), Content_Encoding="gzip")
    person.write_site("paper", feeds=[paper.put_feed("/feed", good, bad)])
    assert person.newswarc("crawl", "paper").status == 0
    done = person.newswarc("extract", "paper")
    assert done.out.count("\n") == 1
    assert f"{bad}: payload decodes to more than" in done.one_line
    assert ".warc.gz at " in done.one_line
    assert done.status == 1


def test_sources_that_are_gzip_bombs(person, paper, story):
    """A line for each, of whatever kind; what the good ones announce is crawled."""
    good = paper.put_feed("/feed", paper.put_body(STORY[20:], "text/html", story().encode()))
    bad = {
        kind: paper.put_body(f"/{kind}", "text/html", bomb(70), Content_Encoding="gzip")
        for kind in ("feeds", "sitemaps", "sections", "seeds")
    }
    person.write_site("paper", **{kind: [url] for kind, url in bad.items()} | {"feeds": [bad["feeds"], good]})
    done = person.newswarc("crawl", "paper", "--json")
    told = "too large, or a bomb; leave this source out of the site file"
    assert sorted(done.faults) == sorted(f"newswarc: {url}: {told}" for url in bad.values())
    assert json.loads(done.out)["articles"] == 1
    assert done.status == 1


def test_a_gzipped_sitemap_that_is_a_bomb(person, paper):
    """A bomb in a .gz file, where the wire has no coding to be undone."""
    bad = paper.put_body("/sitemap.xml.gz", "application/gzip", bomb(70, b"<urlset>"))
    person.write_site("paper", sitemaps=[bad])
    done = person.newswarc("crawl", "paper")
    assert f"{bad}: a gzip bomb: more than 64 MB unpacked" in done.one_line
    assert done.status == 1


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "flood">%s]>' % b"".join(
    b'<!ENTITY %c "%s">' % (level + 1, b"&%c;" % level * 10) for level in range(ord("a"), ord("i"))
)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("feeds", ENTITIES + b"<rss><channel><item><link>&i;</link></item></channel></rss>"),
        ("sitemaps", ENTITIES + b"<urlset><url><loc>&i;</loc></url></urlset>"),
        ("sitemaps", gzip.compress(ENTITIES + b"<sitemapindex><sitemap><loc>&i;</loc></sitemap></sitemapindex>")),
    ],
    ids=["feed", "sitemap", "sitemap-index.gz"],
)
def test_an_entity_bomb(person, paper, story, kind, body):
    good = paper.put_body("/2031/03/02/council-asks-for-lamps", "text/html", story().encode())
    bad = paper.put_body("/bomb", "application/xml", body)
    sources = {"feeds": [paper.put_feed("/feed", good)], "sitemaps": []}
    person.write_site("paper", **{**sources, kind: [*sources[kind], bad]})
    done = person.newswarc("crawl", "paper", "--json")
    assert f"{bad}: declares XML entities, as an entity bomb does; leave this source" in done.one_line
    assert json.loads(done.out)["articles"] == 1
    assert done.status == 1


@pytest.mark.parametrize("command", ["extract", "verify"])
@pytest.mark.parametrize(
    "start",
    [
        b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 99999999999\r\n\r\n",
        b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 5\r\n\r\nhello",
    ],
    ids=["block", "newlines"],
)
def test_a_warc_member_that_is_a_gzip_bomb(person, story, tmp_path, command, start):
    """The member is told and passed over; the records around it are read."""
    piece = b"\n" * 2**20 if start.endswith(b"hello") else MEGABYTE
    packed = bomb((members.BOMB_SIZE >> 20) + 1, start, piece)
    before, behind = (gzip.compress(response(f"{STORY}-{n}", story().encode(), number=n)) for n in (1, 2))
    (tmp_path / "bomb.warc.gz").write_bytes(before + packed + behind)
    done = person.newswarc(command, "bomb.warc.gz")
    line = done.one_line if command == "extract" else done.out
    assert f"bomb.warc.gz at {len(before)}: " in line
    assert "a gzip bomb: more than 256 MB" in line
    assert done.status == 1
    if command == "extract":
        assert [json.loads(item)["url"] for item in done.out.splitlines()] == [f"{STORY}-1", f"{STORY}-2"]


def test_a_warc_member_without_end_is_passed_over_in_little_memory(person, tmp_path):
    packed = bomb(1_000, b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Note: ", b"x" * 2**20)
    (tmp_path / "bomb.warc.gz").write_bytes(packed)
    done = person.newswarc("verify", "bomb.warc.gz")
    assert "bomb.warc.gz at 0: the record is torn in its headers" in done.out
    assert done.status == 1
    assert done.peak < person.newswarc("--version").peak + 60_000


def test_payloads_in_anothers_warc_that_are_bombs(person, story, tmp_path):
    """Each is told, with its offset, whatever its coding; the page behind them is extracted."""
    content = bytes(70 * 2**20)
    pages = {"gzip": bomb(70), "deflate": zlib.compress(content, 1), "br": brotli.compress(content, quality=1)}
    bad = [
        response(f"{STORY}-{coding}", page, number=number, headers=f"Content-Encoding: {coding}\r\n")
        for number, (coding, page) in enumerate(pages.items(), 2)
    ]
    (tmp_path / "theirs.warc").write_bytes(b"".join([*bad, response(STORY, story().encode())]))
    done = person.newswarc("extract", "theirs.warc")
    offsets = [sum(map(len, bad[:place])) for place in range(len(bad))]
    for line, offset, coding in zip(done.faults, offsets, pages, strict=True):
        assert f"theirs.warc at {offset}, {STORY}-{coding}: payload decodes to more than" in line
    assert [json.loads(item)["url"] for item in done.out.splitlines()] == [STORY]
    assert done.status == 1
