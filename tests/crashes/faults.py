"""Counts the points at which a process touches the disk, and lets it die, or fail, at one of them.

Points are each write (of the system's own, `write`, of a file that Python has opened, `put`, and of the items' file,
`feed`), sync, rename, truncation, removal and commit of a transaction, before it is done; `install` has to come before
the modules that are watched are imported. SQLite's own writes are not points, but its transactions are; nor are those
of the log for people, on which nothing depends.
"""

import builtins
import errno
import io
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REAL = {name: getattr(os, name) for name in ("write", "fsync", "fdatasync", "rename", "replace", "ftruncate", "unlink")}
REAL_OPEN = io.open
WRITES = {"write", "put", "feed"}
RENAMES = {"rename", "replace"}


@dataclass
class Plan:
    """What is to happen, and what has."""

    fault: str = ""
    """'' to count only, 'kill' before the point, 'torn' in the middle of it, 'full' from it on, 'power' before it."""
    at: int = 0
    """Number of the point, from 1 on."""
    folder: Path = Path()
    names: list[str] = field(default_factory=list)
    """The points so far."""
    armed: bool = False
    synced: dict[str, int] = field(default_factory=dict)
    """How much of each file the disk is sure to have."""
    log_synced: int = 0
    """How much of the database's log the disk is sure to have: what was there at its last checkpoint."""
    renamed: list[tuple[str, str, bytes | None]] = field(default_factory=list)
    """Renames that the disk is not sure to have, and what was there before under the new name."""


PLAN = Plan()


def install() -> None:
    """Watch this process; nothing happens until `arm`."""
    for name in REAL:
        setattr(os, name, _watched(name))
    os.remove = os.unlink
    builtins.open = io.open = _open


class Disk(io.FileIO):
    """The file below one that Python has opened."""

    kind = "put"

    def write(self, content: Any, /) -> int:
        """A point."""
        point(self.kind, lambda: REAL["write"](self.fileno(), bytes(content)[: len(content) // 2]))
        return super().write(content)


def _open(file: Any, mode: str = "r", buffering: int = -1, *text: Any, **more: Any) -> Any:
    if not PLAN.armed or (mode.startswith("r") and "+" not in mode) or not _is_watched(file):
        return REAL_OPEN(file, mode, buffering, *text, **more)
    raw = Disk(file, mode.replace("b", "").replace("t", ""))
    if buffering == 0:
        return raw
    buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
    return buffered if "b" in mode else io.TextIOWrapper(buffered, *text, **more, line_buffering=buffering == 1)


def _is_watched(file: Any) -> bool:
    return _inside(file) and Path(_path(file)).parent != PLAN.folder / "logs"


def arm(folder: Path, fault: str, at: int) -> None:
    """From now on count the points, and at one of them let it happen."""
    PLAN.__dict__.update(Plan(fault=fault, at=at, folder=folder, armed=True).__dict__)
    PLAN.synced = {str(path): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    from sqlalchemy import Engine, event

    event.listen(Engine, "commit", lambda _: point("commit"))
    event.listen(Engine, "after_cursor_execute", lambda *args: _note_checkpoint(args[2]))


def _note_checkpoint(statement: str) -> None:
    if statement.startswith("PRAGMA wal_checkpoint"):
        PLAN.log_synced = max((path.stat().st_size for path in PLAN.folder.glob("*-wal")), default=0)


def point(name: str, tear: Callable[[], object] = lambda: None) -> None:
    """A point is reached; may not return."""
    if not PLAN.armed:
        return
    PLAN.names.append(name)
    reached = len(PLAN.names)
    if PLAN.fault == "full" and reached >= PLAN.at and name in WRITES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if reached != PLAN.at or PLAN.fault in ("", "full"):
        return
    if PLAN.fault == "torn":
        tear()
    if PLAN.fault == "power":
        PLAN.armed = False
        cut_power()
    os.kill(os.getpid(), signal.SIGKILL)


def _watched(name: str) -> Callable[..., Any]:
    real = REAL[name]

    def watched(*args: Any, **kwargs: Any) -> Any:
        if not PLAN.armed or not _inside(args[0]):
            return real(*args, **kwargs)
        point(name, lambda: real(args[0], bytes(args[1])[: len(args[1]) // 2]) if name == "write" else None)
        replaced = Path(args[1]) if name in RENAMES else None
        before = replaced.read_bytes() if replaced and replaced.exists() else None
        done = real(*args, **kwargs)
        _note(name, before, *args)
        return done

    return watched


def _path(target: Any) -> str:
    return str(Path(f"/proc/self/fd/{target}").readlink() if isinstance(target, int) else Path(target).absolute())


def _inside(target: Any) -> bool:
    try:
        return _path(target).startswith(str(PLAN.folder))
    except OSError:
        return False


def _note(name: str, before: bytes | None, target: Any, *more: Any) -> None:
    path = _path(target)
    if name in ("fsync", "fdatasync") and Path(path).is_dir():
        PLAN.renamed = [one for one in PLAN.renamed if str(Path(one[1]).parent) != path]
    elif name in ("fsync", "fdatasync"):
        PLAN.synced[path] = os.fstat(target).st_size
    elif name in RENAMES:
        PLAN.renamed.append((path, _path(more[0]), before))
        PLAN.synced[_path(more[0])] = PLAN.synced.pop(path, 0)


def cut_power() -> None:
    """Take from the disk what it need not have: unsynced tails, renames, and of the database's log what came last."""
    for wal in PLAN.folder.glob("*-wal"):
        size = wal.stat().st_size
        os.truncate(wal, min(size, max(PLAN.log_synced, size * (PLAN.at % 4) // 3)))
    for shm in PLAN.folder.glob("*-shm"):
        REAL["unlink"](shm)
    for path in [
        *PLAN.folder.glob("archive/*"),
        *PLAN.folder.glob("indexes/*"),
        *PLAN.folder.glob("items/*"),
        *PLAN.folder.glob("reports/*/*"),
    ]:
        os.truncate(path, min(path.stat().st_size, PLAN.synced.get(str(path), 0)))
    for source, target, before in reversed(PLAN.renamed):
        if Path(target).exists():
            REAL["rename"](target, source)
        if before is not None:
            Path(target).write_bytes(before)
