"""Items against records: each stands on a capture, and says what the capture's bytes say."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from archives.cdxj import Capture
from archives.collection import Collection
from archives.errors import ArchiveError
from archives.findings import Checked, Finding
from archives.http import parse
from archives.revisions import item_digest
from archives.seen import show_the_same

Item = Mapping[str, Any]

_REFERENCE = ("warc", "offset", "length", "date", "payload_digest", "status")
_NOT_FROM_BYTES = {"capture", "revision", "extractor", "site"}
"""Keys of an item that do not come from the page."""
_EXTRACT_AGAIN = "if the rules have changed since, crawl again for a new revision; if not, the item was changed"
_FROM_CATALOG = "'newswarc export' writes it anew from the catalog"
_CRAWL_AGAIN = "the capture is lost: crawl the address anew"


class Extract(Protocol):
    """Makes the item of a page anew."""

    def __call__(self, payload: bytes, url: str, content_type: str | None, item: Item, /) -> Item:
        """The item as plain data, by the rules of the site that `item` names on the day of its capture."""


def verify_items(
    collection: Collection, checked: Checked, extract: Extract | None, *, part: int = 0, of: int = 1
) -> Iterator[Finding]:
    """Check the catalog's articles and the lines of `items/` against their captures, or one of so many equal parts."""
    for item in islice(collection.catalog.articles(latest=False), part, None, of):
        checked.items += 1
        place = f"{collection.layout.catalog}, article {item['url']}, revision {item['revision']}"
        yield from _placed(place, _item_faults(collection, item, extract))
    if part == 0:
        yield from _placed(str(collection.layout.catalog), _catalog_faults(collection))
    for path in sorted(collection.layout.items.glob("*.jsonl"))[part::of]:
        yield from _verify_lines(collection, path, checked)


def _placed(place: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    return (replace(finding, file=place) for finding in findings)


def _item_faults(collection: Collection, item: Item, extract: Extract | None) -> Iterator[Finding]:
    reference = list(_reference_faults(collection, item))
    yield from reference
    if not reference and extract:
        yield from _differences(collection, item, extract)


def _catalog_faults(collection: Collection) -> Iterator[Finding]:
    """Articles whose last revision is not what was committed as such."""
    for url, digest, item in collection.catalog.latest_digests():
        if item_digest(item) != digest:
            what = f"the article {url} is not as it was committed: its text or another field was changed since"
            yield _finding(what, "restore the catalog from a copy")


def _verify_lines(collection: Collection, path: Path, checked: Checked) -> Iterator[Finding]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            checked.items += 1
            try:
                item = json.loads(line)
                findings = list(_line_faults(collection, item))
            except (ValueError, AttributeError, TypeError, KeyError) as exc:
                findings = [_finding(f"not an item: {exc}", _FROM_CATALOG)]
            yield from _placed(f"{path}, line {number}", iter(findings))


def _line_faults(collection: Collection, item: Item) -> Iterator[Finding]:
    reference = list(_reference_faults(collection, item))
    yield from reference
    if reference:
        return
    committed = collection.catalog.item_of(item["capture"]["record_id"])
    if committed is None:
        yield _finding("the catalog has no article of its capture", "'newswarc recover' extracts it anew")
    elif item_digest(committed) != item_digest(item) and not _is_another_sighting(committed, item):
        names = [name for name in committed if committed[name] != item.get(name) and name not in _NOT_FROM_BYTES]
        yield _finding(f"{', '.join(names)}: not as in the catalog", _FROM_CATALOG)


def _is_another_sighting(committed: Item, item: Item) -> bool:
    """Whether the item is of a later capture than the revision's own, and shows the same but for what always moves."""
    return committed["capture"]["record_id"] != item["capture"]["record_id"] and show_the_same(committed, item)


def _reference_faults(collection: Collection, item: Item) -> Iterator[Finding]:
    """What an item says of its capture, against what the index says."""
    reference = item.get("capture")
    if not reference:
        yield _finding("it names no capture, so that nobody can check it", _FROM_CATALOG)
        return
    capture = collection.catalog.by_record_id(reference["record_id"])
    if capture is None:
        yield _finding(f"its capture {reference['record_id']} is not in the collection", _CRAWL_AGAIN)
        return
    if item["url"] != capture.url:
        yield _finding(f"its capture is of {capture.url}", _FROM_CATALOG)
    for name in _REFERENCE:
        if reference.get(name) != (told := getattr(capture, name)):
            yield _finding(f"its capture's {name} is {told!r}, the item says {reference.get(name)!r}", _FROM_CATALOG)
    if not collection.warcs.has(capture.warc):
        what = f"its capture is in {capture.warc}, which is not there"
        yield Finding(file="", offset=None, what=what, next=_CRAWL_AGAIN, because_of=capture.warc, of="item")


def _differences(collection: Collection, item: Item, extract: Extract) -> Iterator[Finding]:
    """Extract anew and compare field by field."""
    capture = collection.catalog.by_record_id((item.get("capture") or {}).get("record_id", ""))
    if capture is None:
        return
    try:
        fresh = _extracted(collection, capture, item, extract)
    except ArchiveError as exc:
        lost = _lost_original(collection, capture)
        what = f"its bytes cannot be read: {exc}"
        yield Finding(file="", offset=None, what=what, next=_CRAWL_AGAIN, because_of=lost, of="item")
        return
    for name in sorted((fresh.keys() or item.keys()) - _NOT_FROM_BYTES):
        if fresh.get(name) != item.get(name):
            yield _finding(
                f"{name} extracted anew is {_short(fresh.get(name))}, the item says {_short(item.get(name))}"
                f" (by {item.get('extractor')}, now {fresh.get('extractor')})",
                _EXTRACT_AGAIN,
            )


def _lost_original(collection: Collection, capture: Capture) -> str:
    """The file that is not there and holds what a revisit refers to; '' if that is not the reason."""
    original = collection.catalog.by_record_id(capture.refers_to) if capture.refers_to else None
    if original is None or collection.warcs.has(original.warc):
        return ""
    return original.warc


def _extracted(collection: Collection, capture: Capture, item: Item, extract: Extract) -> Item:
    response = parse(collection.exchange(capture).response)
    content_type = response.head.text(b"content-type")
    fresh: Item = json.loads(json.dumps(extract(response.body, capture.url, content_type, item)))
    return fresh


def _finding(what: str, advice: str) -> Finding:
    return Finding(file="", offset=None, what=what, next=advice)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
