"""What crawls left unfinished on a worker's disk: put right by itself, whoever goes on with their sites, and where."""

import logging
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from archives.errors import CollectionLocked
from archives.layout import OPEN, Layout
from archives.lock import writer_lock

logger = logging.getLogger(__name__)


def put_right(home: Path, at_work: Collection[str] = ()) -> None:
    """Recover the collections in a folder that are unfinished, each in a process of its own, but for those at work."""
    for path in [path for path in unfinished(home) if path.name not in at_work]:
        command = [sys.executable, "-m", "crawler", "recover", str(path.absolute())]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603  # our own command
        for line in (done.stdout + done.stderr).splitlines():
            logger.info("%s", line.removeprefix("newswarc: "))


def unfinished(home: Path) -> Iterator[Path]:
    """Folders of collections that are shared by several, with torn WARC files or items, to which nobody is writing."""
    for path in sorted(home.glob("*/")):
        layout = Layout(path)
        if layout.exists and layout.mark and _is_torn(layout) and not _is_busy(layout):
            yield path


def _is_torn(layout: Layout) -> bool:
    return bool(layout.open_warcs() or any(layout.items.glob(f"*{OPEN}")))


def _is_busy(layout: Layout) -> bool:
    try:
        writer_lock(layout).release()
    except CollectionLocked:
        return True
    return False
