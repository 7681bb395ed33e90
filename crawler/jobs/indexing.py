"""A collection's search index is caught up with its articles, if nobody else writes just now."""

from pathlib import Path

from archives.collection import Collection
from archives.errors import ArchiveError
from archives.search.results import Search


def catch_up(path: Path, database: str | None = None) -> str | None:
    """Index what is not indexed; why that cannot be, or None: what is there can be read in any case."""
    with Collection.open(path, database=database) as collection:
        search = Search(collection.catalog)
        if search.possible and not search.waiting():
            return None
    try:
        Collection.open(path, write=True, database=database).close()
    except ArchiveError as fault:
        return f"some articles are not searchable yet: {fault}"
    return None
