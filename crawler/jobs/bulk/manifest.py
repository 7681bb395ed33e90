"""What became of each file of a bulk extraction: a line each, from which a run that was cut off goes on."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from archives.errors import ArgumentUnusable, CollectionLocked, StorageFailed
from archives.torn import cut_torn_line
from crawler.jobs.bulk.inputs import Input

NAME, RESULTS, FETCHED = "manifest.jsonl", "results", "fetched"
State = Literal["done", "quarantined", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of one file."""

    input: str
    state: State
    """`done`; `quarantined`, for what is wrong with the file itself; `failed`, for what may be over the next time."""
    reason: str | None = None
    """Why it is not done."""
    result: str | None = None
    """Name of the file in `results/` that has its articles; None where there are none."""
    articles: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Reason → how many pages."""
    faults: int = 0
    """Places in the file that could not be read."""
    said: tuple[str, ...] = ()
    """The first of them, a line each."""
    bytes: int = 0
    seconds: float = 0.0


class Manifest:
    """The folder of a bulk extraction: `manifest.jsonl`, and the articles of each file in `results/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / NAME

    @contextmanager
    def opened(self, settings: Mapping[str, Any]) -> Iterator[None]:
        """Work on it alone, with these settings; what a dead run left half-done is gone.

        CollectionLocked while another process works on it; ArgumentUnusable, if it was begun with other settings.
        """
        (self.folder / RESULTS).mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / ".lock", timeout=0), self._room_for_copies():
                self._begin(settings)
                yield
        except Timeout as exc:
            raise CollectionLocked(f"{self.folder}: another process extracts into it; wait, or name another") from exc

    @contextmanager
    def _room_for_copies(self) -> Iterator[None]:
        """An empty folder for what is fetched, which is gone with whatever a process that was killed has left in it."""
        copies = self.folder / FETCHED
        shutil.rmtree(copies, ignore_errors=True)
        copies.mkdir()
        try:
            yield
        finally:
            shutil.rmtree(copies, ignore_errors=True)

    def _begin(self, settings: Mapping[str, Any]) -> None:
        for draft in (self.folder / RESULTS).glob(".*.tmp"):
            draft.unlink()
        if self._path.exists():
            cut_torn_line(self._path)
        begun = next(self._lines(), None)
        if begun is None:
            self._append({"settings": settings})
        elif begun.get("settings") != json.loads(json.dumps(settings)):
            what = "begun with other options, and its files would not go together; give the same, or another folder"
            raise ArgumentUnusable(f"{self._path}: {what}")

    def note(self, settled: Settled) -> None:
        """Write down what became of a file, so that a power cut does not take it back."""
        self._append(asdict(settled))

    def settled(self) -> dict[str, Settled]:
        """Address → what became of the file the last time."""
        lines = (line for line in self._lines() if "input" in line)
        return {line["input"]: Settled(**{**line, "said": tuple(line["said"])}) for line in lines}

    def todo(self, inputs: list[Input], *, again: bool = False) -> list[Input]:
        """The inputs that are still to be done: what is quarantined only if it is to be tried `again`."""
        known = self.settled()
        over = {"done"} if again else {"done", "quarantined"}
        return [one for one in inputs if one.address not in known or known[one.address].state not in over]

    def _append(self, line: Mapping[str, Any]) -> None:
        try:
            with self._path.open("a", encoding="utf-8") as out:
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
                out.flush()
                os.fsync(out.fileno())
        except OSError as exc:
            raise StorageFailed(f"{self._path}: {exc.strerror}; make room and run the command again") from exc

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield json.loads(line)
                except ValueError as exc:
                    what = "no line of a manifest; restore it from a copy, or name another folder"
                    raise StorageFailed(f"{self._path} line {number}: {what}") from exc
