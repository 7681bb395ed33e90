"""A writer without a crawler: the same exchanges each time, and a note of what it was told is archived."""

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archives.cdxj import Capture
from archives.collection import Collection
from archives.errors import StorageFailed
from archives.exchange import Exchange, message
from archives.writing import Writing
from tests.crashes import faults

EXCHANGES = 8
MAX_SIZE = 4_000
"""Bytes after which a file is full: some exchanges go into one, the rest into the next."""


def exchange(number: int) -> Exchange:
    """Every third is a repetition of the first's page, every second has more to it than request and response."""
    body = b"<p>Ferry late again</p>" if number % 3 == 0 else os.urandom(600).hex().encode()
    return Exchange(
        url=f"http://news.example/{number}",
        started=datetime.now(UTC),
        request=b"GET / HTTP/1.1\r\n\r\n",
        response=message(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body),
        trailing=b"x" if number % 2 else b"",
    )


def item_of(capture: Capture) -> dict[str, Any]:
    names = ("warc", "offset", "length", "record_id", "date", "payload_digest", "status")
    reference = {name: asdict(capture)[name] for name in names}
    return {"url": capture.url, "title": f"{capture.url}'s", "capture": reference, "extractor": "test", "revision": 1}


def write(folder: str, notes: str) -> int:
    """Archive, and commit articles, until all is done or the disk is full; returns the exit status."""
    with Path(notes).open("ab", buffering=0) as out:

        def note(**what: Any) -> None:
            faults.REAL["write"](out.fileno(), json.dumps(what).encode() + b"\n")

        try:
            with Collection.open(folder, write=Writing(max_size=MAX_SIZE)) as collection:
                for number in range(EXCHANGES):
                    one = exchange(number)
                    capture = collection.archive(one)
                    note(record_id=capture.record_id, response=one.response_bytes().hex())
                    if number % 2:
                        collection.catalog.put_article(item_of(capture))
                        note(item=capture.record_id)
                    if number in (1, 2, 5):
                        collection.flush()
                        note(flushed=True)
        except StorageFailed:
            return 1
    return 0
