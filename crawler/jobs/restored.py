"""Articles that only the files of items know any more, as after the loss of the catalog, are taken back into it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archives.collection import WritableCollection
from archives.counted import counted
from archives.errors import StorageFailed
from archives.layout import Layout
from archives.revisions import record_id_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlesRestored:
    """What the catalog had lost."""

    lines: int

    def __str__(self) -> str:
        return f"{counted(self.lines, 'article')} that the catalog had lost taken back from the files of items"


def restore_articles(collection: WritableCollection) -> Iterator[ArticlesRestored]:
    """Commit the lines whose captures are here and showed the catalog no article, in the order of their crawls.

    StorageFailed, if the files cannot be read.
    """
    catalog, restored = collection.catalog, 0
    for item in _items(collection.layout):
        record_id = record_id_of(item)
        if record_id and catalog.by_record_id(record_id) and catalog.sighting(record_id) is None:
            catalog.take_article(item)
            restored += 1
    catalog.flush()
    if restored:
        yield ArticlesRestored(lines=restored)


def _items(layout: Layout) -> Iterator[dict[str, Any]]:
    """Those of whole lines; files are named by when their crawls began."""
    try:
        for path in sorted(layout.items.glob("*.jsonl")):
            with path.open(encoding="utf-8", errors="replace") as lines:
                yield from filter(_is_item, map(_read, lines))
    except OSError as exc:
        raise StorageFailed(f"{exc.filename or layout.items}: {exc.strerror}; make the files readable") from exc


def _read(line: str) -> Any:  # noqa: ANN401  # whatever JSON holds
    try:
        return json.loads(line)
    except ValueError:
        return None


def _is_item(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("url"), str) and isinstance(value.get("capture"), dict)
