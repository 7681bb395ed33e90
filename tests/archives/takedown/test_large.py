"""A purge of a large collection takes no more memory than one of a small one."""

import subprocess
import sys
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.writing import Writing
from tests.archives.takedown.stories import STORY, at

PURGE = """
import resource, sys
from archives.collection import Collection
from archives.takedown.order import Order, take_down

with Collection.open(sys.argv[1], write=True) as collection:
    take_down(collection, Order(target=sys.argv[2], action="purge"))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_of_purge(root: Path, files: int) -> int:
    """Kilobytes."""
    import random

    chance = random.Random(3)
    with Collection.open(root, write=Writing(max_size=24_000_000)) as collection:
        for number in range(files * 8):
            body = chance.randbytes(3_000_000)
            collection.archive(at(number, f"http://news.example/{number}", body))
            collection.archive(at(number, STORY, body))
    command = [sys.executable, "-c", PURGE, str(root), STORY]
    return int(subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[3]).stdout)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_memory_does_not_grow_with_the_collection(tmp_path):
    assert peak_of_purge(tmp_path / "large", 12) < 1.15 * peak_of_purge(tmp_path / "small", 2)
