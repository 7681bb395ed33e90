"""WARC files that are gone or elsewhere, what follows from that, and files that nobody knows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from archives.collection import Collection
from archives.folders import elsewhere
from archives.layout import warc_name
from archives.verify.findings import Finding


class Losses:
    """Tells once that a file is gone, and counts what cannot hold without it."""

    def __init__(self, collection: Collection) -> None:
        self._catalog = collection.catalog
        self._layout = collection.layout
        self._here = {warc_name(path) for path in collection.warcs.paths()}
        not_here = self._catalog.warcs() - self._here
        self.elsewhere = not_here & elsewhere(self._catalog, self._layout).keys() if not_here else not_here
        """The files that are in other folders of the collection: whoever verifies there sees to them."""
        self._gone = sorted(not_here - self.elsewhere)
        self._follows: dict[str, Counter[str]] = {name: Counter() for name in not_here}

    def missing(self) -> Iterator[Finding]:
        """The files that the catalog speaks of and that are not there."""
        for name in self._gone:
            yield Finding(
                file=str(self._layout.archive / name),
                offset=None,
                what="the catalog has captures in this file, and it is not there",
                next=f"put it back from a copy, or forget it: 'newswarc recover {self._layout.root} --reindex'",
            )

    def note_unread(self, name: str) -> None:
        """Count what follows from a file that cannot be read now."""
        self._follows.setdefault(name, Counter())

    def explains(self, record_id: str, what: str) -> bool:
        """Whether a record is in a file that is not here; then `what` is counted as following from that."""
        capture = self._catalog.by_record_id(record_id) if self._follows else None
        if capture is None or capture.warc not in self._follows:
            return False
        self._follows[capture.warc][what] += 1
        return True

    def sift(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings that stand for themselves; those that follow from a lost file are counted."""
        for finding in findings:
            if finding.because_of in self._follows:
                self._follows[finding.because_of][finding.of] += 1
            else:
                yield finding

    def told(self) -> Iterator[Finding]:
        """What follows from each lost file, in one line."""
        for name, counts in self._follows.items():
            if name in self.elsewhere:
                continue
            if name in self._gone and self._layout.shard_path(name).exists():
                counts["shard"] += 1
            if counts:
                listed = ", ".join(f"{count:,} {what}{'' if count == 1 else 's'}" for what, count in counts.items())
                what = f"{counts.total():,} more cannot be checked without this file, or stand on it: {listed}"
                yield Finding(file=str(self._layout.archive / name), offset=None, what=what, next="put it back first")

    def strays(self) -> Iterator[Finding]:
        """Files in the folders of WARC files and shards that are neither."""
        known = {self._layout.shard_path(name) for name in (*self._here, *self._gone)}
        for path in sorted(set(self._layout.indexes.glob("*")) - known):
            is_shard = path.suffix == ".cdxj"
            yield _stray(path, "a shard whose WARC file is not there" if is_shard else "a file that is no shard")
        for path in sorted(set(self._layout.archive.glob("*")) - set(self._layout.warcs())):
            yield _stray(path, "a file that is no WARC file")


def _stray(path: Path, what: str) -> Finding:
    return Finding(
        file=str(path), offset=None, what=what, next="move it away; if it was renamed, give it its name back"
    )
