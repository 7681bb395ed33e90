"""Text files that are whole or not there."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from archives.output import written_whole


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A UTF-8 file to write that takes its name when the block ends; if the block fails, nothing changes.

    Links, devices and pipes stay what they are (see `written_whole`).
    """
    with written_whole(path, durable=False) as out:
        text = io.TextIOWrapper(out, encoding="utf-8")
        yield text
        text.flush()
        text.detach()
