"""What changed between the articles of an earlier extraction and those of this one, by page and field."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from crawler.changes import field_changes
from crawler.export.compression import BROKEN, uncompressed

Item = Mapping[str, Any]
Key = tuple[str, str | None]
"""Address, and time of the capture: what tells two captures of one address apart."""

NOT_COMPARED = frozenset({"capture", "extractor", "revision", "sources"})
"""Fields that tell where an article came from and what read it, not what is in it."""
_BEFORE, _SHORT = 12, 60
"""Characters that are shown before the first that differs, and at all."""


class NotItems(Exception):
    """A file that holds something else than an article a line."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one page."""

    url: str
    field: str
    old: object
    new: object


@dataclass(slots=True, kw_only=True)
class Comparison:
    """The articles of a file, and how those that are looked at differ from them."""

    file: BinaryIO
    """As it is unpacked."""
    places: dict[Key, int]
    """Where in the file the line of an article begins."""
    known: frozenset[str] = field(init=False)
    """Addresses of the file's articles."""
    pages: int = 0
    changes: list[Change] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    """Addresses of articles that the file has not."""
    revisions: list[tuple[str, int]] = field(default_factory=list)
    """Addresses and numbers of revisions that the file has not, of articles that it has."""
    seen: set[Key] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.known = frozenset(url for url, _ in self.places)

    @classmethod
    def with_file(cls, path: Path) -> "Comparison":
        """Begin a comparison with the articles that a file holds; NotItems, if it holds something else."""
        try:
            file = uncompressed(path)
        except BROKEN as exc:
            raise NotItems(f"{path}: it cannot be unpacked ({exc}); name a file that is whole") from exc
        try:
            return cls(file=file, places={key_of(item): place for place, item in _items(file, path)})
        except NotItems:
            file.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    def look(self, item: Item) -> None:
        """Compare one article with what it was."""
        key = key_of(item)
        self.pages += 1
        self.seen.add(key)
        place = self.places.get(key)
        if place is None:
            self._note(item)
            return
        old = self._read(place)
        names = [name for name in {**old, **item} if name not in NOT_COMPARED]
        found = field_changes(old, item, names)
        self.changes += [Change(item["url"], change.field, change.old, change.new) for change in found]

    def _note(self, item: Item) -> None:
        """What the file has not: a further revision of one of its articles, or another article."""
        url = item["url"]
        if url in self.known:
            self.revisions.append((url, item["revision"]))
        else:
            self.new.append(url)

    def _read(self, place: int) -> Item:
        self.file.seek(place)
        item: Item = json.loads(self.file.readline())
        return item

    @property
    def gone(self) -> list[str]:
        """Addresses of articles that only the file has."""
        return [key[0] for key in self.places if key not in self.seen]

    @property
    def is_same(self) -> bool:
        """Whether nothing changed."""
        return not (self.changes or self.new or self.revisions or self.gone)

    @property
    def fields(self) -> dict[str, int]:
        """Field → on how many pages it changed, the most frequent first."""
        return dict(Counter(change.field for change in self.changes).most_common())

    def by_page(self) -> dict[str, list[Change]]:
        """Address → its changes, in order."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.url, []).append(change)
        return found


def key_of(item: Item) -> Key:
    """By what an article is found again in another file."""
    capture = item.get("capture") or {}
    return item["url"], capture.get("date")


def _items(file: BinaryIO, path: Path) -> Iterator[tuple[int, Item]]:
    """The articles of a file, each with the place where its line begins."""
    place = 0
    for number, line in enumerate(file, 1):
        try:
            item = json.loads(line) if line.strip() else None
        except ValueError as exc:
            raise NotItems(_advice(path, number)) from exc
        if item is not None:
            if not isinstance(item, dict) or not isinstance(item.get("url"), str):
                raise NotItems(_advice(path, number))
            yield place, item
        place += len(line)


def _advice(path: Path, number: int) -> str:
    return f"{path}, line {number}: no article; name a file that 'newswarc extract -o' wrote"


def shortened(old: object, new: object) -> tuple[str, str]:
    """Both values as short texts that begin shortly before the first difference."""
    before, after = json.dumps(old, ensure_ascii=False), json.dumps(new, ensure_ascii=False)
    pairs = enumerate(zip(before, after, strict=False))
    same = next((place for place, (one, other) in pairs if one != other), min(len(before), len(after)))
    start = max(0, same - _BEFORE)
    return _cut(before, start), _cut(after, start)


def _cut(text: str, start: int) -> str:
    head = "…" if start else ""
    tail = "…" if len(text) > start + _SHORT else ""
    return f"{head}{text[start : start + _SHORT]}{tail}"
