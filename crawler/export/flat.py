"""Articles as CSV (RFC 4180): a row an article, lists as text in one cell, the lead picture alone."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO

Item = Mapping[str, Any]

NAMES = "; "
"""Between authors, and between tags."""
ADDRESSES = " "
"""Between URLs, which have none in them."""


def _plain(name: str) -> Callable[[Item], Any]:
    return lambda item: item.get(name)


def _of_capture(name: str) -> Callable[[Item], Any]:
    return lambda item: (item.get("capture") or {}).get(name)


def _of_lead(name: str) -> Callable[[Item], Any]:
    return lambda item: next((image[name] for image in item.get("images") or () if image["lead"]), None)


COLUMNS: dict[str, Callable[[Item], Any]] = {
    **{name: _plain(name) for name in ("url", "canonical_url", "site", "title", "byline")},
    "authors": lambda item: NAMES.join(author["name"] for author in item.get("authors") or ()),
    **{name: _plain(name) for name in ("date_published", "date_modified", "description", "body", "section")},
    "tags": lambda item: NAMES.join(item.get("tags") or ()),
    **{name: _plain(name) for name in ("language", "access", "kind")},
    "lead_image": _of_lead("url"),
    "lead_caption": _of_lead("caption"),
    "lead_credit": _of_lead("credit"),
    "related_links": lambda item: ADDRESSES.join(link["url"] for link in item.get("related_links") or ()),
    "revision": _plain("revision"),
    "captured": _of_capture("date"),
    **{name: _of_capture(name) for name in ("status", "warc", "offset", "length", "record_id", "payload_digest")},
    "extractor": _plain("extractor"),
}
"""Name of each column, in order, and what stands in it; empty where nothing is known."""


def write_csv(lines: Iterable[bytes], out: BinaryIO) -> None:
    """Write items, each as JSON, in UTF-8 under a line of names."""
    rows = csv.writer(_Utf8(out))
    rows.writerow(COLUMNS)
    for item in map(json.loads, lines):
        rows.writerow([value_of(item) for value_of in COLUMNS.values()])


class _Utf8:
    """Takes text, and writes it as UTF-8."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        return self._out.write(text.encode())
