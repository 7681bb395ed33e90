"""What a collection holds, counted."""

from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from archives.collection import Collection
from archives.folders import folders
from archives.stored import alone, in_use, stored, unsent
from crawler.frontier import State
from crawler.frontier.tables import counts_by_state, has_ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A collection in numbers."""

    collection: str
    captures: int
    articles: int
    files: int
    warc_bytes: int
    folders: tuple[dict[str, Any], ...]
    """Mark, place (host and path) and number of files of each folder that the collection is in, if it is in any other;
    when it was written to last (`heard`), and whether that is so long ago that it may be gone (`is_silent`)."""
    store: dict[str, Any]
    """If files were ever sent to a store: its `places`, how many `files` are there with how many `bytes`, how many
    of them are not on the disk (`alone`), and how many sealed ones are still to be sent (`unsent`)."""
    ledger: dict[State, int]
    """State of announced stories → how many; they sum to all that were announced."""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def status_of(path: Path, database: str | None = None) -> Status:
    """Count what is in the collection in a folder, whose catalog may be in another database."""
    with Collection.open(path, database=database) as collection:
        files = list(collection.layout.warcs())
        noted = folders(collection.catalog)
        places = tuple(
            {
                "mark": folder.mark,
                "place": folder.place,
                "files": len(folder.files),
                "heard": folder.heard and folder.heard.astimezone(UTC).isoformat(timespec="seconds"),
                "is_silent": folder.is_silent,
            }
            for folder in noted
        )
        is_elsewhere = any(folder.mark != collection.layout.mark for folder in noted)
        return Status(
            collection=path.name,
            captures=collection.catalog.count_captures(),
            articles=collection.catalog.count_articles(),
            files=len(files),
            warc_bytes=sum(file.stat().st_size for file in files),
            folders=places if is_elsewhere else (),
            store=_in_store(collection),
            ledger=_states(collection.catalog.engine),
        )


def _in_store(collection: Collection) -> dict[str, Any]:
    if not in_use(collection.catalog):
        return {}
    there = stored(collection.catalog).values()
    return {
        "places": sorted({file.place for file in there}),
        "files": len(there),
        "bytes": sum(file.size for file in there),
        "alone": len(alone(collection.catalog, collection.layout)),
        "unsent": len(unsent(collection.catalog, collection.layout)),
    }


def _states(engine: sa.Engine) -> dict[State, int]:
    with engine.connect() as connection:
        return counts_by_state(connection) if has_ledger(connection) else {}
