"""Files that are put in place: what two write at the same time is one of the two, whole."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from archives.in_place import replaced

PIECES = 200


def write(path: Path, letter: bytes) -> None:
    with replaced(path, durable=False) as out:
        for _ in range(PIECES):
            out.write(letter * 1000)
            out.flush()


def test_what_two_write_at_once_is_one_of_the_two(tmp_path):
    path, letters = tmp_path / "file", (b"a", b"b", b"c", b"d")
    with ThreadPoolExecutor(len(letters)) as pool:
        for _ in range(5):
            writing = [pool.submit(write, path, letter) for letter in letters]
            for one in writing:
                one.result()
            assert path.read_bytes() in {letter * 1000 * PIECES for letter in letters}
    assert [path] == [*tmp_path.iterdir()]
