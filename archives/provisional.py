"""A new collection stands for good with its first WARC file; until then, all that was made for it can be taken back."""

import shutil
from contextlib import suppress
from types import TracebackType
from typing import Self

from archives.errors import CollectionLocked
from archives.layout import Layout
from archives.lock import writer_lock


class Provisional:
    """What is not there yet of a collection; at the block's end it is gone again, if nothing was captured meanwhile.

    Nothing is touched where a part of a collection was there before, or where another process has begun to write.
    """

    withdrawn = False
    """Whether nothing is left."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._parts = () if any(part.exists() for part in layout.parts()) else layout.parts()
        root = layout.root.absolute()
        self._folders = [path for path in (root, *root.parents) if not path.exists()]

    def keep(self) -> None:
        """Let it stand, whatever is in it."""
        self._parts = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(CollectionLocked):
            self._withdraw()

    def _withdraw(self) -> None:
        if not self._parts or not self._layout.root.is_dir():
            return
        with writer_lock(self._layout):
            if self._layout.exists and any(self._layout.warcs()):
                return
            for path in self._parts:
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
        self.withdrawn = True
        with suppress(OSError):  # something else is in it
            for folder in self._folders:
                folder.rmdir()
