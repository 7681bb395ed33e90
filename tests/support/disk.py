"""Disks that are full: file systems of a few pages in memory."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Disk:
    """A file system of a few pages in memory."""

    path: Path

    def resize(self, kilobytes: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", self.path], check=True)

    def read_only(self) -> None:
        subprocess.run(["mount", "-o", "remount,ro", self.path], check=True)

    @property
    def used(self) -> int:
        """Kilobytes."""
        now = os.statvfs(self.path)
        return (now.f_blocks - now.f_bfree) * now.f_frsize // 1024

    def leave(self, kilobytes: int) -> None:
        """Make it so small that only this much room is left."""
        self.resize(self.used + kilobytes)


@contextmanager
def small_disks(folder: Path) -> Iterator[Callable[[int], Disk]]:
    """Mounts a disk of so many kilobytes in the folder; gone when the block ends. Skips where none can be had."""
    mounted: list[Disk] = []

    def make(kilobytes: int) -> Disk:
        path = folder / f"disk-{len(mounted)}"
        path.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "newswarc-test", path],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}; run the tests as root")
        mounted.append(Disk(path))
        return mounted[-1]

    try:
        yield make
    finally:
        for one in mounted:
            subprocess.run(["umount", "--lazy", one.path], check=True)
