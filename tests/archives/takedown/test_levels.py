"""What each level of a takedown does, and leaves."""

import json
import os

import pytest

from archives.collection import Collection
from archives.digests import sha1
from archives.errors import CollectionLocked, StorageFailed
from archives.handover import handed_over, newest
from archives.notices import read_notices, standing
from archives.recover import recover
from archives.takedown.order import Order
from archives.verify import verify
from archives.warc.reader import read_records
from archives.warc_export import export_warc
from tests.archives.takedown.stories import SECRET, STORY, at, files_with, item_of, state_of

OTHERS = {"http://news.example/first", "http://news.example/other"}
COPIES = {"http://news.example/copy", "http://news.example/framed"}


def urls(root) -> set[str]:
    with Collection.open(root) as collection:
        return {capture.url for capture in collection.captures()}


def raw_members(root) -> dict[str, bytes]:
    """Compressed bytes of each record, by record id."""
    return {
        record.record_id: path.read_bytes()[record.offset : record.end]
        for path in (root / "archive").iterdir()
        for record in read_records(path)
    }


@pytest.mark.parametrize("action", ["hide", "block", "purge"])
def test_a_page_goes_out_of_everything_and_other_pages_stay_as_they_were(root, take, action):
    before = state_of(root)
    taken = take(STORY, action)
    assert (len(taken.notice.captures), taken.filled, taken.referred) == (3, 1, 1)
    assert urls(root) == OTHERS | COPIES
    after = state_of(root)
    assert {one["url"] for one in after["articles"]} == {"http://news.example/copy", "http://news.example/other"}
    kept = dict(zip(map(tuple, before["captures"]), before["payloads"], strict=True))
    assert sorted(payload for capture, payload in kept.items() if capture[0] != STORY) == sorted(after["payloads"])
    assert not any(STORY.encode() in line for line in after["lines"]["job.jsonl"])
    assert list(verify(root)) == []


@pytest.mark.parametrize("action", ["hide", "block"])
def test_undo_gives_everything_back(root, take, action):
    """Only revisits that got their payload moved to them keep it."""
    before = state_of(root)
    take(STORY, action)
    taken = take(STORY, "undo")
    assert len(taken.notice.captures) == 3
    after = state_of(root)
    names = ("articles", "payloads", "sightings", "withheld")
    followed = [{**one, "capture": None} for one in after["articles"]]
    assert [{**one, "capture": None} for one in before["articles"]] == followed
    assert [before[name] for name in names[1:]] == [after[name] for name in names[1:]]
    assert list(verify(root)) == []
    assert not standing(Collection.open(root).layout).hidden
    assert not standing(Collection.open(root).layout).blocked


@pytest.mark.parametrize("latest", [True, False])
def test_articles_have_the_order_that_they_had_before(root, take, latest):
    """By first capture, also of what was away for a while."""

    def exported() -> list[tuple[str, int]]:
        with Collection.open(root) as collection:
            return [(one["url"], one["revision"]) for one in collection.catalog.articles(latest=latest)]

    before = exported()
    assert before[0][0] == STORY
    for action in ("hide", "undo"):
        take(STORY, action)
    assert exported() == before


def test_what_was_away_for_a_while_is_handed_over_once_more(root, take):
    """To whoever was told of nothing while it was away: it may be all that they ever get."""

    def came(since: int) -> tuple[list[str], int]:
        with Collection.open(root) as collection:
            until = newest(collection.catalog)
            pages = handed_over(collection.catalog, since, until, latest=False)
            return [json.loads(text)["body"] for page in pages for text in page], until

    everything, cursor = came(0)
    assert len(everything) == 4
    take(STORY, "hide")
    assert came(cursor) == ([], cursor)
    take(STORY, "undo")
    again, behind = came(cursor)
    assert again == [SECRET.decode(), "<p>corrected</p>"]
    assert came(behind) == ([], behind)


def test_undo_of_a_page_that_nothing_depended_on_leaves_no_trace(root, take):
    before = state_of(root)
    take("http://news.example/other", "hide")
    assert before != state_of(root)
    take("http://news.example/other", "undo")
    assert before == state_of(root)


def test_an_article_that_changed_meanwhile_gets_its_revision_back_at_its_place_in_time(root, take):
    take(STORY, "hide")
    with Collection.open(root, write=True) as collection:
        new = collection.archive(at(9, STORY, b"<p>third</p>"))
        collection.catalog.put_article(item_of(new, b"<p>third</p>"))
    take(STORY, "undo")
    with Collection.open(root) as collection:
        items = [one for one in collection.catalog.articles(latest=False) if one["url"] == STORY]
    bodies = [SECRET.decode(), "<p>corrected</p>", "<p>third</p>"]
    assert [(1, bodies[0]), (2, bodies[1]), (3, bodies[2])] == [(one["revision"], one["body"]) for one in items]
    assert list(verify(root)) == []


def test_a_purge_keeps_the_bytes_of_all_other_records(root, take):
    before = raw_members(root)
    take(STORY, "purge")
    after = raw_members(root)
    changed = {key for key in after if after[key] != before[key]}
    with Collection.open(root) as collection:
        assert {one.record_id for one in collection.captures() if one.url in COPIES} == changed
    assert after.keys() < before.keys()


def test_a_purge_of_a_payload_leaves_no_byte_of_it_anywhere(root, take):
    """Not in WARC files, decompressed or not, nor in items, nor in pages of the database that are free."""
    assert len(files_with(root, SECRET)) == 3
    taken = take(STORY, "purge", payload=True)
    assert (len(taken.notice.captures), taken.filled, taken.referred) == (5, 0, 0)
    assert files_with(root, SECRET) == []
    assert files_with(root, b"secret garden") == []
    assert urls(root) == OTHERS
    assert list(verify(root)) == []


def test_a_purge_removes_what_was_hidden_and_what_is_in_no_index(root, take):
    with Collection.open(root, write=True) as collection:
        collection.archive(at(8, STORY, SECRET, request=b"HEAD / HTTP/1.1\r\n\r\n"))
        collection.archive(at(8, STORY, SECRET, head=b"no HTTP"))
    take(STORY, "hide")
    taken = take(STORY, "purge", payload=True)
    assert len(taken.notice.captures) == 7
    assert files_with(root, SECRET) == []
    assert list(verify(root)) == []


def test_a_purge_of_one_record_gives_its_payload_to_the_304_that_confirmed_it(root, take):
    with Collection.open(root) as collection:
        story = next(one for one in collection.captures(STORY))
    taken = take(story.record_id, "purge")
    assert [story.record_id] == [one.record_id for one in taken.notice.captures]
    assert not taken.notice.blocks
    with Collection.open(root) as collection:
        (again, changed) = collection.captures(STORY)
        assert (
            again.status, collection.payload(again), collection.payload(changed),
        ) == (200, SECRET, b"<p>corrected</p>")  # fmt: skip
        items = [one for one in collection.catalog.articles(latest=False) if one["url"] == STORY]
    assert [again.record_id, changed.record_id] == [one["capture"]["record_id"] for one in items]
    assert list(verify(root)) == []


def test_a_revisit_whose_original_is_hidden_is_brought_back_with_the_payload(root, take):
    take(STORY, "hide")
    again = next(one for one in standing(Collection.open(root).layout).hidden.values() if one.warc != _first_warc(root))
    taken = take(again.record_id, "undo")
    assert taken.filled + taken.referred == 1
    with Collection.open(root) as collection:
        assert [collection.payload(one) for one in collection.captures(STORY)] == [SECRET]
    assert list(verify(root)) == []


def _first_warc(root) -> str:
    return min(path.name for path in (root / "archive").iterdir())


def test_items_of_a_revision_that_others_showed_too_are_theirs_now(root, take):
    with Collection.open(root) as collection:
        story = next(iter(collection.captures(STORY)))
    take(story.record_id, "hide")
    with Collection.open(root) as collection:
        first = next(one for one in collection.catalog.articles(latest=False) if one["url"] == STORY)
    assert (1, SECRET.decode()) == (first["revision"], first["body"])
    assert story.record_id != first["capture"]["record_id"]
    take(story.record_id, "undo")
    with Collection.open(root) as collection:
        first = next(one for one in collection.catalog.articles(latest=False) if one["url"] == STORY)
    assert story.record_id == first["capture"]["record_id"]
    assert list(verify(root)) == []


def test_the_log_says_who_what_and_why_and_never_what_it_said(root, take):
    take(STORY, "block")
    take(STORY, "undo")
    take(STORY, "purge", payload=True)
    lines = (root / "takedowns.jsonl").read_text().splitlines()
    assert [json.loads(line)["action"] for line in lines] == ["block", "undo", "purge"]
    notice = json.loads(lines[0])
    assert tuple(notice[key] for key in ("who", "reason", "target", "blocks")) == ("Ada", "asked to", STORY, [STORY])
    assert sha1(SECRET) in {one["digest"] for one in notice["captures"]}
    assert "garden" not in "".join(lines)
    assert len(list(read_notices(Collection.open(root).layout))) == 3


def test_a_block_is_of_all_forms_of_an_address(root, take):
    take("http://news.example/never", "block")
    now = standing(Collection.open(root).layout)
    assert now.blocks("https://www.news.example/never")
    assert not now.blocks("http://news.example/never/again")
    take("http://news.example/never", "undo")
    assert not standing(Collection.open(root).layout).blocks("http://news.example/never")


def test_nothing_to_take_down_is_nothing_written(root, take):
    assert not take("http://news.example/unknown", "hide").done
    assert not take("<urn:uuid:00000000-0000-4000-8000-000000000000>", "purge").done
    assert not (root / "takedowns.jsonl").exists()


def test_the_same_page_under_another_address_is_told(root, take):
    assert take("https://news.example/story", "hide").alike == (STORY,)


def test_empty_payloads_are_never_all_meant(root, take):
    with Collection.open(root, write=True) as collection:
        for name in "ab":
            collection.archive(at(9, f"http://news.example/{name}", b""))
    assert len(take("http://news.example/a", "purge", payload=True).notice.captures) == 1


def test_what_is_hidden_stays_so_when_the_index_is_made_anew(root, take):
    take(STORY, "hide")
    before = state_of(root)
    assert recover(root, reindex=True) == ()
    for shard in (root / "indexes").iterdir():
        shard.unlink()
    recover(root)
    assert before == state_of(root)


def test_what_is_hidden_is_in_no_export(root, take, tmp_path):
    take(STORY, "hide", payload=True)
    with Collection.open(root) as collection:
        export_warc(collection, tmp_path / "out.warc.gz")
    assert SECRET not in b"".join(one.content() for one in read_records(tmp_path / "out.warc.gz"))


def test_a_payload_that_is_hidden_is_no_original_of_later_captures(root, take):
    take(STORY, "hide", payload=True)
    with Collection.open(root, write=True) as collection:
        assert collection.archive(at(9, "http://news.example/new", SECRET)).kind == "response"
    assert list(verify(root)) == []


def test_refused_while_a_crawl_is_at_work(root, take):
    with Collection.open(root, write=True), pytest.raises(CollectionLocked):
        take(STORY, "hide")


def test_a_damaged_place_is_told_and_kept(root, take):
    path = root / "archive" / _first_warc(root)
    whole = path.read_bytes()
    records = list(read_records(path))
    hurt = next(record for record in records if record.target_uri == "http://news.example/first")
    broken = whole[: hurt.offset + 30] + b"\0" * 8 + whole[hurt.offset + 38 :]
    path.write_bytes(broken)
    taken = take(STORY, "purge")
    assert len(taken.damage) == 1
    assert broken[hurt.offset : hurt.end] in path.read_bytes()


def test_a_full_disk_changes_nothing_and_the_next_writer_goes_on(root, take, monkeypatch):
    full = OSError(28, "No space left on device")

    def fail(*_):
        raise full

    with monkeypatch.context() as patched:
        patched.setattr(os, "pread", fail)
        with pytest.raises(StorageFailed, match="make room"):
            take(STORY, "purge", payload=True)
    assert "a takedown was cut off, or is at work" in {finding.what for finding in verify(root)}
    assert [str(one) for one in recover(root)] == ["http://news.example/story: the purge that was cut off is done"]
    assert files_with(root, SECRET) == []
    assert list(verify(root)) == []


@pytest.mark.parametrize(
    ("target", "record_id"),
    [
        ("http://x.example/", None),
        ("0a0b0c0d-0000-4000-8000-00000000000F", "<urn:uuid:0a0b0c0d-0000-4000-8000-00000000000f>"),
        ("urn:uuid:0a0b0c0d-0000-4000-8000-000000000000", "<urn:uuid:0a0b0c0d-0000-4000-8000-000000000000>"),
        ("<urn:uuid:0a0b0c0d-0000-4000-8000-000000000000>", "<urn:uuid:0a0b0c0d-0000-4000-8000-000000000000>"),
        ("<urn:x:1>", "<urn:x:1>"),
    ],
)
def test_a_target_is_a_url_or_a_record_id(target, record_id):
    assert record_id == Order(target=target, action="hide").record_id
