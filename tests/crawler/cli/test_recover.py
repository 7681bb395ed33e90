"""`recover` puts a collection right, and says what it did."""

import json
import os
import shutil

DAY = "/2031/03/02"


def test_index_and_catalog_are_made_anew_from_the_records(newswarc, archived, tmp_path, page):
    archived(*((path, page(path), None) for path in (f"{DAY}/story-number-{n}-of-today" for n in range(4))))
    collection = tmp_path / "collections" / "paper"
    (shard,) = (collection / "indexes").iterdir()
    wanted = shard.read_bytes()
    shard.write_bytes(b"".join(reversed(wanted.splitlines(keepends=True))))
    (collection / "catalog.sqlite").unlink()
    said = newswarc("recover", "paper", "--reindex")
    assert (said.status, said.err) == (0, "")
    assert "4 rows and the shard of 4 captures made anew from the records" in said.out
    assert shard.read_bytes() == wanted
    assert newswarc("verify", "paper").status == 0
    said = newswarc("recover", "paper", "--reindex")
    assert (said.out, said.err) == ("", f"{collection}: nothing to put right\n")


def test_what_a_lost_file_held_is_forgotten_only_when_asked(newswarc, archived, tmp_path, page):
    archived((f"{DAY}/story-number-1-of-today", page("1"), None))
    archive = tmp_path / "collections" / "paper" / "archive"
    (lost,) = archive.iterdir()
    lost.unlink()
    assert newswarc("recover", "paper").status == 0
    assert newswarc("verify", "paper").status == 1
    report = json.loads(newswarc("recover", "paper", "--reindex", "--json").out)
    assert [(one["what"], one["file"], one["rows"]) for one in report["done"]] == [("Forgotten", lost.name, 1)]
    assert newswarc("verify", "paper").status == 0


def test_the_file_of_a_dead_writer(newswarc, archived, tmp_path, page):
    archived(*((path, page(path), None) for path in (f"{DAY}/story-number-{n}-of-today" for n in range(3))))
    collection = tmp_path / "collections" / "paper"
    (warc,) = (collection / "archive").iterdir()
    warc.rename(warc.with_name(f"{warc.name}.open"))
    os.truncate(warc.with_name(f"{warc.name}.open"), warc.with_name(f"{warc.name}.open").stat().st_size - 5)
    shutil.rmtree(collection / "indexes")
    (collection / "items" / "20310302T080000Z.jsonl").write_text('{"url": "http')
    said = newswarc("recover", "paper")
    assert said.out.splitlines()[0] == "20310302T080000Z.jsonl: half a line of 13 bytes removed from its end"
    assert "sealed after a crash; " in said.out.splitlines()[1]
    assert "torn bytes cut, 0 captures indexed, 1 row without bytes dropped" in said.out.splitlines()[1]
    assert newswarc("verify", "paper").status == 0


def test_no_collection(newswarc):
    said = newswarc("recover", "paper")
    assert said.status == 2
    assert "no collection there" in said.err
