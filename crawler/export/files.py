"""Text files that are whole or not there."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from archives.output import written_whole
from crawler.export.compression import compressed, compression_of


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A UTF-8 file to write that takes its name when the block ends; if the block fails, nothing changes.

    Links, devices and pipes stay what they are (see `written_whole`). One whose name ends in .zst or .gz is
    compressed.
    """
    with written_whole(path, durable=False) as out, compressed(out, compression_of(path.name)) as packed:
        text = io.TextIOWrapper(packed, encoding="utf-8")
        yield text
        text.flush()
        text.detach()
