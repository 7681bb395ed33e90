"""pywb beside a server: started in the background, started again when it ends, stopped with the server."""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from archives.errors import ReplayUnavailable
from archives.replay.pywb import LOOPBACK, Replay, find_wayback, free_port, replay

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before it is started again: doubled each time that it ended without having served."""


class KeptReplay:
    """A pywb that somebody looks after."""

    def __init__(
        self, collections: Sequence[Path], *, port: int, program: Path, frame: str | None, database: str | None
    ) -> None:
        self.address = f"http://{LOOPBACK}:{port}"
        """Where it is, whenever it is at work."""
        self.why_not = "the replay server is starting; try again in a moment"
        """Why it is not at work now."""
        self.starts = 0
        self._collections, self._port, self._program, self._frame = collections, port, program, frame
        self._database = database
        self._running: Replay | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="replay", daemon=True)

    @property
    def url(self) -> str | None:
        """Its address; None while it is not at work."""
        running = self._running
        return self.address if running and running.process.poll() is None else None

    def start(self) -> None:
        """Begin to look after it."""
        self._thread.start()

    def stop(self) -> None:
        """Stop it for good."""
        self._stopped.set()
        if running := self._running:
            running.process.terminate()
        self._thread.join()

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopped.is_set():
            try:
                self._run()
                pause = FIRST_PAUSE
            except ReplayUnavailable as fault:
                self.why_not = str(fault)
            self._stopped.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _run(self) -> None:
        program, frame, database = self._program, self._frame, self._database
        with replay(self._collections, port=self._port, program=program, frame=frame, database=database) as running:
            self.starts += 1
            self._running = running
            while not self._stopped.is_set() and running.process.poll() is None:
                self._stopped.wait(0.2)
        self._running = None
        self.why_not = "the replay server ended and is started again"


@contextlib.contextmanager
def kept_replay(
    collections: Sequence[Path],
    *,
    port: int = 0,
    program: Path | None = None,
    frame: str | None = None,
    database: str | None = None,
) -> Iterator[KeptReplay]:
    """Have pywb at work over the collections until the block ends; PortTaken, ReplayUnavailable if it is missing."""
    pywb = program or find_wayback()
    kept = KeptReplay(collections, port=free_port(port), program=pywb, frame=frame, database=database)
    kept.start()
    try:
        yield kept
    finally:
        kept.stop()
