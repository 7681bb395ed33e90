"""`newswarc extract --compare`: which fields changed on which pages."""

import gzip
import json

import pytest

PARAGRAPHS = "".join(
    f"<p>The council of Varnholm met for the {word} time this spring and heard the harbour master, who asked for new "
    "lamps along the northern quay before the autumn storms.</p>"
    for word in ("first", "second", "third", "fourth", "fifth")
)


def page(title):
    return f"<html lang=en><head><title>{title}</title></head><body><h1>{title}</h1>{PARAGRAPHS}</body></html>".encode()


@pytest.fixture
def old(newswarc, archived, tmp_path):
    """Three articles as they were extracted earlier; `rewrite(number, **fields)` makes one different."""
    archived(*((f"/2031/03/02/story-{number}", page(f"Council asks for lamp {number}"), None) for number in range(3)))
    assert newswarc("extract", "paper", "-o", "old.jsonl").status == 0
    path = tmp_path / "old.jsonl"

    def rewrite(number, **fields):
        items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        items[number] |= fields
        path.write_text("".join(f"{json.dumps(item)}\n" for item in items), encoding="utf-8")

    return rewrite


def test_nothing_changed(newswarc, old):
    old(0, extractor="another/1", revision=7, sources={})
    said = newswarc("extract", "paper", "--compare", "old.jsonl", "--quiet")
    assert (said.status, said.out) == (0, "0 of 3 articles changed, 0 new, 0 gone\n")


def test_changed_fields_by_page(newswarc, old):
    old(1, title="Council asks for lamp 9", section="Town")
    old(2, title="\x1b[2J Another")
    said = newswarc("extract", "paper", "--compare", "old.jsonl")
    assert said.status == 1
    lines = said.out.splitlines()
    assert lines[0] == "2 of 3 articles changed, 0 new, 0 gone"
    assert [line.split() for line in lines[1:3]] == [["title", "2"], ["section", "1"]]
    assert '    title: …ks for lamp 9" → …ks for lamp 1"' in lines
    assert '    section: "Town" → null' in lines
    assert "\x1b" not in said.out


def test_new_and_gone_articles(newswarc, old, tmp_path):
    old(0, url="https://news.example/elsewhere")
    said = newswarc("extract", "paper", "--compare", "old.jsonl")
    assert said.status == 1
    assert said.out.splitlines()[0] == "0 of 3 articles changed, 1 new, 1 gone"
    assert "new: https://news.example/2031/03/02/story-0" in said.out
    assert "gone: https://news.example/elsewhere" in said.out


@pytest.mark.parametrize(("name", "magic"), [("new.jsonl.gz", b"\x1f\x8b"), ("new.jsonl.zst", b"\x28\xb5\x2f\xfd")])
def test_compressed_files_are_written_and_compared(newswarc, old, tmp_path, name, magic):
    assert newswarc("extract", "paper", "-o", name).status == 0
    packed = tmp_path / name
    assert packed.read_bytes().startswith(magic)
    assert newswarc("extract", "paper", "--compare", name, "-o", "plain.jsonl").status == 0
    same = newswarc("extract", "paper", "--compare", name, "-o", name)
    assert (same.status, same.out) == (0, "0 of 3 articles changed, 0 new, 0 gone\n")
    if name.endswith(".gz"):
        assert gzip.decompress(packed.read_bytes()) == (tmp_path / "plain.jsonl").read_bytes()
    packed.write_bytes(packed.read_bytes()[:-40])
    said = newswarc("extract", "paper", "--compare", name)
    assert (said.status, said.out) == (2, "")
    assert f"{name}: it cannot be unpacked" in said.one_line


def test_plain_text_under_a_compressed_name_is_compared(newswarc, old, tmp_path):
    """As earlier versions wrote it."""
    (tmp_path / "old.jsonl").rename(tmp_path / "old.jsonl.gz")
    assert newswarc("extract", "paper", "--compare", "old.jsonl.gz").status == 0


def test_for_programs_values_are_whole(newswarc, old):
    old(1, body="Something shorter")
    said = newswarc("extract", "paper", "--compare", "old.jsonl", "--json", "-o", "new.jsonl")
    found = json.loads(said.out)
    assert (said.status, found["pages"], found["changed"], found["fields"]) == (1, 3, 1, {"body": 1})
    (change,) = found["changes"]
    assert (change["field"], change["old"]) == ("body", "Something shorter")
    assert change["new"].startswith("The council of Varnholm met for the first time")
    assert newswarc("extract", "paper", "--compare", "new.jsonl").status == 0


def test_two_captures_of_one_address_are_two_articles(newswarc, archived):
    archived(*(("/2031/03/02/story", page(f"Council asks for {number} lamps"), None) for number in (2, 3)))
    newswarc("extract", "paper", "-o", "old.jsonl")
    said = newswarc("extract", "paper", "--compare", "old.jsonl")
    assert (said.status, said.out) == (0, "0 of 2 articles changed, 0 new, 0 gone\n")


def test_a_further_revision_is_no_new_article(newswarc, archived):
    first, second = (("/2031/03/02/story", page(f"Council asks for {number} lamps"), None) for number in (2, 3))
    archived(first)
    newswarc("extract", "paper", "-o", "old.jsonl")
    archived(first, second)
    said = newswarc("extract", "paper", "--compare", "old.jsonl")
    assert said.status == 1
    assert said.out.splitlines()[0] == "0 of 2 articles changed, 0 new, 0 gone, 1 new revision"
    assert "\nnew: revision 2 of https://news.example/2031/03/02/story\n" in said.out
    found = json.loads(newswarc("extract", "paper", "--compare", "old.jsonl", "--json").out)
    assert (found["new"], [row["revision"] for row in found["new_revisions"]]) == ([], [2])


@pytest.mark.parametrize(
    ("content", "arguments", "advice"),
    [
        ("not JSON\n", ["--compare", "other.jsonl"], "other.jsonl, line 1: no article"),
        ('{"url": "https://a.example"}\n[]\n', ["--compare", "other.jsonl"], "line 2: no article"),
        ("", ["--compare", "missing.jsonl"], "missing.jsonl"),
        ("", ["--json"], "leave it out"),
    ],
    ids=["no JSON", "no item", "no file", "JSON of what"],
)
def test_what_cannot_be_compared(newswarc, old, tmp_path, content, arguments, advice):
    (tmp_path / "other.jsonl").write_text(content, encoding="utf-8")
    said = newswarc("extract", "paper", *arguments)
    assert (said.status, said.out) == (2, "")
    assert advice in said.err
