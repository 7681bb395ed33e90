"""Items against records: each stands on a capture, and says what the capture's bytes say."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from archives.cdxj import Capture
from archives.collection import Collection
from archives.errors import ArchiveError
from archives.findings import Checked, Finding
from archives.http import parse

Item = Mapping[str, Any]
Extract = Callable[[bytes, str, str | None], Item]
"""(payload, url, content type) → item, as plain data."""

_REFERENCE = ("warc", "offset", "length", "date", "payload_digest", "status")
_NOT_FROM_BYTES = {"capture", "revision", "extractor", "site"}
"""Keys of an item that do not come from the page."""


def verify_items(collection: Collection, checked: Checked, extract: Extract | None) -> Iterator[Finding]:
    """Check the catalog's articles and the lines of `items/` against their captures."""
    for item in collection.catalog.articles(latest=False):
        checked.items += 1
        place = f"{collection.layout.catalog}, article {item['url']}, revision {item['revision']}"
        whats = list(_reference_faults(collection, item))
        if extract and not whats:
            whats += _differences(collection, item, extract)
        for what in whats:
            yield Finding(file=place, offset=None, what=what)
    for path in sorted(collection.layout.items.glob("*.jsonl")):
        yield from _verify_lines(collection, path, checked)


def _verify_lines(collection: Collection, path: Path, checked: Checked) -> Iterator[Finding]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            checked.items += 1
            place = f"{path}, line {number}"
            try:
                item = json.loads(line)
                whats = list(_reference_faults(collection, item))
            except (ValueError, AttributeError, TypeError) as exc:
                whats = [f"not an item: {exc}"]
            for what in whats:
                yield Finding(file=place, offset=None, what=what)


def _reference_faults(collection: Collection, item: Item) -> Iterator[str]:
    """What an item says of its capture, against what the index says."""
    reference = item.get("capture")
    if not reference:
        return
    capture = collection.catalog.by_record_id(reference["record_id"])
    if capture is None:
        yield f"its capture {reference['record_id']} is not in the collection"
        return
    if item["url"] != capture.url:
        yield f"its capture is of {capture.url}"
    for name in _REFERENCE:
        if reference.get(name) != (told := getattr(capture, name)):
            yield f"its capture's {name} is {told!r}, the item says {reference.get(name)!r}"


def _differences(collection: Collection, item: Item, extract: Extract) -> Iterator[str]:
    """Extract anew and compare field by field."""
    capture = collection.catalog.by_record_id((item.get("capture") or {}).get("record_id", ""))
    if capture is None:
        return
    try:
        fresh = _extracted(collection, capture, extract)
    except ArchiveError as exc:
        yield f"its bytes cannot be read: {exc}"
        return
    for name in fresh.keys() - _NOT_FROM_BYTES:
        if fresh[name] != item.get(name):
            yield (
                f"{name} extracted anew is {_short(fresh[name])}, the item says {_short(item.get(name))}"
                f" (by {item.get('extractor')}, now {fresh.get('extractor')})"
            )


def _extracted(collection: Collection, capture: Capture, extract: Extract) -> Item:
    response = parse(collection.exchange(capture).response)
    fresh: Item = json.loads(json.dumps(extract(response.body, capture.url, response.head.text(b"content-type"))))
    return fresh


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
