"""How `verify` tells a person what does not hold."""

import json

DAY = "/2031/03/02"


def test_a_missing_file_is_told_first_and_what_follows_from_it_is_folded(newswarc, archived, tmp_path, page):
    stories = [f"{DAY}/story-number-{number}-of-today" for number in range(9)]
    archived(*((path, page(path), None) for path in stories))
    archived(*((path, page(path), None) for path in stories))  # revisits, which name the first file's records
    archive = tmp_path / "collections" / "paper" / "archive"
    lost, kept = sorted(archive.iterdir())
    lost.unlink()
    said = newswarc("verify", "paper")
    lines = said.out.splitlines()
    assert lines[0].startswith(f"{lost}: the catalog has captures in this file, and it is not there; ")
    assert lines[-1] == f"{kept}: 6 more of this kind; --json lists each"
    assert len([line for line in lines if "there is no such record; " in line]) == 3
    assert said.status == 1
    assert len(json.loads(newswarc("verify", "paper", "--json").out)["findings"]) == len(lines) - 1 + 6


def test_a_line_of_the_index_is_quoted_in_part(newswarc, archived, tmp_path, page):
    path = f"{DAY}/{'long-' * 100}story"
    archived((path, page(path), None))
    (shard,) = (tmp_path / "collections" / "paper" / "indexes").glob("*.cdxj")
    shard.write_text(shard.read_text().replace('"status": "200"', '"status": "404"'))
    said = newswarc("verify", "paper")
    assert said.status == 1
    assert all(len(line) < 420 for line in said.out.splitlines())
    assert " … " in said.out
    assert said.err.endswith(": 2 faults\n")
