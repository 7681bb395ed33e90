"""Where things are in a collection's folder, and what WARC files are called."""

import itertools
import json
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archives.errors import ArgumentUnusable, CollectionMissing, StorageFailed

OPEN = ".open"
SUFFIX = ".warc.gz"
LATELY = 100
"""Runs among which a writer looks for those that died: each one does, and in a year there are tens of thousands."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders and files of one collection."""

    root: Path

    @property
    def name(self) -> str:
        """The collection's name: its folder's."""
        return self.root.resolve().name

    @property
    def archive(self) -> Path:
        """WARC files."""
        return self.root / "archive"

    @property
    def indexes(self) -> Path:
        """CDXJ shards."""
        return self.root / "indexes"

    @property
    def items(self) -> Path:
        """JSON lines of what crawls extracted."""
        return self.root / "items"

    @property
    def logs(self) -> Path:
        """A log per run."""
        return self.root / "logs"

    @property
    def reports(self) -> Path:
        """A folder per run, with its crawl log and what is counted in it."""
        return self.root / "reports"

    def run_reports(self, job: str) -> Path:
        """The folder of one run's crawl log and reports."""
        return self.reports / job

    def jobs(self) -> list[str]:
        """Names of all runs that have reports, the oldest first."""
        if not self.reports.exists():
            return []
        with os.scandir(self.reports) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir())

    def new_job(self, now: datetime) -> str:
        """A name that no run of the collection has: its time, e.g. '20240611T100000Z', and the folder's mark."""
        stem = "-".join(filter(None, (now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"), self.mark)))
        names = (f"{stem}-{number}" if number > 1 else stem for number in itertools.count(1))
        return next(name for name in names if not self._has_run(name))

    def _has_run(self, job: str) -> bool:
        return (self.items / f"{job}.jsonl").exists() or self.run_reports(job).exists()

    @property
    def catalog(self) -> Path:
        """The embedded database."""
        return self.root / "catalog.sqlite"

    @property
    def moved(self) -> list[Path]:
        """What embedded databases were set aside as, oldest first, when their rows moved to a server."""
        return sorted(self.root.glob(f"{self.catalog.name}.moved-*"))

    @property
    def has_catalog(self) -> bool:
        """Whether there is an embedded database with anything in it."""
        return self.catalog.exists() and self.catalog.stat().st_size > 0

    @property
    def signs_of_server(self) -> list[Path]:
        """What only a folder has whose catalog is on a server: it was there, and did not come back."""
        if self.came_back.exists():
            return []
        return [*self.moved, *(path for path in [self.mark_path] if path.exists())]

    @property
    def came_back(self) -> Path:
        """An empty file that is there as long as the catalog, which was on a server, is in the folder again."""
        return self.root / ".came-back"

    @property
    def lock(self) -> Path:
        """Held by the one process that writes."""
        return self.root / ".writer.lock"

    @property
    def mark_path(self) -> Path:
        """Holds the folder's mark."""
        return self.root / ".mark"

    @property
    def mark(self) -> str:
        """What tells the folder from others of the same collection; '' if there are none."""
        try:
            return self.mark_path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""

    @property
    def metadata(self) -> Path:
        """Title and description, as pywb reads them."""
        return self.root / "metadata.yaml"

    def folders(self) -> tuple[Path, ...]:
        """The folders that make a collection."""
        return (self.archive, self.indexes, self.items, self.logs, self.reports)

    def parts(self) -> tuple[Path, ...]:
        """All that newswarc makes in the collection's folder; SQLite's own files beside the catalog, too."""
        beside = (self.catalog.with_name(self.catalog.name + ending) for ending in ("-wal", "-shm", "-journal"))
        return (*self.folders(), self.metadata, self.catalog, *beside, self.lock, self.mark_path, self.came_back)

    @property
    def exists(self) -> bool:
        """Whether there is a collection."""
        return self.archive.is_dir()

    def create(self) -> None:
        """Make the folders, and the title by which replay shows the collection."""
        try:
            for folder in self.folders():
                folder.mkdir(parents=True, exist_ok=True)
            if not self.metadata.exists():
                # A JSON string is a YAML scalar.
                self.metadata.write_text(
                    f"title: {json.dumps(self.name)}\ndescription: News pages captured by newswarc\n"
                )
        except OSError as exc:
            is_file = isinstance(exc, FileExistsError | NotADirectoryError)
            what = f"no collection can be made there: {exc.strerror}; choose another folder"
            raise (ArgumentUnusable if is_file else StorageFailed)(f"{self.root}: {what}") from exc

    def require(self) -> None:
        """Refuse a folder without a collection."""
        if not self.exists:
            advice = "'newswarc status' lists those that are, and a crawl into it makes it"
            raise CollectionMissing(f"{self.root}: no collection there; {advice}")

    def warc_path(self, name: str) -> Path:
        """Where a WARC file is, sealed or still open."""
        sealed = self.archive / name
        being_written = self.archive / f"{name}{OPEN}"
        return being_written if being_written.exists() and not sealed.exists() else sealed

    def warcs(self) -> Iterator[Path]:
        """All WARC files, sealed and open, by name."""
        return map(self.archive.joinpath, self._files())

    def warc_names(self) -> set[str]:
        """Names of all WARC files, as indexes and catalog know them."""
        return {name.removesuffix(OPEN) for name in self._files()}

    def sealed_warcs(self) -> list[Path]:
        """Files that are complete."""
        return [self.archive / name for name in self._files() if not name.endswith(OPEN)]

    def open_warcs(self) -> list[Path]:
        """Files that a writer had not sealed."""
        return [self.archive / name for name in self._files() if name.endswith(OPEN)]

    def _files(self) -> list[str]:
        """All WARC files, by name, none without the folder; of names tens of thousands are sorted in no time."""
        try:
            with os.scandir(self.archive) as entries:
                return sorted(entry.name for entry in entries if _is_warc(entry.name.removesuffix(OPEN)))
        except FileNotFoundError:
            return []

    def shard_path(self, warc: str) -> Path:
        """Where the shard of a WARC file is."""
        return self.indexes / f"{warc.removesuffix(OPEN).removesuffix('.gz').removesuffix('.warc')}.cdxj"

    def new_warc_name(self, now: datetime) -> str:
        """A name that no file of the collection has: prefix, time, serial, host, and the folder's mark."""
        stamp = now.astimezone(UTC).strftime("%Y%m%d%H%M%S")
        serial = 1 + max((_serial(path.name) for path in (*self.warcs(), *self.indexes.iterdir())), default=0)
        host = "_".join(filter(None, (_plain(socket.gethostname()), self.mark)))
        return f"{_plain(self.name)}-{stamp}-{serial:05d}-{host}{SUFFIX}"


def warc_name(path: Path) -> str:
    """Name of a WARC file once it is sealed, by which indexes and catalog know it from the beginning."""
    return path.name.removesuffix(OPEN)


def is_open(path: Path) -> bool:
    """Whether a writer is still at a WARC file, or died at it."""
    return path.name.endswith(OPEN)


def sync_folder(folder: Path) -> None:
    """Have the disk keep what was made, renamed or removed in a folder (fsync(2): a file's own does not)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_warc(path: Path) -> bool:
    """Whether a file is named as a collection's WARC files are, sealed or open."""
    return _is_warc(warc_name(path))


def _is_warc(name: str) -> bool:
    return name.endswith((".warc.gz", ".warc")) and not name.startswith(".")


def begun_at(warc: str) -> str | None:
    """When a WARC file was begun, e.g. '2024-06-11T10:00:00', as its name says; None, if it has one of another form."""
    match = re.search(r"-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)-\d+-", warc)
    return "{}-{}-{}T{}:{}:{}".format(*match.groups()) if match else None


def _serial(name: str) -> int:
    match = re.search(r"-\d{14}-(\d+)-", name)
    return int(match[1]) if match else 0


def _plain(text: str) -> str:
    """Letters, digits and underscores, so that names stay readable, sortable and safe."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")[:60] or "x"
