"""How `verify` tells a person what does not hold."""

import gzip
import json

DAY = "/2031/03/02"


def test_a_missing_file_is_told_first_and_what_follows_from_it_is_folded(newswarc, archived, tmp_path, page):
    stories = [f"{DAY}/story-number-{number}-of-today" for number in range(9)]
    archived(*((path, page(path), None) for path in stories))
    archived(*((path, page(path), None) for path in stories))  # revisits, which name the first file's records
    archive = tmp_path / "collections" / "paper" / "archive"
    lost, _ = sorted(archive.iterdir())
    lost.unlink()
    said = newswarc("verify", "paper")
    lines = said.out.splitlines()
    assert lines[0].startswith(f"{lost}: the catalog has captures in this file, and it is not there; put it back ")
    assert lines[1].startswith(f"{lost}: 10 more cannot be checked without this file, or stand on it: 9 revisits, 1 s")
    assert len(lines) == 2
    assert said.status == 1
    assert len(json.loads(newswarc("verify", "paper", "--json").out)["findings"]) == 2


def test_many_faults_of_one_kind_are_told_by_the_first(newswarc, archived, tmp_path, page):
    archived(*((path, page(path), None) for path in (f"{DAY}/story-number-{n}-of-today" for n in range(9))))
    (shard,) = (tmp_path / "collections" / "paper" / "indexes").glob("*.cdxj")
    shard.write_text(shard.read_text().replace('"status": "200"', '"status": "404"'))
    lines = newswarc("verify", "paper").out.splitlines()
    assert lines[-1] == f"{shard}: 6 more of this kind; --json lists each"
    assert len(lines) == 4
    assert len(json.loads(newswarc("verify", "paper", "--json").out)["findings"]) == 9


def test_a_line_of_the_index_is_not_quoted_whole(newswarc, archived, tmp_path, page):
    path = f"{DAY}/{'long-' * 100}story"
    archived((path, page(path), None))
    (shard,) = (tmp_path / "collections" / "paper" / "indexes").glob("*.cdxj")
    shard.write_text(shard.read_text().replace('"status": "200"', '"status": "404"'))
    said = newswarc("verify", "paper")
    advice = "'newswarc recover paper --reindex' makes the index anew from the records"
    assert said.out == f"{shard}: line 1 says status is 404, the record says 200; {advice}\n"
    assert said.status == 1
    assert said.err.endswith(": 1 fault\n")


def test_a_lone_file_is_no_collection(newswarc, archived, tmp_path, page):
    """Nothing is said of captures and items, which it has none of to check, and --deep is not passed over."""
    archived((f"{DAY}/a-story-of-today", page(f"{DAY}/a-story-of-today"), None))
    (file,) = (tmp_path / "collections" / "paper" / "archive").iterdir()
    said = newswarc("verify", file, "--deep")
    assert said.one_line.startswith("newswarc: --deep is of collections")
    assert said.err.splitlines()[1:] == ["1 file, 3 records: all of it holds"]
    assert said.status == 0


def test_records_in_one_gzip_member_are_one_fault_and_are_read(newswarc, archived, tmp_path, page):
    paths = [f"{DAY}/story-number-{number}-of-today" for number in range(9)]
    archived(*((path, page(path), None) for path in paths))
    (file,) = (tmp_path / "collections" / "paper" / "archive").iterdir()
    (tmp_path / "one.warc.gz").write_bytes(gzip.compress(gzip.decompress(file.read_bytes())))
    said = newswarc("verify", "one.warc.gz")
    (line,) = said.out.splitlines()
    assert line.startswith("one.warc.gz at 0: several records in one gzip member, so that no index can point to them; ")
    assert line.endswith("'warcio recompress' does")
    assert said.status == 1
    extracted = newswarc("extract", "one.warc.gz")
    assert (extracted.status, extracted.out.count("\n"), extracted.faults) == (0, 9, [])
