"""The lines of `items/` against the catalog: each says what was committed of its capture; none is missing or twice."""

import json
from collections.abc import Iterator
from pathlib import Path

from archives.collection import Collection
from archives.counted import counted
from archives.item_lines import unwritten, written_in
from archives.record_ids import doubles
from archives.revisions import record_id_of
from archives.seen import changed_fields
from archives.verify.findings import Checked, Finding
from archives.verify.items import Extract, Item, differences, finding, placed, reference_faults

_FROM_CATALOG = "one of the two was changed since: restore it from a copy, or have 'newswarc export' write it anew"
_NOTHING = object()


def verify_lines(
    collection: Collection, checked: Checked, extract: Extract | None, *, part: int = 0, of: int = 1
) -> Iterator[Finding]:
    """Check the lines of all files, or of one of so many equal parts of them."""
    paths = _files(collection)
    for path in paths[part::of]:
        yield from _verify_file(collection, path, checked, extract)
    if part == 0:
        yield from _between_lines(collection, paths)


def _files(collection: Collection) -> list[Path]:
    return sorted(collection.layout.items.glob("*.jsonl"))


def _verify_file(collection: Collection, path: Path, checked: Checked, extract: Extract | None) -> Iterator[Finding]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            checked.items += 1
            try:
                findings = list(_line_faults(collection, json.loads(line), extract))
            except (ValueError, AttributeError, TypeError, KeyError) as exc:
                findings = [finding(f"not an item: {exc}", _FROM_CATALOG)]
            yield from placed(f"{path}, line {number}", iter(findings))


def _line_faults(collection: Collection, item: Item, extract: Extract | None) -> Iterator[Finding]:
    reference = list(reference_faults(collection, item))
    yield from reference
    if reference:
        return
    committed = collection.catalog.item_of(record_id_of(item))
    if committed is None:
        yield finding("the catalog has no article of its capture", "'newswarc recover' extracts it anew")
        return
    # In a collection of several folders, another one may number revisions anew, and hand a revision on to a capture.
    alone = not collection.layout.mark
    is_own = alone and record_id_of(committed) == record_id_of(item)
    unlike = list(_unlike(committed, item)) if is_own else _shown_otherwise(committed, item, numbered=alone)
    if unlike:
        yield finding(f"{', '.join(unlike)}: not as in the catalog", _FROM_CATALOG)
    elif list(item) != list(committed) and item.get("extractor") == committed.get("extractor"):
        yield finding("its keys are not those of the catalog's item, in that order", _FROM_CATALOG)
    elif extract and not is_own:
        yield from differences(collection, item, extract)


def _unlike(committed: Item, item: Item) -> Iterator[str]:
    """Keys that are missing, are not the catalog's, or say something else."""
    for name in dict.fromkeys((*committed, *item)):
        if committed.get(name, _NOTHING) != item.get(name, _NOTHING):
            yield name


def _shown_otherwise(committed: Item, item: Item, *, numbered: bool) -> list[str]:
    """In what a reader sees another value than the revision's, and its number, if that is another."""
    renumbered = numbered and committed.get("revision") != item.get("revision")
    return [*changed_fields(committed, item), *(["revision"] if renumbered else [])]


def _between_lines(collection: Collection, paths: list[Path]) -> Iterator[Finding]:
    """What only all files together tell."""
    written = [written_in(path) for path in paths]
    for number, line in doubles(written):
        what = "another line is of the same capture"
        yield from placed(f"{paths[number]}, line {line}", iter([finding(what, "take one of the two out")]))
    for job, missing in unwritten(collection.layout, collection.catalog, written):
        what = f"lines of {counted(len(missing), 'article')} of this crawl are missing, the first of {missing[0]}"
        advice = f"'newswarc recover {collection.layout.root} --reindex' writes what is missing"
        yield from placed(str(collection.layout.items / f"{job}.jsonl"), iter([finding(what, advice)]))
