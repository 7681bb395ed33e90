"""Files that are whole or not there: what stood under the name before is lost only when its successor is complete."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from archives.errors import StorageFailed


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A UTF-8 file to write that takes its name when the block ends; if the block fails, nothing changes."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as out:
            yield out
        part.replace(path)
    except BaseException as exc:
        part.unlink(missing_ok=True)
        if isinstance(exc, OSError) and exc.filename in (None, str(part)):
            what = f"cannot be written: {exc.strerror}; nothing was changed, choose another place or make room"
            raise StorageFailed(f"{path}: {what}") from exc
        raise
