"""The server that forks, and what must hold of a collection whatever happened to it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from archives.collection import Collection
from archives.verify import Checked, verify
from archives.warc.reader import read_records

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def forks() -> Iterator[Callable[..., dict[str, Any]]]:
    """`forks(work=…, folder=…, arguments=…, fault=…, at=…)` runs a job in a process of its own."""
    command = [sys.executable, "-m", "tests.crashes.forks"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin
        assert server.stdout

        def run(**job: Any) -> dict[str, Any]:
            job = {"fault": "", "at": 0, "after": 0, "environment": {}, "said": "/dev/null", **job}
            server.stdin.write(json.dumps(job, default=str) + "\n")
            server.stdin.flush()
            answer: dict[str, Any] = json.loads(server.stdout.readline())
            return answer

        yield run
        server.stdin.close()


@pytest.fixture(scope="session")
def assert_whole() -> Callable[[Path], None]:
    """Nothing is left unfinished, and gzip, we and another reader agree on every record."""

    def check(root: Path) -> None:
        checked = Checked()
        assert [str(finding) for finding in verify(root, checked=checked)] == []
        warcs = sorted((root / "archive").iterdir())
        assert [path.name for path in warcs if not path.name.endswith(".warc.gz")] == []
        assert sorted(path.stem for path in (root / "indexes").iterdir()) == [path.name[:-8] for path in warcs]
        subprocess.run(["gzip", "-t", *warcs], check=True)
        ours = [record.record_id for path in warcs for record in read_records(path)]
        theirs = [record_id for path in warcs for record_id in ids_by_warcio(path)]
        assert ours == theirs
        assert len(ours) == len(set(ours)) == checked.records

    return check


def ids_by_warcio(path: Path) -> list[str]:
    """Ids of the records whose blocks have the digests that their headers state."""
    ids = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests=True):
            record.raw_stream.read()
            # What warcio digests of a chunked response is its framing.
            assert [fault for fault in record.digest_checker.problems if "payload" not in fault] == []
            ids.append(record.rec_headers["WARC-Record-ID"])
    return ids


@pytest.fixture
def notes_of(tmp_path) -> Callable[[Path], list[dict[str, Any]]]:
    """What a writer wrote down: each thing that it was told is done."""

    def read(path: Path) -> list[dict[str, Any]]:
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    return read


def captures_by_id(root: Path) -> dict[str, bytes]:
    """Record id → response, read back, of every capture."""
    with Collection.open(root) as collection:
        return {one.record_id: collection.exchange(one).response_bytes() for one in collection.captures()}
