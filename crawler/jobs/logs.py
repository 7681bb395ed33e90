"""The log of a job: a file of the collection, and nothing on the terminal."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from archives.errors import StorageFailed

_LOG_FORMAT = "%(asctime)s [%(name)s] %(levelname)s: %(message)s"


class _LogFile(logging.FileHandler):
    """A full disk ends the log and not the crawl, which has more to lose and says so itself."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        """Only what is no fault of the disk is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)

    def close(self) -> None:
        """Let go of the file."""
        with suppress(OSError):
            super().close()


@contextmanager
def logging_to(path: Path, level: str) -> Iterator[None]:
    """Everything that is logged goes to the file, and nothing to the terminal."""
    root = logging.getLogger()
    earlier, earlier_level = root.handlers[:], root.level
    try:
        handler = _LogFile(path, encoding="utf-8")
    except OSError as exc:
        raise StorageFailed(f"{path}: {exc.strerror}; choose a folder that you may write to") from exc
    handler.setFormatter(logging.Formatter(_LOG_FORMAT))
    handler.setLevel(level)
    root.handlers, root.level = [handler], logging.DEBUG
    try:
        yield
    finally:
        root.handlers, root.level = earlier, earlier_level
        handler.close()
