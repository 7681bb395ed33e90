"""The files of items are made whole again."""

import json

import pytest

from archives.verify import verify
from crawler.jobs.recover import recover
from tests.archives.test_item_lines import JOB, crawl, lines_of


@pytest.mark.parametrize("left", [slice(1, 3), None])
def test_recover_writes_what_files_lack(tmp_path, left):
    """Some lines are lost, or the file."""
    root = tmp_path / "post"
    crawl(root)
    (root / "logs" / f"{JOB}.log").write_text("")
    whole = lines_of(root).read_text().splitlines(keepends=True)
    lines_of(root).unlink()
    if left:
        lines_of(root).write_text("".join(whole[left]))
    lost = 3 if left else 5
    assert f"{JOB}.jsonl: {lost} missing lines written" in map(str, recover(root, {}, reindex=True))
    assert list(verify(root)) == []
    written = lines_of(root).read_text().splitlines()
    assert sorted(map(json.loads, written), key=str) == sorted(map(json.loads, whole), key=str)
    assert recover(root, {}, reindex=True) == ()
