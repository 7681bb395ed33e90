"""What a crawl at work is writing: its records are in the file before they are in the catalog, its lines after that."""

from pathlib import Path

from archives.layout import Layout, is_open, warc_name
from archives.lock import is_being_written


class Growing:
    """Knows the files that are not finished yet, so that what they lack is no fault."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._was_written = is_being_written(layout)

    def has(self, file: str) -> bool:
        """Whether a finding's file is one that a crawl writes to, or has written to since this was made."""
        path = Path(file.partition(", line ")[0])
        return self._is_last(path) and (self._was_written or is_being_written(self._layout))

    def _is_last(self, path: Path) -> bool:
        if path.parent == self._layout.archive:
            return is_open(path) or is_open(self._layout.warc_path(warc_name(path)))
        return path.parent == self._layout.items and path == max(self._layout.items.glob("*.jsonl"), default=None)
