"""A collection of a few stories in two WARC files, in which one payload is everywhere."""

import json
import sqlite3
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archives.cdxj import Capture
from archives.collection import Collection
from archives.exchange import Exchange, message
from archives.takedown.withheld import REFERENCE
from archives.warc.members import MAGIC
from archives.warc.reader import read_records

NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html"
CHUNKED = HTML + b"\r\nTransfer-Encoding: chunked"
SECRET = b"<p>The mayor's secret garden, all of it</p>"
STORY = "http://news.example/story"


def at(minute: int, url: str, body: bytes, head: bytes = HTML, **more) -> Exchange:
    more.setdefault("request", b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n")
    response = message(head + b"\r\n\r\n" + body)
    return Exchange(url=url, started=NOON + timedelta(minutes=minute), response=response, **more)


def one_chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def item_of(capture: Capture, body: bytes) -> dict:
    told = {name: getattr(capture, name) for name in REFERENCE}
    return {"url": capture.url, "title": "A story", "body": body.decode(), "site": "paper", "capture": told}


def write_item(collection: Collection, capture: Capture, body: bytes) -> None:
    item = item_of(capture, body)
    revision = collection.catalog.put_article(item).revision
    with (collection.layout.items / "job.jsonl").open("a") as out:
        out.write(json.dumps({**item, "revision": revision}) + "\n")


def build(root: Path, database: str | None = None) -> None:
    """`story` has the payload; `copy`, `framed` and a 304 of `story` refer to it; `other` and `last` have their own."""
    with Collection.open(root, write=True, database=database) as collection:
        collection.archive(at(0, "http://news.example/first", b"<p>first</p>"))
        story = collection.archive(at(1, STORY, SECRET, head=HTML + b'\r\nETag: "7"', trailing=b"x"))
        write_item(collection, story, SECRET)
        copy = collection.archive(at(2, "http://news.example/copy", SECRET, head=HTML + b"\r\nX-Own: 1"))
        write_item(collection, copy, SECRET)
    with Collection.open(root, write=True, database=database) as collection:
        framed = collection.archive(at(3, "http://news.example/framed", one_chunk(SECRET), head=CHUNKED))
        assert (copy.kind, framed.kind) == ("revisit", "revisit")
        again = collection.archive(at(4, STORY, b"", head=b"HTTP/1.1 304 Not Modified"), not_modified=story)
        write_item(collection, again, SECRET)
        changed = collection.archive(at(5, STORY, b"<p>corrected</p>"))
        write_item(collection, changed, b"<p>corrected</p>")
        other = collection.archive(at(6, "http://news.example/other", b"<p>other</p>"))
        write_item(collection, other, b"<p>other</p>")


def contents(path: Path) -> bytes:
    """What a file holds: of a WARC file, every record's headers and block as well."""
    content = path.read_bytes()
    if content[:2] == MAGIC:
        content += b"".join(repr(one.headers).encode() + one.content() for one in read_records(path))
    return content


def files_with(root: Path, needle: bytes) -> list[str]:
    """Every file of the collection that holds the bytes, drafts and the database's log among them."""
    return sorted(path.name for path in root.rglob("*") if path.is_file() and needle in contents(path))


def state_of(root: Path) -> dict[str, object]:
    """All that a reader can tell of a collection."""
    names = [field.name for field in fields(Capture)]
    with Collection.open(root) as collection:
        captures = [[getattr(one, name) for name in names] for one in collection.captures()]
        payloads = [collection.payload(one) for one in collection.captures()]
        articles = list(collection.catalog.articles(latest=False))
    with sqlite3.connect(root / "catalog.sqlite") as catalog:
        seen = sorted(catalog.execute("SELECT record_id, revision FROM sightings").fetchall())
        kept = catalog.execute("SELECT * FROM withheld").fetchall()
    catalog.close()
    return {
        "captures": captures,
        "payloads": payloads,
        "articles": sorted(articles, key=lambda one: (one["url"], one["revision"])),
        "sightings": seen,
        "withheld": kept,
        "shards": {path.name: path.read_bytes() for path in (root / "indexes").iterdir()},
        "lines": {path.name: sorted(path.read_bytes().splitlines()) for path in (root / "items").iterdir()},
    }
