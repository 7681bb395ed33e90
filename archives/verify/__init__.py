"""Does everything in an archive agree with itself? Each disagreement is a finding: file, offset, what, what next.

Of any WARC file, ours or another's: that every member and record is whole, keeps to the grammar, and has the digests it
states. Of a collection besides: that catalog and index name exactly the captures that the records hold, and that every
item stands on a capture, is in the files of `items/` as in the catalog, and, with an extractor at hand, still says what
the bytes say.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from archives.collection import Collection
from archives.layout import is_open, warc_name
from archives.record_ids import doubles, unanswered
from archives.takedown.plan import plan_path
from archives.verify.files import FileSeen, named_in, verify_file
from archives.verify.findings import Checked, Finding
from archives.verify.growing import Growing
from archives.verify.index import IndexCheck
from archives.verify.items import Extract, verify_items
from archives.verify.lines import verify_lines
from archives.verify.losses import Losses
from archives.warcs import Source

__all__ = ["Checked", "Extract", "Finding", "verify"]

Part = tuple[FileSeen | None, list[Finding]]
"""What was found in a part of the work, which is a file or some of the items."""


def verify(
    *paths: Path | str,
    extract: Extract | None = None,
    checked: Checked | None = None,
    database: str | None = None,
    jobs: int = 1,
) -> Iterator[Finding]:
    """Check collections (folders) and WARC files; no finding means that all of it holds.

    `extract` is `(payload, url, content type, item) → item`: with it the items of collections are made anew and
    compared. `checked` counts along. With more `jobs` than one, so many processes share the files.
    """
    checked = checked if checked is not None else Checked()
    files = [path for path in map(Path, paths) if not path.is_dir()]
    seen = [FileSeen(file=str(path)) for path in files]
    if jobs == 1:
        for one in seen:
            yield from verify_file(Path(one.file), checked, one)
    elif files:
        with ProcessPoolExecutor(jobs) as workers:
            for number, (one, part, findings) in enumerate(workers.map(_lone_file, files)):
                seen[number] = one
                checked.add(part)
                yield from findings
    yield from _doubled(seen, Path)
    for path in [path for path in map(Path, paths) if path.is_dir()]:
        with Collection.open(path, database=database) as collection:
            growing = Growing(collection.layout)
            for finding in _verify_collection(collection, checked, extract, database, jobs):
                if growing.has(finding.file):
                    checked.unfinished += 1
                else:
                    yield finding


def _verify_collection(
    collection: Collection, checked: Checked, extract: Extract | None, database: str | None, jobs: int
) -> Iterator[Finding]:
    """Files that are not there come first: much else follows from them, and is only counted."""
    if (plan := plan_path(collection.layout)).exists():
        advice = f"'newswarc recover {collection.layout.root}' finishes it; until then other faults may come of it"
        yield Finding(file=str(plan), offset=None, what="a takedown was cut off, or is at work", next=advice)
    losses = Losses(collection)
    checked.elsewhere += len(losses.elsewhere)
    yield from losses.missing()
    seen: list[FileSeen] = []
    work = _in_turn if jobs == 1 else partial(_side_by_side, database=database, jobs=jobs)
    for file_seen, findings in work(collection, extract, checked):
        if file_seen is not None:
            seen.append(file_seen)
            if file_seen.unread:
                losses.note_unread(warc_name(Path(file_seen.file)))
        yield from losses.sift(findings)
    yield from _between_files(collection, seen, losses)
    yield from losses.strays()
    yield from losses.told()


def _in_turn(collection: Collection, extract: Extract | None, checked: Checked) -> Iterator[Part]:
    for path in collection.warcs.paths():
        yield _of_file(collection, checked, path=path)
    yield _of_items(collection, checked, extract=extract, part=0, of=1)


def _side_by_side(
    collection: Collection, extract: Extract | None, checked: Checked, *, database: str | None, jobs: int
) -> Iterator[Part]:
    root = collection.layout.root
    works: list[Callable[[Collection, Checked], Part]] = [
        *(partial(_of_file, path=path) for path in collection.warcs.paths()),
        *(partial(_of_items, extract=extract, part=part, of=jobs) for part in range(jobs)),
    ]
    with ProcessPoolExecutor(jobs) as workers:
        for part, looked_at in workers.map(partial(_opened, root, database), works):
            checked.add(looked_at)
            yield part


def _lone_file(path: Path) -> tuple[FileSeen, Checked, list[Finding]]:
    seen, checked = FileSeen(file=str(path)), Checked()
    findings = list(verify_file(path, checked, seen))
    return seen, checked, findings


def _opened(root: Path, database: str | None, work: Callable[[Collection, Checked], Part]) -> tuple[Part, Checked]:
    """Do a part of the work in a process of its own, which opens the collection for itself."""
    checked = Checked()
    with Collection.open(root, database=database) as collection:
        return work(collection, checked), checked


def _of_file(collection: Collection, checked: Checked, *, path: Path) -> Part:
    seen = FileSeen(file=str(path))
    source = _source(collection, path)
    return seen, list(verify_file(path, checked, seen, IndexCheck(collection, path), source=source))


def _source(collection: Collection, path: Path) -> Source:
    return collection.warcs.source(warc_name(path))


def _of_items(collection: Collection, checked: Checked, *, extract: Extract | None, part: int, of: int) -> Part:
    of_articles = verify_items(collection, checked, extract, part=part, of=of)
    of_lines = verify_lines(collection, checked, extract, part=part, of=of)
    return None, [*of_articles, *of_lines]


def _between_files(collection: Collection, seen: list[FileSeen], losses: Losses) -> Iterator[Finding]:
    """What only all files together tell: ids that are used in two of them, revisits of records that are in none."""
    yield from _doubled(seen, partial(_source, collection))
    ids = [one.ids for one in seen]
    for number, offset in unanswered((one.refers for one in seen), ids):
        path = Path(seen[number].file)
        name = named_in(_source(collection, path), offset, "WARC-Refers-To")
        if not losses.explains(name, "revisit"):
            what = f"names {name}, and there is no such record"
            advice = "its page is lost here: crawl the address anew"
            if is_open(path):
                advice = "a crawl may be at work; if not, its page is lost here: crawl the address anew"
            yield Finding(file=str(path), offset=offset, what=what, next=advice)


def _doubled(seen: list[FileSeen], source_of: Callable[[Path], Source]) -> Iterator[Finding]:
    """Ids that are used in two files."""
    for number, offset in doubles(one.ids for one in seen) if len(seen) > 1 else ():
        path = Path(seen[number].file)
        what = f"record id {named_in(source_of(path), offset, 'WARC-Record-ID')} is used in another file too"
        yield Finding(file=str(path), offset=offset, what=what, next="one of the files may be a copy: move it away")
